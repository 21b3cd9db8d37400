/** The catalogue of instruments, as either surface lists its models. */
import { unwrap } from "@interchange/client";
import type { Command } from "../command.ts";
import { record, table, write } from "../layout.ts";
import { flagsOf } from "../mount.ts";
import { type Surface, surfaceOption } from "../question.ts";
import { openSession, type Session, writeJson } from "../session.ts";

interface Options {
  readonly surface: Surface;
}

/** All that a page may have, so that the catalogue is one document. */
const PAGE_MAX = 1_000;

export const models: readonly Command[] = [
  {
    words: "models list",
    operations: ["chat-completions listModels", "messages listModels"],
    text: "list the catalogue",
    declare: (command, terminal) =>
      command
        .addOption(surfaceOption())
        .action(async ({ surface }: Options) => list(surface, openSession(terminal, flagsOf(command)))),
  },
  {
    words: "models show",
    operations: ["chat-completions retrieveModel", "messages retrieveModel"],
    text: "show an entry of the catalogue",
    declare: (command, terminal) =>
      command
        .argument("<model>", "its id")
        .addOption(surfaceOption())
        .action(async (id: string, { surface }: Options) => show(id, surface, openSession(terminal, flagsOf(command)))),
  },
];

async function list(surface: Surface, session: Session): Promise<void> {
  const found = await catalogue(surface, session);
  if (session.flags.json === true) return writeJson(session, found);
  const entries: readonly Entry[] = found.data;
  const shown = table(entries, [
    ["ID", "id", "id"],
    ["CONTEXT", "context_window", "number"],
    ["OUTPUT", "output_tokens_max", "number"],
    ["MODALITIES", "modalities", "text"],
    ["DESCRIPTION", "description", "text"],
  ]);
  session.terminal.stdout.write(write([shown], session.page));
}

/** What both surfaces say of an entry. */
interface Entry {
  readonly id: string;
  readonly context_window: number;
  readonly output_tokens_max: number;
  readonly modalities: readonly string[];
  readonly description: string;
}

async function catalogue(surface: Surface, { chatCompletions, messages, terminal }: Session) {
  const { signal } = terminal;
  if (surface === "chat-completions") return unwrap(chatCompletions.GET("/v1/models", { signal }));
  return unwrap(messages.GET("/v1/models", { params: { query: { limit: PAGE_MAX } }, signal }));
}

async function show(id: string, surface: Surface, session: Session): Promise<void> {
  const { chatCompletions, messages, terminal, page } = session;
  const init = { params: { path: { id } }, signal: terminal.signal };
  const model =
    surface === "messages"
      ? await unwrap(messages.GET("/v1/models/{id}", init))
      : await unwrap(chatCompletions.GET("/v1/models/{id}", init));
  if (session.flags.json === true) writeJson(session, model);
  else terminal.stdout.write(write([record(model)], page));
}

/** Why a route goes where it goes. */
import { unwrap } from "@interchange/client";
import type { Command } from "../command.ts";
import { record, table, write } from "../layout.ts";
import { flagsOf } from "../mount.ts";
import { chatCompletionsBody, declareQuestion, messagesBody, type QuestionOptions, readQuestion } from "../question.ts";
import { readData } from "../said.ts";
import { openSession, type Session, writeJson } from "../session.ts";

interface Options extends QuestionOptions {
  readonly data?: string;
}

export const route: Command = {
  words: "route explain",
  operations: ["platform explainRoute"],
  text: "tell who would answer a request, and why nobody else",
  declare: (command, terminal) =>
    declareQuestion(command)
      .option("--data <data>", "the request as it would be sent, as JSON: @file.json, or - for stdin")
      .action(async (words: string[], options: Options) =>
        explain(words, options, openSession(terminal, flagsOf(command))),
      ),
};

async function explain(words: readonly string[], options: Options, session: Session): Promise<void> {
  const { surface } = options;
  const request = await requestOf(words, options, session);
  const body = { surface, request: request as Record<string, never> };
  const { signal } = session.terminal;
  const explanation = await unwrap(session.platform.POST("/v1/route:explain", { body, signal }));
  if (session.flags.json === true) return writeJson(session, explanation);
  const { suppliers, ...verdict } = explanation;
  const verdicts = table(
    suppliers,
    [
      ["SUPPLIER", "supplier", "id"],
      ["VERDICT", "verdict", "id"],
      ["ASK USD", "ask_per_unit_usd", "usd"],
      ["REASON", "reason", "prose"],
      ["BREAKER", "standing.breaker", "text"],
      ["MODEL", "model", "text"],
    ],
    "Suppliers",
  );
  const blocks = suppliers.length === 0 ? [record(verdict)] : [record(verdict), verdicts];
  session.terminal.stdout.write(write(blocks, session.page));
}

async function requestOf(words: readonly string[], options: Options, session: Session): Promise<object> {
  if (options.data !== undefined) return readData(options.data, session.terminal);
  const question = await readQuestion(words, options, session);
  return options.surface === "messages" ? messagesBody(question) : chatCompletionsBody(question);
}

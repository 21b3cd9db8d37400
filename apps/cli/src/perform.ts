/** Runs a row: asks the gateway, page by page where there are pages, and shows what it answers. */
import { unwrap } from "@interchange/client";
import { operations } from "@interchange/client/platform";
import { askFirst } from "./confirm.ts";
import { type Block, record, write } from "./layout.ts";
import { withProgress } from "./progress.ts";
import type { Row } from "./row.ts";
import { bodyOf, pathOf, queryOf, type Said } from "./said.ts";
import { type Session, writeJson } from "./session.ts";
import { say } from "./terminal.ts";

/** The client without its types, which the row has been held against. */
interface Caller {
  request(method: string, path: string, init: object): Promise<{ data?: unknown; error?: unknown; response: Response }>;
}

interface Init {
  readonly params: { readonly path: object; readonly query: object };
  readonly body?: object;
  readonly signal: AbortSignal;
}

/** A list as the contract tells it. */
interface List {
  readonly data: readonly object[];
  readonly next_cursor?: string | null;
}

const PAGE_MAX = 100;
const LIMIT = 50;

export async function perform(row: Row, said: Said, session: Session): Promise<void> {
  const { terminal } = session;
  const path = pathOf(row, said, terminal.nowMs());
  const query = queryOf(row, said, terminal.nowMs());
  const body = await bodyOf(row, said, terminal);
  if (row.confirm !== undefined) await askFirst(terminal, filledIn(row.confirm, path), said.options["yes"] === true);
  const init = { params: { path, query }, ...(body === undefined ? {} : { body }), signal: terminal.signal };
  if (isPaged(row)) return showList(row, await listUpTo(row, init, said, session), session);
  const answer = await withProgress(terminal, "asking", () => ask(row, init, session));
  if (row.columns !== undefined) return showList(row, answer as List, session);
  show(row, answer, path, session);
}

export function isPaged({ operation }: Pick<Row, "operation">): boolean {
  return "paged" in operations[operation];
}

/** As many as are wanted, each page no longer than what is still wanted, so that the cursor goes on where the list ends. */
async function listUpTo(row: Row, init: Init, said: Said, session: Session): Promise<List> {
  const limit = limitOf(said);
  const data: object[] = [];
  let cursor = said.options["cursor"] as string | null | undefined;
  return withProgress(session.terminal, "reading", async (tell) => {
    do {
      const wanted = { limit: Math.min(limit - data.length, PAGE_MAX), ...(cursor ? { cursor } : {}) };
      const query = { ...init.params.query, ...wanted };
      const page = (await ask(row, { ...init, params: { ...init.params, query } }, session)) as List;
      data.push(...page.data);
      cursor = page.next_cursor ?? null;
      tell(`reading, ${data.length} so far`);
    } while (cursor !== null && data.length < limit);
    return { data, next_cursor: cursor };
  });
}

function limitOf({ options }: Said): number {
  return options["all"] === true ? Number.POSITIVE_INFINITY : ((options["limit"] as number | undefined) ?? LIMIT);
}

function ask({ operation }: Row, init: Init, { platform }: Session): Promise<unknown> {
  const { method, path } = operations[operation];
  return unwrap((platform as unknown as Caller).request(method, path, init));
}

function showList(row: Row, list: List, session: Session): void {
  const { terminal, flags, page } = session;
  if (flags.json === true) return writeJson(session, list);
  if (list.data.length === 0) return say(terminal, row.empty ?? "None.");
  terminal.stdout.write(write([{ kind: "table", columns: row.columns ?? [], rows: list.data }], page));
  if (typeof list.next_cursor === "string")
    say(terminal, page.paint("dim", "There are more: --limit says how many to show, --all shows them all."));
}

function show(row: Row, answer: unknown, path: Readonly<Record<string, string>>, session: Session): void {
  const { terminal, flags, page } = session;
  if (row.done !== undefined) return say(terminal, filledIn(row.done, path));
  if (flags.json === true) writeJson(session, answer);
  else terminal.stdout.write(write(blocksOf(row, answer), page));
  if (row.note !== undefined) say(terminal, filledIn(row.note, path));
}

function blocksOf(row: Row, answer: unknown): readonly Block[] {
  return row.show === undefined ? [record(answer as object)] : row.show(answer as never);
}

/** `{supplier}` in a sentence is the supplier of the path. */
function filledIn(sentence: string, path: Readonly<Record<string, string>>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => path[name] ?? "");
}

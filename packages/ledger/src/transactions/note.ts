/** Notes, read and put by name. */

import type { NoteCommand } from "../note.ts";
import { rowOf, type Transaction } from "./statement.ts";

export function* readNote({ name }: { name: string }): Transaction<string | undefined> {
  const row = yield* rowOf<{ document: string }>("SELECT document FROM note WHERE name = $1", name);
  return row?.document;
}

export function* putNote({ name, document }: NoteCommand, nowMs: number): Transaction<true> {
  yield* rowOf(
    `INSERT INTO note (name, document, at_ms) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO UPDATE SET document = excluded.document, at_ms = excluded.at_ms`,
    name,
    document,
    nowMs,
  );
  return true;
}

/** Changes of keys and accounts, written down so that every process that remembers them learns of it. */

import { rowOf, type Transaction, type Value } from "./statement.ts";

const TABLES = {
  account: { table: "account", id: "account_id" },
  key: { table: "account_key", id: "public_id" },
} as const;

/** Sets some columns of a key or an account, if it exists; the others stay as they are, even if they are set elsewhere at once. */
export function* setColumns(
  subject: keyof typeof TABLES,
  subjectId: string,
  columns: Record<string, Value>,
  nowMs: number,
): Transaction<void> {
  const names = Object.keys(columns);
  if (names.length === 0) return;
  const { table, id } = TABLES[subject];
  const set = names.map((name, place) => `${name} = $${place + 2}`).join();
  const row = yield* rowOf(
    `UPDATE ${table} SET ${set} WHERE ${id} = $1 RETURNING ${id}`,
    subjectId,
    ...Object.values(columns),
  );
  if (row !== undefined) yield* noteChange(subject, subjectId, nowMs);
}

export function* noteChange(subject: "key" | "account", subjectId: string, nowMs: number): Transaction<void> {
  yield* rowOf("INSERT INTO change (subject, subject_id, at_ms) VALUES ($1, $2, $3)", subject, subjectId, nowMs);
}

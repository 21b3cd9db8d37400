/** Changes of keys and accounts, written down so that every process that remembers them learns of it. */

import { rowOf, type Transaction } from "./statement.ts";

export function* noteChange(subject: "key" | "account", subjectId: string, nowMs: number): Transaction<void> {
  yield* rowOf("INSERT INTO change (subject, subject_id, at_ms) VALUES ($1, $2, $3)", subject, subjectId, nowMs);
}

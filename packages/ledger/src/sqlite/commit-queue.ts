/** Group commit: whatever has arrived while a commit was under way is done together in the next one. */

import type { Transaction } from "../transactions/statement.ts";
import { TRANSACTIONS } from "../transactions/transactions.ts";
import type { Database } from "./database.ts";
import { faultOf } from "./fault.ts";
import type { Reply, Request } from "./message.ts";

/**
 * Does a group in one transaction. If one of them throws, nothing of the group has happened; then each is done alone, so that
 * the others do not fail with it. When another process keeps the file locked, all are told so at once: alone they would wait
 * no less. Throws when the disk or the file is at fault.
 */
export function commitGroup(database: Database, group: readonly Request[]): Reply[] {
  try {
    const outcomes = database.commit(group.map((request) => () => begin(request)));
    return group.map(({ id }, place) => ({ id, outcome: outcomes[place] }));
  } catch (error) {
    if (isBusy(error)) return group.map(({ id }) => ({ id, fault: { code: "unavailable", message: LOCKED } }));
    if (isFatal(error)) throw error;
    const [only, ...others] = group;
    return only && others.length === 0
      ? [{ id: only.id, fault: faultOf(error) }]
      : group.flatMap((one) => commitGroup(database, [one]));
  }
}

function begin({ kind, input, nowMs }: Request): Transaction<unknown> {
  // The table's type ties each kind to its input; the union of all requests has lost that tie.
  const transaction = TRANSACTIONS[kind] as (input: Request["input"], nowMs: number) => Transaction<unknown>;
  return transaction(input, nowMs);
}

const LOCKED = "another process keeps the ledger's file locked";

/** The lock is asked for before anything is done, so nothing has happened. https://sqlite.org/rescode.html#busy */
function isBusy(error: unknown): boolean {
  return codeOf(error) === 5;
}

// SQLite's ERROR, TOOBIG, CONSTRAINT, MISMATCH, RANGE: the statement is wrong, not the disk. https://sqlite.org/rescode.html
const STATEMENT_FAULTS = new Set([1, 18, 19, 20, 25]);

function isFatal(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && !STATEMENT_FAULTS.has(code);
}

function codeOf(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}

/** Group commit: whatever has arrived while a commit was under way is done together in the next one. */

import { faultOf } from "../group/fault.ts";
import { type Answer, carryOut, partsOf } from "../transactions/group.ts";
import { Retry, RUNS_MAX } from "../transactions/retry.ts";
import type { Database } from "./database.ts";
import type { Reply, Request } from "./message.ts";

/**
 * Does a group in one transaction. If one of them throws, nothing of the group has happened; then its parts are done one after
 * the other, so that the others do not fail with it. When another process keeps the file locked, all are told so at once:
 * alone they would wait no less. Throws when the disk or the file is at fault.
 */
export function commitGroup(database: Database, group: readonly Request[]): Reply[] {
  try {
    const answers = commitAgain(database, group);
    return group.map(({ id }, place) => replyOf(id, answers[place] as Answer));
  } catch (error) {
    if (isBusy(error)) return group.map(({ id }) => ({ id, fault: { code: "unavailable", message: LOCKED } }));
    if (isFatal(error)) throw error;
    const [only, ...others] = group;
    return only && others.length === 0
      ? [{ id: only.id, fault: faultOf(error) }]
      : partsOf(group).flatMap((part) => commitGroup(database, part));
  }
}

/** With the file locked from the beginning nothing changes under a transaction, but one may ask to run again whatever the engine. */
function commitAgain(database: Database, group: readonly Request[]): Answer[] {
  for (let run = 1; ; run++) {
    try {
      return database.commit(carryOut(group));
    } catch (error) {
      if (!(error instanceof Retry) || run === RUNS_MAX) throw error;
    }
  }
}

function replyOf(id: number, answer: Answer): Reply {
  return "error" in answer ? { id, fault: faultOf(answer.error) } : { id, outcome: answer.outcome };
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

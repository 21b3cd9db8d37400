/** A transaction on a session: statement by statement to its end, and then all of it or nothing. */

import type { Statement, Transaction } from "../transactions/statement.ts";
import { endsSession, failureOf, unavailable } from "./failure.ts";
import type { Session } from "./session.ts";

/** How a transaction begins, whatever the server's own defaults are. */
export const WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
/** All that it reads is of one instant. */
export const READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/**
 * Runs a transaction and commits it. Rejects with `LedgerUnavailable` when the database is at fault, whose message tells
 * whether anything may have been done; with what went wrong otherwise, and then nothing was.
 */
export async function transact<Outcome>(
  session: Session,
  begin: typeof WRITING | typeof READING,
  transaction: Transaction<Outcome>,
): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = await follow(session, begin, transaction);
  } catch (error) {
    throw await undone(session, error);
  }
  await commit(session);
  return outcome;
}

/** The first statements go along with the beginning. */
async function follow<Outcome>(session: Session, begin: string, transaction: Transaction<Outcome>): Promise<Outcome> {
  let opening: Statement[] = [{ text: begin, values: [] }];
  let step = transaction.next();
  if (step.done) await session.run(opening);
  while (!step.done) {
    const rows = await session.run([...opening, ...step.value]);
    step = transaction.next(rows.slice(opening.length));
    opening = [];
  }
  return step.value;
}

async function commit(session: Session): Promise<void> {
  let tag: string;
  try {
    tag = await session.command("COMMIT");
  } catch (error) {
    if (endsSession(error)) session.abandon(error as Error);
    if (!session.isOver()) throw await undone(session, error);
    throw unavailable(
      "the connection to the database was lost in the middle of a commit: whether this was carried out is not known",
      error,
    );
  }
  // A transaction in which something failed says so only here, in the one word.
  if (tag !== "COMMIT") throw new Error(`the database ended a transaction with ${tag}`);
}

/** Rolls back; gives what to say of it. */
async function undone(session: Session, error: unknown): Promise<unknown> {
  if (endsSession(error)) session.abandon(error as Error);
  if (!session.isOver()) await session.command("ROLLBACK").catch((cause: Error) => session.abandon(cause));
  const isTold = failureOf(error) === "unavailable" || session.isOver();
  return isTold
    ? unavailable(`the database cannot be had: ${(error as Error).message}; nothing was done`, error)
    : error;
}

/** A transaction on a session: statement by statement to its end, and then all of it or nothing. */

import type { Statement, Transaction } from "../transactions/statement.ts";
import { endsSession, failureOf, unavailable } from "./failure.ts";
import { requireCommitted, type Session } from "./session.ts";

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
  const course = new Course<Outcome>(session, transaction);
  let outcome: Outcome;
  try {
    outcome = await course.follow(begin);
  } catch (error) {
    throw course.isCommitting ? await uncommitted(session, error) : await undone(session, error);
  }
  if (!course.isCommitting) await commit(session);
  return outcome;
}

/** A transaction on its way. */
class Course<Outcome> {
  readonly #session: Session;
  readonly #transaction: Transaction<Outcome>;
  /** Its last statements went along with the commit. */
  isCommitting = false;

  constructor(session: Session, transaction: Transaction<Outcome>) {
    this.#session = session;
    this.#transaction = transaction;
  }

  /** The first statements go along with the beginning. */
  async follow(begin: string): Promise<Outcome> {
    let opening: Statement[] = [{ text: begin, values: [] }];
    let step = this.#transaction.next();
    if (step.done) await this.#session.run(opening);
    while (!step.done) {
      this.isCommitting = step.value.at(-1)?.closes === true;
      const rows = await this.#session.run([...opening, ...step.value], this.isCommitting ? "COMMIT" : undefined);
      step = this.#transaction.next(rows.slice(opening.length));
      opening = [];
    }
    return step.value;
  }
}

async function commit(session: Session): Promise<void> {
  let tag: string;
  try {
    tag = await session.command("COMMIT");
  } catch (error) {
    throw await uncommitted(session, error);
  }
  requireCommitted(tag);
}

/** What to say when a commit has failed. While the session lives, the database has said that it did not happen. */
async function uncommitted(session: Session, error: unknown): Promise<unknown> {
  if (endsSession(error)) session.abandon(error as Error);
  if (!session.isOver()) return undone(session, error);
  return unavailable(
    "the connection to the database was lost in the middle of a commit: whether this was carried out is not known",
    error,
  );
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

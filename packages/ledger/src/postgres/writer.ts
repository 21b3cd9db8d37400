/** The writer: the one session that changes anything, a group of commands at a time. */

import { told } from "../group/fault.ts";
import { outboxTo } from "../group/outbox.ts";
import { LedgerUnavailable } from "../ledger-error.ts";
import type { Answer, Command } from "../transactions/command.ts";
import { carryOut, partsOf } from "../transactions/group.ts";
import { RUNS_MAX } from "../transactions/retry.ts";
import { failureOf, isTaken, unavailable } from "./failure.ts";
import type { Link } from "./link.ts";
import type { Session } from "./session.ts";
import { transact, WRITING } from "./transaction.ts";

export type Writer = {
  submit(command: Command): Promise<unknown>;
  /** Resolves when all that was submitted has been answered. */
  whenIdle(): Promise<void>;
};

type Waiting = { command: Command; resolve: (outcome: unknown) => void; reject: (error: Error) => void };

export function writerOn(link: Link): Writer {
  const owed = new Set<Waiting>();
  let idle: (() => void) | undefined;

  const answer = (waiting: Waiting, result: Result): void => {
    owed.delete(waiting);
    if ("outcome" in result) waiting.resolve(result.outcome);
    else waiting.reject(result.error);
  };
  const outbox = outboxTo<Waiting>(async (group) => {
    const results = await resultsOf(link.session(), group);
    for (const [place, waiting] of group.entries()) answer(waiting, results[place] ?? LOST);
    // Without a session there is no sense in waiting for one.
    if (link.session() === undefined) for (const waiting of outbox.clear()) answer(waiting, LOST);
    if (owed.size === 0) {
      link.session()?.unref();
      idle?.();
    }
    outbox.answered();
  });

  return {
    submit: (command) => {
      const session = link.session();
      if (session === undefined) return Promise.reject(LOST.error);
      if (owed.size === 0) session.ref();
      return new Promise((resolve, reject) => {
        const waiting = { command, resolve, reject };
        owed.add(waiting);
        outbox.put(waiting);
      });
    },
    whenIdle: async () => {
      if (owed.size > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}

type Result = { outcome: unknown } | { error: Error };

const LOST = { error: unavailable("there is no connection to the database; nothing was done") };

async function resultsOf(session: Session | undefined, group: readonly Waiting[]): Promise<Result[]> {
  if (session === undefined) return group.map(() => LOST);
  return commitGroup(
    session,
    group.map(({ command }) => command),
  );
}

/**
 * Does a group in one transaction. If one of the commands is wrong, the parts of the group are done one after the other, so
 * that the others do not fail with it.
 */
async function commitGroup(session: Session, group: readonly Command[]): Promise<Result[]> {
  try {
    return await transactAgain(session, group);
  } catch (error) {
    if (group.length === 1 || error instanceof LedgerUnavailable) return group.map(() => ({ error: told(error) }));
    const results: Result[] = [];
    for (const part of partsOf(group)) results.push(...(await commitGroup(session, part)));
    return results;
  }
}

async function transactAgain(session: Session, group: readonly Command[]): Promise<Answer[]> {
  for (let run = 1; ; run++) {
    try {
      return await transact(session, WRITING, carryOut(group));
    } catch (error) {
      if (failureOf(error) !== "again") throw error;
      if (run === RUNS_MAX) throw isTaken(error) ? error : unavailable("others kept changing the same", error);
    }
  }
}

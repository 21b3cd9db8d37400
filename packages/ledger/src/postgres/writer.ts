/** The writer: the one session that changes anything, a group of commands at a time. */

import { told } from "../group/fault.ts";
import { outboxTo } from "../group/outbox.ts";
import { LedgerUnavailable } from "../ledger-error.ts";
import type { Answer, Command } from "../transactions/command.ts";
import { carryOut, partsOf, transactionsOf } from "../transactions/group.ts";
import { RUNS_MAX } from "../transactions/retry.ts";
import { failureOf, isTaken, unavailable } from "./failure.ts";
import type { Link } from "./link.ts";
import { keptPlans } from "./plans.ts";
import type { Session } from "./session.ts";
import { transact, WRITING } from "./transaction.ts";

export type Writer = {
  submit(command: Command): Promise<unknown>;
  /** Resolves when all that was submitted has been answered. */
  whenIdle(): Promise<void>;
};

type Waiting = Command & { resolve: (outcome: unknown) => void; reject: (error: Error) => void };

type Tell = (waiting: Waiting, answer: { outcome: unknown } | { error: Error }) => void;

export function writerOn(link: Link): Writer {
  const owed = new Set<Waiting>();
  const plans = keptPlans();
  let idle: (() => void) | undefined;

  const tell: Tell = (waiting, answer) => {
    owed.delete(waiting);
    if ("outcome" in answer) waiting.resolve(answer.outcome);
    else waiting.reject(answer.error);
  };
  const outbox = outboxTo<Waiting>(async (group) => {
    const session = link.session();
    if (session === undefined) for (const waiting of group) tell(waiting, LOST);
    else {
      for (const part of transactionsOf(group)) await commitGroup(session, part, tell);
      plans.used(session, group.length);
    }
    // Without a session there is no sense in waiting for one.
    if (link.session() === undefined) for (const waiting of outbox.clear()) tell(waiting, LOST);
    if (owed.size === 0) {
      link.session()?.unref();
      idle?.();
    }
    outbox.answered();
  });

  return {
    submit: async (command) => {
      const session = link.session();
      if (session === undefined) throw LOST.error;
      outbox.requireRoom();
      if (owed.size === 0) session.ref();
      return new Promise((resolve, reject) => {
        const waiting = { ...command, resolve, reject };
        owed.add(waiting);
        outbox.put(waiting);
      });
    },
    whenIdle: async () => {
      if (owed.size > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}

const LOST = { error: unavailable("there is no connection to the database; nothing was done") };

/**
 * Does a group in one transaction. If one of the commands is wrong, the parts of the group are done one after the other, so
 * that the others do not fail with it.
 */
async function commitGroup(session: Session, group: readonly Waiting[], tell: Tell): Promise<void> {
  let answers: Answer[];
  try {
    answers = await transactAgain(session, group);
  } catch (error) {
    if (group.length === 1 || error instanceof LedgerUnavailable) {
      for (const waiting of group) tell(waiting, { error: told(error) });
    } else {
      for (const part of partsOf(group)) await commitGroup(session, part, tell);
    }
    return;
  }
  for (const [place, waiting] of group.entries()) tell(waiting, answers[place] as Answer);
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

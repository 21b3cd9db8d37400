/** Readers: sessions for what only reads and may take long, so that nothing that changes anything waits behind it. */

import { told } from "../group/fault.ts";
import type { Command } from "../transactions/command.ts";
import { carryOut } from "../transactions/group.ts";
import { unavailable } from "./failure.ts";
import type { Session } from "./session.ts";
import { READING, transact } from "./transaction.ts";

const SESSIONS_MAX = 2;
/** Who comes when as many are waiting already is refused. */
const WAITING_MAX = 256;

export type Readers = {
  submit(command: Command): Promise<unknown>;
  /** Finishes what was submitted, then ends the sessions. */
  close(): Promise<void>;
};

/** Sessions are opened when they are wanted, and kept for the next who wants one. */
export function readersOf(open: () => Promise<Session>): Readers {
  const rested: Session[] = [];
  const waiting: (() => void)[] = [];
  const underWay = new Set<Promise<unknown>>();
  let atWork = 0;

  /** Whoever leaves gives his place to the one who has waited longest. */
  const enter = async (): Promise<void> => {
    if (atWork < SESSIONS_MAX) atWork++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else atWork--;
  };
  const read = async (command: Command): Promise<unknown> => {
    await enter();
    try {
      return await readOn(await sessionOf(rested, open), rested, command);
    } finally {
      leave();
    }
  };

  return {
    submit: (command) => {
      if (waiting.length >= WAITING_MAX)
        return Promise.reject(unavailable("too many reports are being asked for at once"));
      const reading = read(command);
      underWay.add(reading);
      return reading.finally(() => underWay.delete(reading));
    },
    close: async () => {
      await Promise.allSettled(underWay);
      await Promise.all(rested.map((session) => session.close()));
    },
  };
}

async function sessionOf(rested: Session[], open: () => Promise<Session>): Promise<Session> {
  for (let session = rested.pop(); session; session = rested.pop()) {
    if (session.isOver()) continue;
    session.ref();
    return session;
  }
  try {
    return await open();
  } catch (error) {
    throw unavailable(`there is no connection to the database: ${(error as Error).message}`, error);
  }
}

async function readOn(session: Session, rested: Session[], command: Command): Promise<unknown> {
  try {
    const [answer] = await transact(session, READING, carryOut([command]));
    if (answer === undefined) throw new Error(`${command.kind} was not answered`);
    if ("error" in answer) throw answer.error;
    return answer.outcome;
  } catch (error) {
    throw told(error);
  } finally {
    session.unref();
    if (!session.isOver()) rested.push(session);
  }
}

/** A link: a session that is opened again whenever it is over. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "./session.ts";

const BACKOFF_MIN_MS = 100;
const BACKOFF_MAX_MS = 2_000;

export type Link = {
  /** The session that is open now; undefined while there is none. */
  session(): Session | undefined;
  close(): Promise<void>;
};

/** Rejects when the first session cannot be opened. An idle link does not keep the process alive. */
export async function openLink(open: () => Promise<Session>): Promise<Link> {
  let session: Session | undefined = await open();
  let isClosed = false;

  const keep = async (first: Session): Promise<void> => {
    for (let current = first; ; ) {
      session = current;
      current.unref();
      await current.over;
      session = undefined;
      const next = await reopened(open, () => isClosed);
      if (next === undefined) return;
      current = next;
    }
  };
  const kept = keep(session);

  return {
    session: () => (session?.isOver() ? undefined : session),
    close: async () => {
      isClosed = true;
      session?.ref();
      await session?.close();
      await Promise.race([kept, sleep(0)]);
    },
  };
}

/** Tries until there is a session, or nobody wants one any more. */
async function reopened(open: () => Promise<Session>, isClosed: () => boolean): Promise<Session | undefined> {
  for (let waitMs = BACKOFF_MIN_MS; !isClosed(); waitMs = Math.min(2 * waitMs, BACKOFF_MAX_MS)) {
    const session = await open().catch(() => undefined);
    if (session && isClosed()) await session.close();
    else if (session) return session;
    // Gateways that lost the database together do not all come back at the same instant.
    await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { ref: false });
  }
  return undefined;
}

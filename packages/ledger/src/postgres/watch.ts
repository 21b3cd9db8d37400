/** The watch: a session that is told of every change to a key or an account, and of records that were written, whoever does it. */

import { escapeIdentifier } from "pg";
import type { Change, Watch } from "../store.ts";
import type { Statement } from "../transactions/statement.ts";
import { type Link, openLink } from "./link.ts";
import type { Session } from "./session.ts";

/** Two of them are less than a second: what one misses is noticed by the next. */
const HEARTBEAT_MS = 450;

/**
 * A heartbeat that was answered shows that all that was notified before it was sent is either here or about to be. So what
 * is believed no longer than this after the last one is known to be wrong within a second.
 */
const BELIEF_MS = 900;

export type OpenWatch = { watch: Watch; close(): Promise<void> };

/** `open` opens a session on the schema whose name is the channel's. */
export async function openWatch(open: () => Promise<Session>, schema: string): Promise<OpenWatch> {
  const listeners: ((change: Change) => void)[] = [];
  const recordListeners: (() => void)[] = [];
  const tellOfRecords = (): void => {
    for (const listener of recordListeners) listener();
  };
  const tell = (payload: string): void => {
    const told = readTold(payload);
    if (told === "records") tellOfRecords();
    else if (told) for (const listener of listeners) listener(told);
  };
  let life = 0;
  let answeredMs = Number.NEGATIVE_INFINITY;

  const link = await openLink(async () => {
    const session = await open();
    const sentMs = performance.now();
    session.onNotification(tell);
    try {
      await session.command(`LISTEN ${escapeIdentifier(schema)}`);
    } catch (error) {
      session.abandon(error as Error);
      throw error;
    }
    life++;
    answeredMs = sentMs;
    tellOfRecords();
    return session;
  });
  const answered = (sentMs: number): void => {
    answeredMs = sentMs;
  };
  const beat = startHeart(link, { answered, missed: tellOfRecords });

  return {
    watch: {
      life: () => (link.session() && performance.now() - answeredMs <= BELIEF_MS ? life : undefined),
      onChange: (listener) => {
        listeners.push(listener);
      },
      onRecords: (listener) => {
        recordListeners.push(listener);
      },
    },
    close: async () => {
      clearInterval(beat);
      await link.close();
    },
  };
}

/** Undefined for what did not come of our own trigger: anybody may notify on any channel. */
function readTold(payload: string): Change | "records" | undefined {
  try {
    const { subject, subjectId } = JSON.parse(payload) as Record<string, unknown>;
    if (subject === "records") return subject;
    if ((subject === "key" || subject === "account") && typeof subjectId === "string") return { subject, subjectId };
  } catch {
    // No JSON, or nothing that has properties.
  }
  return undefined;
}

const HEARTBEAT: Statement = { text: "SELECT 1 AS one", values: [] };

type Heart = {
  /** Counts from when a heartbeat was sent, not from when its answer came. */
  answered: (sentMs: number) => void;
  /** There is no session, or the last heartbeat is still unanswered. */
  missed: () => void;
};

function startHeart(link: Link, { answered, missed }: Heart): NodeJS.Timeout {
  let isUnderWay = false;
  const beat = async (): Promise<void> => {
    const session = link.session();
    if (session === undefined || isUnderWay) return missed();
    const sentMs = performance.now();
    isUnderWay = true;
    try {
      await session.run([HEARTBEAT]);
      if (session === link.session()) answered(sentMs);
    } catch (error) {
      session.abandon(error as Error);
    } finally {
      isUnderWay = false;
    }
  };
  return setInterval(beat, HEARTBEAT_MS).unref();
}

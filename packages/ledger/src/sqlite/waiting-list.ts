/** The waiting list: who is owed a reply by the database's thread. */

import { errorOf } from "../group/fault.ts";
import type { Reply } from "./message.ts";

export type WaitingList = {
  /** Waits for the reply that bears this id. */
  wait(id: number): Promise<never>;
  resolve(replies: readonly Reply[]): void;
  /** Tells all who wait that no reply will come. */
  fail(error: Error): void;
  /** Resolves when nobody waits. */
  whenEmpty(): Promise<void>;
};

type Waiting = { resolve: (outcome: never) => void; reject: (error: Error) => void };

/** An idle thread does not keep the process alive; one that owes a reply does. */
export function waitingListOf(thread: { ref(): void; unref(): void }): WaitingList {
  const waiting = new Map<number, Waiting>();
  let emptied: (() => void) | undefined;

  const rest = (): void => {
    if (waiting.size > 0) return;
    thread.unref();
    emptied?.();
  };

  const resolve = (reply: Reply): void => {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("fault" in reply) waiter?.reject(errorOf(reply.fault));
    else waiter?.resolve(reply.outcome as never);
  };

  thread.unref();
  return {
    wait: (id) => {
      if (waiting.size === 0) thread.ref();
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    resolve: (replies) => {
      replies.forEach(resolve);
      rest();
    },
    fail: (error) => {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      rest();
    },
    whenEmpty: async () => {
      if (waiting.size > 0) await new Promise<void>((resolve) => (emptied = resolve));
    },
  };
}

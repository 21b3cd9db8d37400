/** The store on SQLite: sends commands to the database's thread and hands its replies to who waits for them. */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { LedgerError, LedgerUnavailable } from "../ledger-error.ts";
import type { Store } from "../store.ts";
import type { Fault, Reply, Request, ToWorker, WorkerOptions } from "./message.ts";

/** More would gain little a request and keep the first of the group waiting. */
const GROUP_MAX = 512;

type Waiting = { resolve: (outcome: never) => void; reject: (error: Error) => void };

export type SqliteStoreOptions = {
  /** How long to wait for another process that is writing to the file. */
  busyTimeoutMs?: number;
};

export async function openSqliteStore(
  file: string,
  { busyTimeoutMs = 5_000 }: SqliteStoreOptions = {},
): Promise<Store> {
  const worker = startWorker({ file, busyTimeoutMs });
  try {
    await once(worker, "message");
  } catch (cause) {
    throw new LedgerUnavailable(`the ledger ${file} cannot be opened: ${(cause as Error).message}`, { cause });
  }
  return storeOver(worker);
}

function startWorker(workerData: WorkerOptions): Worker {
  // A URL in a string is not rewritten by the build: the worker's ending is this file's own.
  const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
  // No flags are inherited: a debugger's or a test runner's would be repeated in the thread.
  return new Worker(new URL(file, import.meta.url), { workerData, execArgv: [], name: "ledger" });
}

function storeOver(worker: Worker): Store {
  const waiting = new Map<number, Waiting>();
  const outbox: Request[] = [];
  let lastId = 0;
  let isUnderWay = false;
  let refusal: LedgerUnavailable | undefined;
  let running = true;
  let whenIdle: (() => void) | undefined;

  const send = (message: ToWorker): void => worker.postMessage(message);

  // One group is under way at a time: what comes meanwhile waits here and makes the next, so that a message, which costs
  // more than a command, is shared by as many as there are.
  const flush = (): void => {
    if (isUnderWay || outbox.length === 0) return;
    isUnderWay = true;
    send(outbox.splice(0, GROUP_MAX));
  };

  const resolve = (reply: Reply): void => {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("fault" in reply) waiter?.reject(errorOf(reply.fault));
    else waiter?.resolve(reply.outcome as never);
  };

  /** An idle thread does not keep the process alive; one that owes a reply does. */
  const rest = (): void => {
    if (waiting.size > 0) return;
    worker.unref();
    whenIdle?.();
  };

  const fail = (error: LedgerUnavailable): void => {
    refusal ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    outbox.length = 0;
    rest();
  };

  worker.on("message", (replies: Reply[]) => {
    isUnderWay = false;
    flush();
    for (const reply of replies) resolve(reply);
    rest();
  });
  worker.on("error", (cause: Error) => fail(new LedgerUnavailable(`the ledger failed: ${cause.message}`, { cause })));
  worker.on("exit", () => {
    running = false;
    fail(new LedgerUnavailable("the ledger's thread has ended"));
  });
  worker.unref();

  return {
    submit: (kind, input, nowMs) => {
      if (refusal) return Promise.reject(refusal);
      if (waiting.size === 0) worker.ref();
      // After the turn's events, so that all requests of one turn go in one message.
      if (outbox.length === 0 && !isUnderWay) setImmediate(flush);
      return new Promise((resolve, reject) => {
        waiting.set(++lastId, { resolve, reject });
        outbox.push({ id: lastId, kind, input, nowMs } as Request);
      });
    },
    close: async () => {
      refusal ??= new LedgerUnavailable("the ledger is closed");
      if (waiting.size > 0) await new Promise<void>((idle) => (whenIdle = idle));
      if (!running) return;
      worker.ref();
      send("close");
      await new Promise((ended) => worker.once("exit", ended));
    },
  };
}

/** What a fault is to the caller. */
export function errorOf({ code, message }: Fault): Error {
  if (code === "unavailable") return new LedgerUnavailable(message);
  return code === undefined ? new Error(message) : new LedgerError(code, message);
}

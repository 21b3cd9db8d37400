/** The database's thread, from its start to its end. */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { outboxTo } from "../group/outbox.ts";
import { LedgerUnavailable } from "../ledger-error.ts";
import type { Command } from "../transactions/group.ts";
import type { Reply, Request, ToWorker, WorkerOptions } from "./message.ts";
import { waitingListOf } from "./waiting-list.ts";

export type Thread = {
  submit(command: Command): Promise<never>;
  /** Waits for all that was submitted, then ends it. */
  close(): Promise<void>;
};

/** Rejects when the file cannot be opened. Who waits for a reply when the thread ends unasked is told before `onFailure` is. */
export async function startThread(options: WorkerOptions, onFailure: (cause: Error) => void): Promise<Thread> {
  const worker = newWorker(options);
  await once(worker, "message");
  return threadOf(worker, onFailure);
}

function newWorker(workerData: WorkerOptions): Worker {
  // A URL in a string is not rewritten by the build: the worker's ending is this file's own.
  const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
  // No flags are inherited: a debugger's or a test runner's would be repeated in the thread.
  return new Worker(new URL(file, import.meta.url), { workerData, execArgv: [], name: "ledger" });
}

function threadOf(worker: Worker, onFailure: (cause: Error) => void): Thread {
  const waiting = waitingListOf(worker);
  const outbox = outboxTo<Request>((group) => worker.postMessage(group satisfies ToWorker));
  let cause = new Error("the ledger's thread has ended");
  let isClosing = false;
  let lastId = 0;

  const ended = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      outbox.clear();
      waiting.fail(new LedgerUnavailable(`${cause.message}; whether it was carried out is not known`, { cause }));
      if (!isClosing) onFailure(cause);
      resolve();
    });
  });
  worker.on("message", (replies: Reply[]) => {
    outbox.answered();
    waiting.resolve(replies);
  });
  worker.on("error", (error: Error) => {
    cause = error;
  });

  return {
    submit: async (command) => {
      outbox.requireRoom();
      const id = ++lastId;
      outbox.put({ id, ...command });
      return waiting.wait(id);
    },
    close: async () => {
      await waiting.whenEmpty();
      isClosing = true;
      worker.ref();
      worker.postMessage("close" satisfies ToWorker);
      await ended;
    },
  };
}

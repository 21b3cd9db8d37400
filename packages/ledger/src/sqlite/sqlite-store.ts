/** The store on SQLite: sends commands to the database's thread and hands its replies to who waits for them. */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { LedgerUnavailable } from "../ledger-error.ts";
import type { Store } from "../store.ts";
import type { Reply, Request, ToWorker, WorkerOptions } from "./message.ts";
import { outboxTo } from "./outbox.ts";
import { waitingListOf } from "./waiting-list.ts";

export async function openSqliteStore(options: WorkerOptions): Promise<Store> {
  const worker = startWorker(options);
  try {
    await once(worker, "message");
  } catch (cause) {
    throw new LedgerUnavailable(`the ledger ${options.file} cannot be opened: ${(cause as Error).message}`, { cause });
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
  const waiting = waitingListOf(worker);
  const outbox = outboxTo((group) => worker.postMessage(group satisfies ToWorker));
  const ended = new Promise<unknown>((resolve) => worker.once("exit", resolve));
  let refusal: LedgerUnavailable | undefined;
  let lastId = 0;

  const fail = (error: LedgerUnavailable): void => {
    refusal ??= error;
    outbox.clear();
    waiting.fail(error);
  };
  worker.on("message", (replies: Reply[]) => {
    outbox.answered();
    waiting.resolve(replies);
  });
  worker.on("error", (cause: Error) => fail(new LedgerUnavailable(`the ledger failed: ${cause.message}`, { cause })));
  worker.on("exit", () => fail(new LedgerUnavailable("the ledger's thread has ended")));

  return {
    submit: (kind, input, nowMs) => {
      if (refusal) return Promise.reject(refusal);
      const id = ++lastId;
      outbox.put({ id, kind, input, nowMs } as Request);
      return waiting.wait(id);
    },
    close: async () => {
      refusal ??= new LedgerUnavailable("the ledger is closed");
      await waiting.whenEmpty();
      await closeThread(worker, ended);
    },
  };
}

/** Does nothing to a thread that has ended already. */
async function closeThread(worker: Worker, ended: Promise<unknown>): Promise<void> {
  worker.ref();
  worker.postMessage("close" satisfies ToWorker);
  await ended;
}

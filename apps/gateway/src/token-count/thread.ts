/** The tokenizer's thread, seen from outside: started when first asked, so that who never counts never loads it. */
import { Worker } from "node:worker_threads";
import type { TextCount } from "./tokenizer.ts";

export interface ToCount {
  readonly id: number;
  readonly texts: readonly string[];
  readonly tools: readonly string[];
}

export interface Counted {
  readonly id: number;
  readonly texts: TextCount;
  readonly tools: TextCount;
}

export interface TokenizerThread {
  /** How many counts are under way. */
  readonly waiting: () => number;
  /** Rejects when the thread fails; the next count starts another. */
  count(asked: Omit<ToCount, "id">): Promise<Counted>;
  close(): Promise<void>;
}

type Waiting = Map<number, PromiseWithResolvers<Counted>>;

export function createTokenizerThread(): TokenizerThread {
  const waiting: Waiting = new Map();
  let worker: Worker | undefined;
  let lastId = 0;
  let closed = false;
  const end = (ended: Worker): void => {
    if (worker !== ended) return;
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Error("the tokenizer's thread has ended"));
    waiting.clear();
  };
  const start = (): Worker => {
    const started = startWorker(waiting);
    // An error that nobody listens for would end the process too.
    started.on("error", () => end(started)).once("exit", () => end(started));
    return started;
  };
  return {
    waiting: () => waiting.size,
    async count(asked) {
      if (closed) throw new Error("the tokenizer is closed");
      worker ??= start();
      const id = ++lastId;
      const counted = Promise.withResolvers<Counted>();
      worker.ref();
      worker.postMessage({ id, ...asked } satisfies ToCount);
      waiting.set(id, counted);
      return counted.promise;
    },
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}

/** The encoding takes thirty; the rest is what is being counted. One that needs more ends, and is started again. */
const HEAP_MB_MAX = 128;

function startWorker(waiting: Waiting): Worker {
  // A URL in a string is not rewritten by the build: the worker's ending is this file's own.
  const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
  // No flags are inherited: a debugger's or a test runner's would be repeated in the thread.
  const options = { execArgv: [], name: "tokenizer", resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX } };
  const worker = new Worker(new URL(file, import.meta.url), options);
  worker.on("message", (counted: Counted) => {
    waiting.get(counted.id)?.resolve(counted);
    waiting.delete(counted.id);
    // It keeps the process alive only while somebody waits for it.
    if (waiting.size === 0) worker.unref();
  });
  return worker;
}

/** The tokenizer's thread: counts what it is sent, in order. */
import { parentPort } from "node:worker_threads";
import type { Counted, ToCount } from "./thread.ts";
import { countSlices } from "./tokenizer.ts";

parentPort?.on("message", ({ id, texts, tools }: ToCount) => {
  parentPort?.postMessage({ id, texts: countSlices(texts), tools: countSlices(tools) } satisfies Counted);
});

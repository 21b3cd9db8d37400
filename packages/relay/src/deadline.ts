/** The caller's own deadlines: they are over when they are, whatever suppliers may take. */
import type { SupplierFailure } from "@interchange/inference";
import type { Run } from "./run.ts";
import { startTimer, type Timer } from "./timer.ts";

export class Deadline {
  readonly #sinceMs = performance.now();
  readonly #totalMs: number;
  readonly #firstMs: number;

  /** Counted from here on. */
  constructor({ totalMs = Infinity, firstByteMs = Infinity }: Pick<Run, "totalMs" | "firstByteMs">) {
    this.#totalMs = totalMs;
    this.#firstMs = Math.min(firstByteMs, totalMs);
  }

  /** Whether no time is left for an answer to begin. */
  isOver(): boolean {
    return this.#leftMs(this.#firstMs) < LEAST_MS;
  }

  /** Calls when there is no time left for an answer to begin. */
  watchFirst(onOver: () => void): Timer {
    return startTimer(this.#leftMs(this.#firstMs), onOver);
  }

  /** Calls when there is no time left for anything. */
  watchTotal(onOver: () => void): Timer {
    return startTimer(this.#leftMs(this.#totalMs), onOver);
  }

  /** What is said of it: that nothing had begun in time. */
  get first(): SupplierFailure {
    return { message: `the caller's own deadline of ${this.#firstMs} ms was over`, caller: false, timeout: true };
  }

  /** The same, as a whole sentence within an answer that had begun. */
  get total(): SupplierFailure {
    return { message: `The caller's own deadline of ${this.#totalMs} ms was over.`, caller: true, timeout: true };
  }

  #leftMs(ms: number): number {
    return this.#sinceMs + ms - performance.now();
  }
}

/** Timers count in whole milliseconds. */
const LEAST_MS = 1;

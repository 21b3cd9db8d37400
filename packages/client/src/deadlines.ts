/** The clocks of one attempt, and the signal that they and the caller abort. */
import { type Clock, TimeoutError } from "./client-error.ts";

/** Node takes a longer wait for none at all, which would be the opposite of what is meant. */
const LONGEST_MS = 2 ** 31 - 1;

export class Deadlines {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #total: ReturnType<typeof setTimeout> | undefined;
  #short: ReturnType<typeof setTimeout> | undefined;

  /** @param leftMs what is left of `totalMs`, of which the caller gave all. */
  constructor(outer: AbortSignal, leftMs: number, totalMs: number) {
    this.#outer = outer;
    if (outer.aborted) this.#controller.abort(outer.reason);
    outer.addEventListener("abort", this.#leave);
    this.#total = this.#start(new TimeoutError("total", totalMs), leftMs);
    // An answer that nobody reads is to keep no process alive.
    if (typeof this.#total === "object") this.#total.unref();
  }

  /** Aborted with a TimeoutError, or with the caller's own reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts the one short clock, in place of what it was. */
  wait(which: Clock, ms: number): void {
    this.rest();
    this.#short = this.#start(new TimeoutError(which, ms), ms);
  }

  /** Stops the short clock. */
  rest(): void {
    clearTimeout(this.#short);
  }

  /** Stops everything. */
  end(): void {
    this.rest();
    clearTimeout(this.#total);
    this.#outer.removeEventListener("abort", this.#leave);
  }

  readonly #leave = (): void => this.#controller.abort(this.#outer.reason);

  #start(reason: TimeoutError, ms: number): ReturnType<typeof setTimeout> | undefined {
    return ms > LONGEST_MS ? undefined : setTimeout(() => this.#controller.abort(reason), ms);
  }
}

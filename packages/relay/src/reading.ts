/** How an answer's events are read: whose time it is meanwhile, and what becomes of them when they are not read on. */
import type { TimeLimit } from "./time-limit.ts";

export interface ReadingOptions {
  readonly limit: TimeLimit;
  readonly events: AsyncGenerator<unknown, undefined>;
  /** Ends what `events` would have ended: a generator that was not begun has nothing to be returned from. */
  readonly leaveUnread: () => Promise<void>;
  /** What is told to a caller that reads on after it was given up. */
  readonly writeTooLate: () => readonly unknown[];
}

/** While an event is out, time is the caller's. One that takes too much of it is given up, as if it had left. */
export class Reading implements AsyncIterableIterator<unknown, undefined> {
  readonly #options: ReadingOptions;
  #begun = false;
  #closing: Promise<unknown> | undefined;
  #gaveUp = false;
  #tooLate: unknown[] | undefined;

  constructor(options: ReadingOptions) {
    this.#options = options;
    options.limit.awaitCaller(this.#giveUp);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#closing !== undefined) return this.#afterClosing(this.#closing);
    const { limit, events } = this.#options;
    this.#begun = true;
    limit.awaitSupplier();
    const step = await events.next();
    if (step.done !== true) limit.awaitCaller(this.#giveUp);
    return step;
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    this.#gaveUp = false;
    await this.#close();
    return { done: true, value: undefined };
  }

  readonly #giveUp = (): void => {
    this.#gaveUp = true;
    // An error in here is heard by whoever reads on; there is nobody else.
    this.#close().catch(() => undefined);
  };

  #close(): Promise<unknown> {
    const { events, leaveUnread } = this.#options;
    this.#closing ??= this.#begun ? events.return(undefined) : leaveUnread();
    return this.#closing;
  }

  async #afterClosing(closing: Promise<unknown>): Promise<IteratorResult<unknown, undefined>> {
    await closing;
    if (this.#gaveUp) this.#tooLate ??= [...this.#options.writeTooLate()];
    if (!this.#gaveUp || !this.#tooLate?.length) return { done: true, value: undefined };
    return { done: false, value: this.#tooLate.shift() };
  }
}

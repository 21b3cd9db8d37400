/** What is spent: limits that have just been found full, so that whoever keeps knocking does not reach the store each time. */
import type { Count } from "./counter.ts";

/** At most as long as this is a limit believed to be full without another look. */
const BELIEVED_MS = 1_000;

const NAMES_MAX = 10_000;

export class Spent {
  readonly #known = new Map<string, { readonly count: Count; readonly untilMs: number }>();

  note(counter: string, count: Count): void {
    if (this.#known.size >= NAMES_MAX) this.#known.clear();
    this.#known.set(counter, { count, untilMs: Math.min(count.endsAtMs, Date.now() + BELIEVED_MS) });
  }

  /** What was counted when it was found full. */
  find(counter: string): Count | undefined {
    const found = this.#known.get(counter);
    if (found === undefined || Date.now() < found.untilMs) return found?.count;
    this.#known.delete(counter);
    return undefined;
  }

  /** Something was given back. */
  forget(counter: string): void {
    this.#known.delete(counter);
  }
}

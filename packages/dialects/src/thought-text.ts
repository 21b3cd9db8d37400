/** The text of a thought that is being told, as far as it is worth keeping. */

/** Longer thoughts than anybody has are not kept to their end, so that no stream fills the memory. */
export const THOUGHT_CHARS_MAX = 4_000_000;

export class ThoughtText {
  /** All of it, or its beginning once there is more than is kept. */
  #kept = "";
  #chars = 0;

  grow(text: string): void {
    this.#chars += text.length;
    if (this.#chars <= THOUGHT_CHARS_MAX) this.#kept += text;
  }

  /** Undefined where there is more of it than is kept. */
  get whole(): string | undefined {
    return this.#chars <= THOUGHT_CHARS_MAX ? this.#kept : undefined;
  }

  /** Whether this is what has been told: the same, as far as it was kept, and as long. */
  is(text: string): boolean {
    return text.length === this.#chars && text.startsWith(this.#kept);
  }
}

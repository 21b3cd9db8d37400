/** Prefix cache: the conversations whose prompt a supplier still holds, of which it forgets the one that was used longest ago. */
import { PREFIX_LIFE_MS } from "./settings.ts";

interface Kept {
  readonly tokens: number;
  readonly atMs: number;
}

export class PrefixCache {
  readonly #tokensMax: number;
  readonly #kept = new Map<number, Kept>();
  #tokens = 0;

  constructor(tokensMax: number) {
    this.#tokensMax = tokensMax;
  }

  /** How many tokens of the conversation it need not read again. */
  tokensOf(conversation: number, nowMs: number): number {
    const kept = this.#kept.get(conversation);
    return kept === undefined || nowMs - kept.atMs > PREFIX_LIFE_MS ? 0 : kept.tokens;
  }

  keep(conversation: number, tokens: number, nowMs: number): void {
    this.#drop(conversation);
    this.#kept.set(conversation, { tokens, atMs: nowMs });
    this.#tokens += tokens;
    for (const [oldest, { atMs }] of this.#kept) {
      if (this.#tokens <= this.#tokensMax && nowMs - atMs <= PREFIX_LIFE_MS) break;
      this.#drop(oldest);
    }
  }

  #drop(conversation: number): void {
    this.#tokens -= this.#kept.get(conversation)?.tokens ?? 0;
    this.#kept.delete(conversation);
  }
}

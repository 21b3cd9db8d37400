/** Desk: one supplier at one instrument, as it really is; routing sees of it what a gateway would see. */
import { bitsOf, Draws, normalFor } from "./draws.ts";
import { PrefixCache } from "./prefix-cache.ts";
import { STRAY_FAILURES } from "./settings.ts";
import type { Supplier } from "./trouble.ts";
import type { Turn } from "./turn.ts";

/** What becomes of a request there. Times count from when it is asked. */
export type Fate =
  | {
      readonly kind: "answer";
      readonly firstTokenMs: number;
      readonly tokensPerSecond: number;
      readonly cached: number;
    }
  | { readonly kind: "failure"; readonly afterMs: number }
  | { readonly kind: "busy"; readonly afterMs: number; readonly retryAfterMs?: number }
  | { readonly kind: "silence" };

/** By how much longer a slow supplier takes. */
const SLOWNESS = 10;

/** Full, a supplier takes so many times longer to its first token than empty, before it reads the prompt … */
const CROWDING = 3;

/** … and writes slower by this share. */
const SHARING = 0.5;

const JITTER = 0.35;

export class Desk {
  readonly supplier: Supplier;
  readonly instrument: number;
  readonly id: number;
  askMicros = 0;
  /** Requests under way. */
  running = 0;
  /** Requests that came since this was last put back. */
  came = 0;
  readonly capacity: number;
  /** Whether the offer says how many requests it takes at once: the others answer 429. */
  readonly isCapacityKnown: boolean;
  readonly cache: PrefixCache;
  readonly #firstTokenMs: number;
  readonly #readPerMs: number;
  readonly #writePerSecond: number;

  constructor(supplier: Supplier, instrument: number, id: number, seed: number) {
    const draws = new Draws(seed, 0xde5c, id);
    this.supplier = supplier;
    this.instrument = instrument;
    this.id = id;
    this.capacity = Math.round(draws.logBetween(16, 128));
    this.isCapacityKnown = draws.next() < 0.5;
    this.cache = new PrefixCache(draws.logBetween(500_000, 4_000_000));
    this.#firstTokenMs = draws.logBetween(150, 600);
    this.#readPerMs = draws.logBetween(10, 40);
    this.#writePerSecond = draws.between(50, 120);
  }

  get isFull(): boolean {
    return this.isCapacityKnown && this.running >= this.capacity;
  }

  /** Whether somebody who knows everything would be answered, however slowly. */
  wouldAnswer(nowMs: number): boolean {
    const met = this.supplier.met(nowMs);
    return (met === undefined || met === "slow") && this.running < this.capacity;
  }

  fateOf(turn: Turn, nowMs: number): Fate {
    const met = this.supplier.met(nowMs);
    const chance = bitsOf(0xfa7e, turn.id, this.id) / 2 ** 32;
    if (met === "down") return { kind: "failure", afterMs: 5 };
    if (met === "hanging") return { kind: "silence" };
    if (met === "erring") return { kind: "failure", afterMs: 50 + 250 * chance };
    if (met === "busy") return { kind: "busy", afterMs: 20, retryAfterMs: 1_000 * Math.ceil(1 + 19 * chance) };
    if (this.running >= this.capacity) return { kind: "busy", afterMs: 20 };
    if (chance < STRAY_FAILURES) return { kind: "failure", afterMs: 200 };
    return this.#answer(turn, met === "slow" ? SLOWNESS : 1, nowMs);
  }

  #answer(turn: Turn, slowness: number, nowMs: number): Fate {
    const load = this.running / this.capacity;
    const cached = Math.min(this.cache.tokensOf(turn.conversation, nowMs), turn.tokensBefore);
    const beginMs =
      this.#firstTokenMs * Math.exp(JITTER * normalFor(0x117e, turn.id, this.id)) * (1 + CROWDING * load ** 3);
    const readMs = (turn.promptTokens - cached) / this.#readPerMs;
    const tokensPerSecond = (this.#writePerSecond * (1 - SHARING * load)) / slowness;
    return { kind: "answer", firstTokenMs: (beginMs + readMs) * slowness, tokensPerSecond, cached };
  }
}

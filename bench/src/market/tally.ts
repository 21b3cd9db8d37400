/** Tally: what happened, added up, and the figures that it comes to. */
import type { Desk } from "./desk.ts";
import type { Outcome } from "./journey.ts";
import { FIRST_TOKEN_MS_MAX } from "./settings.ts";

/** Shares from 0 to 1. */
export interface Figures {
  readonly requests: number;
  readonly answered: number;
  /** What was paid, over what whoever knows everything would have paid for the same answers. 1 is as good as it gets. */
  readonly cost: number;
  /** Of all requests, those whose first token came in time. */
  readonly inTime: number;
  /** Of the prompt tokens that an earlier turn had sent already, those that were not read again. */
  readonly cacheHits: number;
  /** Jain's index of the requests that came to healthy suppliers with equal asks: 1 when all were given as many. */
  readonly fairness: number;
  /** For each request. */
  readonly attempts: number;
  /** From the request to the first token, fallback included. */
  readonly firstTokenMs: { readonly p50: number; readonly p99: number };
}

export class Tally {
  requests = 0;
  #attempts = 0;
  #paid = 0;
  #owed = 0;
  #before = 0;
  #cached = 0;
  #fair = 0;
  #weight = 0;
  readonly #waitsMs: number[] = [];

  /** `leastMicros`: the lowest ask of those that would have answered when the turn came; undefined when there was none. */
  note({ turn, attempts, answer }: Outcome, leastMicros: number | undefined): void {
    this.requests += 1;
    this.#attempts += attempts;
    if (answer === undefined) return;
    const tokens = turn.promptTokens + turn.outputTokens;
    this.#paid += answer.askMicros * tokens;
    this.#owed += (leastMicros ?? answer.askMicros) * tokens;
    this.#before += turn.tokensBefore;
    this.#cached += answer.cached;
    this.#waitsMs.push(answer.firstTokenMs);
  }

  /** Looks at how requests fell among equal asks while these stood, and begins to count anew. */
  share(byInstrument: readonly (readonly Desk[])[]): void {
    for (const desks of byInstrument) {
      const healthy = desks.filter(({ supplier }) => !supplier.hasSuffered);
      for (const equals of Map.groupBy(healthy, ({ askMicros }) => askMicros).values()) this.#compare(equals);
      for (const desk of desks) desk.came = 0;
    }
    const suppliers = byInstrument.flatMap((desks) => desks.map(({ supplier }) => supplier));
    for (const supplier of suppliers) supplier.hasSuffered = supplier.trouble !== undefined;
  }

  /** Nothing can be told of one alone, nor where there are few requests. */
  #compare(equals: readonly Desk[]): void {
    const sum = equals.reduce((total, { came }) => total + came, 0);
    if (equals.length < 2 || sum < REQUESTS_EACH_MIN * equals.length) return;
    const squares = equals.reduce((total, { came }) => total + came ** 2, 0);
    this.#fair += sum * (sum ** 2 / (equals.length * squares));
    this.#weight += sum;
  }

  figures(): Figures {
    const waits = Float64Array.from(this.#waitsMs).sort();
    const late = waits.findIndex((waitMs) => waitMs > FIRST_TOKEN_MS_MAX);
    const at = (share: number): number => waits[Math.floor(waits.length * share)] ?? Number.NaN;
    return {
      requests: this.requests,
      answered: waits.length / this.requests,
      cost: this.#paid / this.#owed,
      inTime: (late === -1 ? waits.length : late) / this.requests,
      cacheHits: this.#cached / this.#before,
      fairness: this.#fair / this.#weight,
      attempts: this.#attempts / this.requests,
      firstTokenMs: { p50: at(0.5), p99: at(0.99) },
    };
  }
}

const REQUESTS_EACH_MIN = 4;

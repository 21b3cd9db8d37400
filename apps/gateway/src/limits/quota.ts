/** A quota: what one request takes of the limits that bind it, and what of it is given back. */
import type { Allowance, RefusalKind, RefusalOf, Remainder } from "@interchange/inference";
import type { RunningMax } from "@interchange/ledger";
import type { Ticket } from "@interchange/ticket";
import { type Count, type Counters, correct } from "./counter.ts";
import type { Limit, Measure } from "./limit.ts";
import { requestsSpent, type TooManyRunning, tokensSpent, tooLarge, tooManyRunning } from "./sentence.ts";
import type { Spent } from "./spent.ts";

/** What all quotas of a gateway share. */
export interface Counting {
  readonly counters: Counters;
  readonly spent: Spent;
  readonly clock: () => number;
}

/** What binds one request. */
export interface Bounds {
  /** Those that bind it whatever it asks for. */
  readonly caller: readonly Limit[];
  ofInstrument(instrument: string): readonly Limit[];
  runningMax(instrument: string): RunningMax;
}

type Refused = RefusalOf<"rate-limited">;

interface Take {
  readonly limit: Limit;
  readonly points: number;
  readonly count: Count;
}

/** The refusals that are none of the caller's making: what was asked does not count as asked. */
const GIVEN_BACK: ReadonlySet<RefusalKind> = new Set<RefusalKind>([
  "balance-too-low",
  "tokens-on-the-way",
  "rate-limited",
  "nobody-eligible",
  "no-supplier-fits",
  "stopping",
  "ledger-unavailable",
  "bug",
]);

/** How soon one of those that run may have ended. */
const RUNNING_RETRY_MS = 1_000;

export class Quota {
  readonly #counting: Counting;
  readonly #bounds: Bounds;
  #takes: Take[] = [];
  /** What was last seen of each limit. */
  readonly #seen = new Map<Limit, Count | undefined>();

  constructor(counting: Counting, bounds: Bounds) {
    this.#counting = counting;
    this.#bounds = bounds;
  }

  /** Counts one request of the caller; refused when that is one too many. */
  async takeRequest(): Promise<Refused | undefined> {
    return this.#take(only("requests", this.#bounds.caller), 1);
  }

  /** Counts the request for the instrument, and the tokens that are to be held for it. */
  async takeTokens(instrument: string, tokens: number): Promise<Refused | undefined> {
    const ofInstrument = this.#bounds.ofInstrument(instrument);
    const limits = only("tokens", [...this.#bounds.caller, ...ofInstrument]);
    const [least] = limits.toSorted((one, other) => one.max - other.max);
    if (least !== undefined && tokens > least.max) return this.#refused(tooLarge(least, tokens));
    return (await this.#take(only("requests", ofInstrument), 1)) ?? (await this.#take(limits, tokens));
  }

  /** What the ledger is to hold against; nothing where nothing limits what runs. */
  running(instrument: string): { runningMax?: RunningMax } {
    const runningMax = this.#bounds.runningMax(instrument);
    return Object.keys(runningMax).length === 0 ? {} : { runningMax };
  }

  async refuseRunning(outcome: TooManyRunning, instrument: string): Promise<Refused> {
    return this.#refused(tooManyRunning(outcome, instrument), RUNNING_RETRY_MS);
  }

  /** Nothing is run: the tokens are given back, and the requests where it is none of the caller's making. */
  async giveBack(kind: RefusalKind): Promise<void> {
    const isReturned = ({ limit }: Take): boolean => limit.measure === "tokens" || GIVEN_BACK.has(kind);
    const returned = this.#takes.filter(isReturned);
    this.#takes = this.#takes.filter((take) => !isReturned(take));
    await this.#return(returned);
  }

  /** What is left, of either kind of the limit that has the least left. */
  async allowance(): Promise<Allowance> {
    await this.#look();
    const requests = this.#tightest("requests");
    const tokens = this.#tightest("tokens");
    return { ...(requests !== undefined && { requests }), ...(tokens !== undefined && { tokens }) };
  }

  /** Where the tokens were counted, as a ticket says it. What only this gateway knows of is left out. */
  get counted(): NonNullable<Ticket["counted"]> {
    const taken = this.#takes.filter(
      ({ limit, count }) => limit.measure === "tokens" && count.by === this.#counting.counters.home,
    );
    return taken.map(({ limit, count }) => ({ counter: limit.place, endsAtMs: Math.round(count.endsAtMs) }));
  }

  /** All or none. */
  async #take(limits: readonly Limit[], points: number): Promise<Refused | undefined> {
    if (limits.length === 0) return undefined;
    const takes = await Promise.all(limits.map((limit) => this.#count(limit, points)));
    const [over] = takes
      .filter(({ limit, count }) => count.counted > limit.max)
      .sort((one, other) => other.count.endsAtMs - one.count.endsAtMs);
    if (over === undefined) {
      this.#takes.push(...takes);
      return undefined;
    }
    await this.#return(takes);
    return this.#refuseOver(over, points);
  }

  async #count(limit: Limit, points: number): Promise<Take> {
    const { counters, spent } = this.#counting;
    const known = spent.find(limit.counter);
    const take =
      known === undefined ? { points, count: await counters.add(limit.counter, points) } : { points: 0, count: known };
    this.#seen.set(limit, take.count);
    // Tokens that did not fit say nothing about a smaller request.
    const isFull = limit.measure === "requests" && take.count.counted > limit.max;
    if (known === undefined && isFull) spent.note(limit.counter, take.count);
    return { limit, ...take };
  }

  async #return(takes: readonly Take[]): Promise<void> {
    await Promise.all(
      takes.map(async ({ limit, points, count }) => {
        if (count.counted <= limit.max) this.#counting.spent.forget(limit.counter);
        // What cannot be given back is counted until its window is over.
        const after = await correct({ counter: limit.counter, ...count }, -points).catch(() => undefined);
        if (after !== undefined) this.#seen.set(limit, after);
      }),
    );
  }

  #refuseOver({ limit, count }: Take, points: number): Promise<Refused> {
    const waitMs = Math.max(count.endsAtMs - Date.now(), 1);
    if (limit.measure === "requests") return this.#refused(requestsSpent(limit, waitMs), waitMs);
    const left = remaining(limit, this.#seen.get(limit));
    return this.#refused(tokensSpent(limit, { left, tokens: points }, waitMs), waitMs);
  }

  async #refused(problem: string, retryAfterMs?: number): Promise<Refused> {
    await this.giveBack("rate-limited");
    const allowance = await this.allowance();
    return { kind: "rate-limited", problem, ...(retryAfterMs !== undefined && { retryAfterMs }), allowance };
  }

  /** Looks at the caller's limits that nothing was taken of yet. */
  async #look(): Promise<void> {
    const unseen = this.#bounds.caller.filter((limit) => !this.#seen.has(limit));
    await Promise.all(
      unseen.map(async (limit) => this.#seen.set(limit, await this.#counting.counters.peek(limit.counter))),
    );
  }

  #tightest(measure: Measure): Remainder | undefined {
    const [least] = only(measure, [...this.#seen.keys()])
      .map((limit) => ({ limit, left: remaining(limit, this.#seen.get(limit)) }))
      .sort((one, other) => one.left - other.left);
    if (least === undefined) return undefined;
    const endsAtMs = this.#seen.get(least.limit)?.endsAtMs ?? 0;
    const resetAfterMs = Math.max(endsAtMs - Date.now(), 0);
    const resetAtMs = this.#counting.clock() + resetAfterMs;
    return { limit: least.limit.max, remaining: least.left, resetAfterMs, resetAtMs };
  }
}

function only(measure: Measure, limits: readonly Limit[]): readonly Limit[] {
  return limits.filter((limit) => limit.measure === measure);
}

function remaining({ max }: Limit, count: Count | undefined): number {
  return Math.min(Math.max(max - (count?.counted ?? 0), 0), max);
}

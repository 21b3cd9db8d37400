/** Failure memory: which supplier has just failed at which instrument, and until when it is passed over. */

export interface FailureMemory {
  /** `retryAfterMs` is the wait that the supplier itself asked for. */
  noteFailure(supplier: string, instrument: string, nowMs: number, retryAfterMs?: number): void;
  noteSuccess(supplier: string, instrument: string): void;
  /** Whether the supplier is cooling down for the instrument. */
  failedRecently(supplier: string, instrument: string, nowMs: number): boolean;
  /** How many pairs of supplier and instrument are remembered. */
  readonly size: number;
}

/** The half of the memory that routing may use. */
export type FailureRecord = Pick<FailureMemory, "failedRecently">;

export interface FailureMemoryOptions {
  /** The first cool-down; it doubles with each failure that follows one. 5 s unless said. */
  readonly cooldownMs?: number;
  /** The longest cool-down, whatever a supplier asks for. 60 s unless said. */
  readonly cooldownMsMax?: number;
  /** The pair that failed longest ago is forgotten beyond so many. 10,000 unless said. */
  readonly entriesMax?: number;
}

interface Failure {
  /** Failures in a row, those within one cool-down counted once. */
  readonly repeats: number;
  readonly untilMs: number;
}

/** An empty memory. Instruments are told apart by their canonical names. */
export function createFailureMemory(options: FailureMemoryOptions = {}): FailureMemory {
  const { cooldownMs = 5_000, cooldownMsMax = 60_000, entriesMax = 10_000 } = options;
  const failures = new Map<string, Failure>();

  function remember(key: string, failure: Failure): void {
    failures.delete(key);
    failures.set(key, failure);
    if (failures.size > entriesMax) failures.delete(failures.keys().next().value as string);
  }

  return {
    noteFailure(supplier, instrument, nowMs, retryAfterMs = 0) {
      const key = keyOf(supplier, instrument);
      const repeats = repeatsOf(failures.get(key), nowMs, cooldownMsMax);
      const waitMs = Math.min(Math.max(cooldownMs * 2 ** (repeats - 1), retryAfterMs), cooldownMsMax);
      remember(key, { repeats, untilMs: Math.max(failures.get(key)?.untilMs ?? 0, nowMs + waitMs) });
    },
    noteSuccess(supplier, instrument) {
      failures.delete(keyOf(supplier, instrument));
    },
    failedRecently(supplier, instrument, nowMs) {
      if (failures.size === 0) return false;
      const failure = failures.get(keyOf(supplier, instrument));
      return failure !== undefined && nowMs < failure.untilMs;
    },
    get size() {
      return failures.size;
    },
  };
}

/**
 * Requests that were on their way together fail together: within one cool-down they count once, or a single hiccup under
 * load would bring the longest wait at once. A failure long after the last cool-down begins anew.
 */
function repeatsOf(last: Failure | undefined, nowMs: number, forgetMs: number): number {
  if (last === undefined || nowMs > last.untilMs + forgetMs) return 1;
  return nowMs < last.untilMs ? last.repeats : Math.min(last.repeats + 1, REPEATS_MAX);
}

/** Far beyond any cap, and far below where doubling leaves the whole numbers. */
const REPEATS_MAX = 20;

function keyOf(supplier: string, instrument: string): string {
  return `${supplier}\n${instrument}`;
}

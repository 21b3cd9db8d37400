/** Breaker: open for a while, then half-open for one probe at a time, until it is closed or opens anew. */
import type { BreakerCause, OpenBreaker } from "../standing.ts";
import type { Backoff } from "./breaker-change.ts";
import type { Thresholds } from "./thresholds.ts";

/** A breaker that is not closed. It is exchanged for another when it opens anew. */
export class Breaker implements OpenBreaker, Backoff {
  readonly cause: BreakerCause;
  readonly level: number;
  untilMs: number;
  restMs: number;
  isAsked = false;
  probing = false;
  #goodProbes = 0;

  constructor({ cause, untilMs, restMs, level }: Backoff) {
    this.cause = cause;
    this.untilMs = untilMs;
    this.restMs = restMs;
    this.level = level;
  }

  /** A clock that was set back does not keep it open for longer than any breaker may be. */
  limit(untilMsMax: number): void {
    this.untilMs = Math.min(this.untilMs, untilMsMax);
  }

  /** Rests until then, which is later. */
  lengthen(restMs: number, untilMs: number): void {
    this.restMs = Math.max(this.restMs, restMs);
    this.untilMs = untilMs;
    this.isAsked = true;
  }

  /** Counts a good probe; whether there were enough of them. */
  noteGoodProbe({ probes, probesOfBusy }: Thresholds): boolean {
    this.#goodProbes += 1;
    return this.#goodProbes >= (this.cause === "busy" ? probesOfBusy : probes);
  }
}

/** What opening anew goes on from. */
export type Earlier = Pick<Backoff, "cause" | "restMs" | "level">;

export interface Reason {
  readonly cause: BreakerCause;
  /** Absent when there is nothing to go on from. */
  readonly earlier?: Earlier | undefined;
  /** The wait that a busy supplier asked for. */
  readonly askedMs?: number | undefined;
}

/**
 * How a breaker opens. The first time it rests for as long as the supplier asked for, else for `restMs`; then twice as
 * long as it last did for that cause, or as often doubled when the cause is another one. Never beyond `restMsMax`, nor, unless it is busy, beyond the window.
 */
export function opened({ cause, earlier, askedMs }: Reason, nowMs: number, thresholds: Thresholds): Breaker {
  const { restMs: firstMs } = thresholds;
  const level = earlier === undefined ? 0 : Math.min(earlier.level + 1, LEVEL_MAX);
  const grownMs = earlier?.cause === cause ? earlier.restMs * 2 : firstMs * 2 ** level;
  const wantedMs = earlier === undefined ? (askedMs ?? firstMs) : Math.max(askedMs ?? 0, grownMs);
  const restMs = Math.min(wantedMs, restMsMaxOf(cause, thresholds));
  const breaker = new Breaker({ cause, level, restMs, untilMs: nowMs + restMs });
  breaker.isAsked = askedMs !== undefined;
  return breaker;
}

/** One that is well again is asked again within one window; only its own wish is heeded for longer. */
function restMsMaxOf(cause: BreakerCause, { restMsMax, windowMs }: Thresholds): number {
  return cause === "busy" ? restMsMax : Math.min(restMsMax, windowMs);
}

/** As another gateway, or an earlier start, left it: no clock but ours says how long it may last. */
export function adopted(backoff: Backoff, nowMs: number, { restMsMax }: Thresholds): Breaker {
  const restMs = Math.min(backoff.restMs, restMsMax);
  const level = Math.min(backoff.level, LEVEL_MAX);
  return new Breaker({ cause: backoff.cause, level, restMs, untilMs: Math.min(backoff.untilMs, nowMs + restMsMax) });
}

export function backoffOf({ cause, untilMs, restMs, level }: Backoff): Backoff {
  return { cause, untilMs, restMs, level };
}

/** Far beyond any cap, and far below where doubling leaves the whole numbers. */
const LEVEL_MAX = 20;

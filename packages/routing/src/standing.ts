/** Standing: how a supplier does at an instrument, as the ranking reads it. Health alone changes it. */

export type BreakerState = "closed" | "open" | "half-open";

/** Why a breaker is open: it fails, it is slower than the instrument's floors, or it asked to be left alone. */
export type BreakerCause = "failing" | "slow" | "busy";

export interface Standing {
  readonly supplier: string;
  /** The canonical name. */
  readonly instrument: string;
  /** What stands until it is closed again; undefined while the breaker is closed. */
  readonly breaker: OpenBreaker | undefined;
  /** Whether anything was answered within the last minute: one that fails often is still better than nobody, one that is down is not. */
  readonly isAnswering: boolean;
  /** At least 1: what an ask is multiplied by when it is compared, for how often and how slowly it is answered. */
  readonly penalty: number;
  /** Requests under way there, of this gateway. */
  readonly inFlight: number;
  /** Peak-sensitive moving average of the time to the first token; 0 while nothing is known. */
  readonly latencyMs: number;
  /** Moving average of the output speed after the first token; 0 while nothing is known. */
  readonly tokensPerSecond: number;
}

export interface OpenBreaker {
  readonly cause: BreakerCause;
  /** From then on it is half-open: one probe at a time is let through. */
  readonly untilMs: number;
  /** Whether the supplier itself asked to be left alone for so long. */
  readonly isAsked?: boolean;
  /** Whether a probe is under way. */
  readonly probing: boolean;
}

export function stateOf({ breaker }: Pick<Standing, "breaker">, nowMs: number): BreakerState {
  if (breaker === undefined) return "closed";
  return nowMs < breaker.untilMs ? "open" : "half-open";
}

/** The standing of somebody of whom nothing is known. */
export function freshStanding(supplier: string, instrument: string): Standing {
  return {
    supplier,
    instrument,
    breaker: undefined,
    isAnswering: false,
    penalty: 1,
    inFlight: 0,
    latencyMs: 0,
    tokensPerSecond: 0,
  };
}

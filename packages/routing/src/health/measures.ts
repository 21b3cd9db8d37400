/** Measures: what the rolling window holds, as people read it. */
import type { Floors } from "../instrument.ts";
import type { Sums } from "./window.ts";

export interface Measures {
  /** How far back they reach. */
  readonly windowMs: number;
  /** Attempts that were answered or failed. One that a busy supplier turned away, or that its caller left, is neither. */
  readonly attempts: number;
  readonly failures: number;
  /** Failures among attempts, 0 to 1; 0 when there were none. */
  readonly errorRate: number;
  /** The mean time to the first token; undefined when no answer told it. */
  readonly firstTokenMs: number | undefined;
  /** The mean output speed of answers; undefined when none told it. */
  readonly tokensPerSecond: number | undefined;
}

export function measuresOf(sums: Sums, windowMs: number): Measures {
  const { attempts, failures, firstTokens, firstTokensMs, speeds, speedTotal } = sums;
  return {
    windowMs,
    attempts,
    failures,
    errorRate: attempts === 0 ? 0 : failures / attempts,
    firstTokenMs: firstTokens === 0 ? undefined : firstTokensMs / firstTokens,
    tokensPerSecond: speeds === 0 ? undefined : speedTotal / speeds,
  };
}

/** Whether what was measured is beyond the floors. What was not measured is not held against anybody. */
export function isBeyond(floors: Floors, firstTokenMs: number | undefined, speed: number | undefined): boolean {
  const { firstTokenMsMax = Number.POSITIVE_INFINITY, tokensPerSecondMin = 0 } = floors;
  return (firstTokenMs ?? 0) > firstTokenMsMax || (speed ?? Number.POSITIVE_INFINITY) < tokensPerSecondMin;
}

/** Whether a mean over at least so many answers is beyond the floors. */
export function isMeanBeyond(floors: Floors, sums: Sums, answersMin: number): boolean {
  const { firstTokens, firstTokensMs, speeds, speedTotal } = sums;
  const firstTokenMs = firstTokens < answersMin ? undefined : firstTokensMs / firstTokens;
  return isBeyond(floors, firstTokenMs, speeds < answersMin ? undefined : speedTotal / speeds);
}

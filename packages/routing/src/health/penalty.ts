/** Penalty: by what an ask is multiplied when it is compared, for how often and how slowly it is answered. */
import type { Sums } from "./window.ts";

/** A supplier whose every attempt fails counts as twice as dear. */
const FAILURE_WEIGHT = 1;

/** So many good attempts are taken as given, so that the first failure of a quiet day does not weigh like the hundredth. */
const ATTEMPTS_GIVEN = 10;

/** A supplier at twice the longest wait allowed, or beyond, counts as twice as dear. */
const SLOW_WEIGHT = 1;
const EXCESS_MAX = 1;

/**
 * From 1 to 3. `latencyMs` is the moving average of the time to the first token, 0 when it is not known or too old to be
 * held against anybody; without `firstTokenMsMax` nothing is too slow.
 */
export function penaltyOf(
  { attempts, failures }: Pick<Sums, "attempts" | "failures">,
  latencyMs: number,
  firstTokenMsMax = Number.POSITIVE_INFINITY,
): number {
  const errorRate = failures / (attempts + ATTEMPTS_GIVEN);
  const excess = Math.min(Math.max(latencyMs / firstTokenMsMax - 1, 0), EXCESS_MAX);
  return 1 + FAILURE_WEIGHT * errorRate + SLOW_WEIGHT * excess;
}

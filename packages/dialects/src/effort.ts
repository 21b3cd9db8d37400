/** How hard a model is to work, where a supplier does not know every word for it. */
import type { Effort } from "@interchange/inference";

/** From the least. */
export const EFFORTS: readonly Effort[] = ["minimal", "low", "medium", "high", "xhigh", "max"];

/** The effort itself, or the next lower one that is known, or else the first that is. */
export function nearestEffort(asked: Effort, known: readonly Effort[]): Effort | undefined {
  const below = EFFORTS.slice(0, EFFORTS.indexOf(asked) + 1);
  return below.findLast((effort) => known.includes(effort)) ?? known[0];
}

/** How hard a model is to work, where a supplier does not know every word for it. */
import type { Effort } from "@interchange/inference";

/** From the least. */
export const EFFORTS: readonly Effort[] = ["minimal", "low", "medium", "high", "xhigh", "max"];

/**
 * The effort itself, or the next lower one that is known, or else the least that is; undefined where none is. It still is an
 * effort that was heeded, so that a lower one is not named as left out. `none` is no effort.
 */
export function nearestEffort(asked: Effort, known: readonly (Effort | "none")[]): Effort | undefined {
  const below = EFFORTS.slice(0, EFFORTS.indexOf(asked) + 1);
  return below.findLast((effort) => known.includes(effort)) ?? EFFORTS.find((effort) => known.includes(effort));
}

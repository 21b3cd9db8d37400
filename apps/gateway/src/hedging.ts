/** Hedging: a second attempt beside one that is silent, for so many of a hundred requests and no more. */

import type { Config } from "@interchange/config";
import type { Run } from "@interchange/relay";

export interface Hedging {
  /** What a run may do; it adds to the budget. Undefined where the operator wants none. */
  forRun(): Pick<Run, "hedge">;
}

/** What a quiet time saves up; in attempts. */
const SAVED_MAX = 10;

export function createHedging({ hedging }: Config["routing"]): Hedging {
  if (hedging === undefined) return { forRun: () => ({}) };
  const { afterMs, budgetPercent } = hedging;
  let budget = 0;
  const take = (): boolean => {
    if (budget < 1) return false;
    budget -= 1;
    return true;
  };
  const hedge = { afterMs, take };
  return {
    forRun() {
      budget = Math.min(budget + budgetPercent / 100, SAVED_MAX);
      return { hedge };
    },
  };
}

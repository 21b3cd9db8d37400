/** Limits: how much an account, a key or an instrument may ask for. What is absent is not limited. */

import { optionalInteger } from "./bounds.ts";

export type Limits = {
  requestsPerMinute?: number;
  /** As held, and corrected to what was used. */
  tokensPerMinute?: number;
  /** Open holds at once. */
  runningMax?: number;
};

export const LIMIT_MAX = 1_000_000_000;

/** Limits as stored: null where there is none. */
export type LimitsCommand = {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  runningMax: number | null;
};

export function limitsCommand(limits: Limits = {}): LimitsCommand {
  return {
    requestsPerMinute: optionalLimit(limits.requestsPerMinute, "limits.requestsPerMinute"),
    tokensPerMinute: optionalLimit(limits.tokensPerMinute, "limits.tokensPerMinute"),
    runningMax: optionalLimit(limits.runningMax, "limits.runningMax"),
  };
}

function optionalLimit(value: unknown, name: string): number | null {
  return optionalInteger(value, name, 1, LIMIT_MAX);
}

/** Limits as they stand in a row. */

import type { Limits, LimitsCommand } from "../limits.ts";
import { present, type Value } from "./statement.ts";

export type LimitsRow = {
  requests_per_minute: number | null;
  tokens_per_minute: number | null;
  running_max: number | null;
};

export const LIMITS_COLUMNS = ["requests_per_minute", "tokens_per_minute", "running_max"] as const;

export function readLimits(row: LimitsRow): Limits {
  return present({
    requestsPerMinute: row.requests_per_minute,
    tokensPerMinute: row.tokens_per_minute,
    runningMax: row.running_max,
  });
}

/** In the order of the columns. */
export function limitsValues(limits: LimitsCommand): Value[] {
  return [limits.requestsPerMinute, limits.tokensPerMinute, limits.runningMax];
}

/** By column. */
export function limitsColumns(limits: LimitsCommand): Record<(typeof LIMITS_COLUMNS)[number], Value> {
  return {
    requests_per_minute: limits.requestsPerMinute,
    tokens_per_minute: limits.tokensPerMinute,
    running_max: limits.runningMax,
  };
}

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

/** What a row says, as a command would say it. */
export function limitsOf(row: LimitsRow): LimitsCommand {
  return {
    requestsPerMinute: row.requests_per_minute,
    tokensPerMinute: row.tokens_per_minute,
    runningMax: row.running_max,
  };
}

/** Limits of an account or a key. */
import type { LimitSettings, Limits as Wire } from "@interchange/contract/platform";
import type { Limits } from "@interchange/ledger";

/** What is absent or null is not limited. */
export function readLimits(settings: LimitSettings): Limits {
  return {
    ...(settings.requests_per_minute == null ? {} : { requestsPerMinute: settings.requests_per_minute }),
    ...(settings.tokens_per_minute == null ? {} : { tokensPerMinute: settings.tokens_per_minute }),
    ...(settings.running_max == null ? {} : { runningMax: settings.running_max }),
  };
}

export function writeLimits({ requestsPerMinute, tokensPerMinute, runningMax }: Limits): Wire {
  return {
    requests_per_minute: requestsPerMinute ?? null,
    tokens_per_minute: tokensPerMinute ?? null,
    running_max: runningMax ?? null,
  };
}

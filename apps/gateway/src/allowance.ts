/** What a key may still ask, in both vendors' headers, since clients of either pace themselves by their own. */
import type { Allowance } from "@interchange/inference";

/**
 * The time until all of it is there again is a duration in the one vendor's headers and an RFC 3339 instant in the other's,
 * both rounded up to a whole second. https://platform.openai.com/docs/guides/rate-limits,
 * https://docs.anthropic.com/en/api/rate-limits
 */
export function allowanceHeaders({ limit, remaining, resetAfterMs, resetAtMs }: Allowance): Record<string, string> {
  return {
    "x-ratelimit-limit-requests": String(limit),
    "x-ratelimit-remaining-requests": String(remaining),
    "x-ratelimit-reset-requests": durationOf(resetAfterMs),
    "anthropic-ratelimit-requests-limit": String(limit),
    "anthropic-ratelimit-requests-remaining": String(remaining),
    "anthropic-ratelimit-requests-reset": instantOf(resetAtMs),
  };
}

/** `6s`, `1m0s`. */
function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** `2026-11-23T15:04:06Z`. */
function instantOf(ms: number): string {
  return `${new Date(Math.ceil(ms / 1_000) * 1_000).toISOString().slice(0, 19)}Z`;
}

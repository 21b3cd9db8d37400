/** What a caller has left of its limits, in both vendors' headers, since clients of either pace themselves by their own. */
import type { Allowance, Remainder } from "@interchange/inference";
import type { Ticket } from "@interchange/ticket";

/**
 * The time until all of it is there again is a duration in the one vendor's headers and an RFC 3339 instant in the other's,
 * both rounded up to a whole second. https://platform.openai.com/docs/guides/rate-limits,
 * https://docs.anthropic.com/en/api/rate-limits
 */
export function allowanceHeaders({ requests, tokens }: Allowance): Record<string, string> {
  return { ...headersOf("requests", requests), ...headersOf("tokens", tokens) };
}

function headersOf(measure: keyof Allowance, left: Remainder | undefined): Record<string, string> {
  if (left === undefined) return {};
  const { limit, remaining, resetAfterMs, resetAtMs } = left;
  return {
    [`x-ratelimit-limit-${measure}`]: String(limit),
    [`x-ratelimit-remaining-${measure}`]: String(remaining),
    [`x-ratelimit-reset-${measure}`]: durationOf(resetAfterMs),
    [`anthropic-ratelimit-${measure}-limit`]: String(limit),
    [`anthropic-ratelimit-${measure}-remaining`]: String(remaining),
    [`anthropic-ratelimit-${measure}-reset`]: instantOf(resetAtMs),
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

/** As a ticket says it: instants in whole milliseconds. */
export function ticketAllowance({ requests, tokens }: Allowance): Pick<Ticket, "allowance"> {
  if (requests === undefined && tokens === undefined) return {};
  const left = ({ limit, remaining, resetAtMs }: Remainder) => ({ limit, remaining, resetAtMs: Math.ceil(resetAtMs) });
  return {
    allowance: {
      ...(requests !== undefined && { requests: left(requests) }),
      ...(tokens !== undefined && { tokens: left(tokens) }),
    },
  };
}

/** As it was when the ticket was sealed: what follows a redirect is no other request. */
export function allowanceIn({ allowance = {} }: Pick<Ticket, "allowance">, nowMs: number): Allowance {
  const { requests, tokens } = allowance;
  const left = (told: Omit<Remainder, "resetAfterMs">): Remainder => ({
    ...told,
    resetAfterMs: Math.max(told.resetAtMs - nowMs, 0),
  });
  return {
    ...(requests !== undefined && { requests: left(requests) }),
    ...(tokens !== undefined && { tokens: left(tokens) }),
  };
}

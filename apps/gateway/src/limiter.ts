/** How often a key may ask: a steady rate with room for a burst of one minute's worth (GCRA). */
import type { Allowance } from "@interchange/inference";
import type { Key } from "@interchange/ledger";
import type { Entry } from "@interchange/stubs";

export interface Limiter {
  /** Counts one request of the key, and lets it in unless that was one too many. */
  admit(key: Key): Entry<Allowed>;
}

/** What the key has left; absent where no limit is set. */
export interface Allowed {
  readonly allowance?: Allowance;
}

const MINUTE_MS = 60_000;

/** Keys that have not asked for a minute have nothing to remember, and are dropped when there are too many. */
const KEYS_MAX = 100_000;

/** 0 a minute sets no limit. */
export function createLimiter(requestsPerMinute: number, clock: () => number): Limiter {
  if (requestsPerMinute === 0) return { admit: () => ({ kind: "entered", context: {} }) };
  const intervalMs = MINUTE_MS / requestsPerMinute;
  const allowedAtMs = new Map<string, number>();
  return {
    admit(key) {
      const nowMs = clock();
      const freeMs = Math.max(allowedAtMs.get(key.publicId) ?? 0, nowMs);
      const nextMs = freeMs + intervalMs;
      if (nextMs - nowMs > MINUTE_MS) {
        return refused(Math.ceil(nextMs - nowMs - MINUTE_MS), spent(requestsPerMinute, freeMs, nowMs));
      }
      if (allowedAtMs.size >= KEYS_MAX) forget(allowedAtMs, nowMs);
      allowedAtMs.set(key.publicId, nextMs);
      return { kind: "entered", context: { allowance: left(requestsPerMinute, nextMs, nowMs) } };
    },
  };
}

/** What a key has left that has just been let in. */
function left(limit: number, nextMs: number, nowMs: number): Allowance {
  const resetAfterMs = nextMs - nowMs;
  const remaining = Math.floor(((MINUTE_MS - resetAfterMs) / MINUTE_MS) * limit);
  return { limit, remaining, resetAfterMs, resetAtMs: nextMs };
}

/** What a key has left that has just been refused: nothing, until it has paused. */
function spent(limit: number, freeMs: number, nowMs: number): Allowance {
  return { limit, remaining: 0, resetAfterMs: freeMs - nowMs, resetAtMs: freeMs };
}

function refused(retryAfterMs: number, allowance: Allowance): Entry<never> {
  const problem = `This key may ask ${allowance.limit} times a minute; ask again in ${Math.ceil(retryAfterMs / 1_000)} s.`;
  return { kind: "refused", refusal: { kind: "rate-limited", problem, retryAfterMs, allowance } };
}

function forget(allowedAtMs: Map<string, number>, nowMs: number): void {
  for (const [key, atMs] of allowedAtMs) if (atMs <= nowMs) allowedAtMs.delete(key);
}

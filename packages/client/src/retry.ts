/** Whether and when to ask again. */
import { ConnectionError, TimeoutError } from "./client-error.ts";
import { isUnreached } from "./connection.ts";
import { readRetryAfterMs } from "./retry-after.ts";

/** Time and chance, so that they can be set in a test. */
export interface Timing {
  readonly nowMs: () => number;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /** Rejects with the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What an attempt came to. */
export type Outcome =
  | { readonly response: Response; readonly failure?: undefined }
  | { readonly response?: undefined; readonly failure: unknown };

const STATUSES = [408, 409, 429];

/** The wait before the second attempt at most; it doubles from attempt to attempt. */
const FIRST_MS = 500;
const LONGEST_MS = 8_000;
/** Whoever is told to wait longer than this is told so, and not kept waiting. */
const PATIENCE_MS = 60_000;

/**
 * How long to wait before asking again, in milliseconds; undefined where asking again is of no use or could do a thing twice.
 * @param attempt counted from 0.
 * @param repeatable whether what was asked may be run twice, or is known to be the same by its key.
 */
export function waitBefore(
  attempt: number,
  outcome: Outcome,
  repeatable: boolean,
  { nowMs, random }: Pick<Timing, "nowMs" | "random">,
): number | undefined {
  const backoffMs = random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  const { response, failure } = outcome;
  if (!response) return mayFail(failure, repeatable) ? backoffMs : undefined;
  const saidMs = readRetryAfterMs(response.headers, nowMs());
  if (!mayAnswer(response, repeatable, saidMs !== undefined) || (saidMs ?? 0) > PATIENCE_MS) return undefined;
  // Those who are told the same are not to come back all at once.
  return saidMs === undefined ? backoffMs : saidMs * (1 + random() / 10);
}

/** The server's own word goes before everything that a status lets us guess. */
function mayAnswer({ status, headers }: Response, repeatable: boolean, waits: boolean): boolean {
  const said = headers.get("x-should-retry");
  if (said === "true" || said === "false") return said === "true";
  if (status === 429 || (status === 503 && waits)) return true;
  return repeatable && (STATUSES.includes(status) || status >= 500);
}

function mayFail(failure: unknown, repeatable: boolean): boolean {
  if (isUnreached(failure)) return true;
  const passing =
    failure instanceof ConnectionError || (failure instanceof TimeoutError && failure.which === "connect");
  return repeatable && passing;
}

export const realTiming: Timing = {
  nowMs: Date.now,
  random: Math.random,
  sleep: (ms, signal) =>
    new Promise((done, reject) => {
      const leave = () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", leave);
        done();
      }, ms);
      if (signal.aborted) leave();
      else signal.addEventListener("abort", leave, { once: true });
    }),
};

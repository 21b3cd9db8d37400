/** Failures: what went wrong with a transaction, and what that means for those who wait for it. */

import { LedgerUnavailable } from "../ledger-error.ts";
import { Retry } from "../transactions/retry.ts";

/**
 * `again`: others were in the way, and the same may go well now. `unavailable`: the database is at fault, nothing was done.
 * `wrong`: one of the commands is at fault.
 */
export type Failure = "again" | "unavailable" | "wrong";

/**
 * By SQLSTATE, or the class of it that its first two signs are. https://www.postgresql.org/docs/18/errcodes-appendix.html
 * A key that is there already may have come from another gateway while ours was under way.
 */
const FAILURES: Readonly<Record<string, Failure>> = {
  "40": "again",
  "23505": "again",
  "08": "unavailable",
  // It was opened for reading only: what used to be the primary is one no more.
  "25006": "unavailable",
  "53": "unavailable",
  "55P03": "unavailable",
  "57": "unavailable",
  "58": "unavailable",
  F0: "unavailable",
  XX: "unavailable",
};

export function failureOf(error: unknown): Failure {
  if (error instanceof LedgerUnavailable) return "unavailable";
  if (error instanceof Retry) return "again";
  const code = codeOf(error) ?? "";
  return FAILURES[code] ?? FAILURES[code.slice(0, 2)] ?? "wrong";
}

/** Whether a key was there already. When it still is after all tries, it is the command that is wrong. */
export function isTaken(error: unknown): boolean {
  return codeOf(error) === "23505";
}

/** Whether a session on which this happened is of no more use. */
export function endsSession(error: unknown): boolean {
  const { severity } = error as { severity?: unknown };
  return severity === "FATAL" || severity === "PANIC" || codeOf(error) === "25006";
}

function codeOf(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  // What the kernel says of a connection has a code too, but no severity.
  return typeof code === "string" && severity !== undefined ? code : undefined;
}

export function unavailable(message: string, cause?: unknown): LedgerUnavailable {
  return new LedgerUnavailable(message, cause === undefined ? undefined : { cause });
}

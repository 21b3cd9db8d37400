/** The verdict on a run that nobody answers: what its caller is told, and what the books are. */
import type { FailedAttempt, Refusal, SupplierFailure } from "@interchange/inference";
import { reasonOf } from "./failure.ts";

export interface Verdict {
  readonly refusal: Refusal;
  /** Why the hold is given back. */
  readonly reason: string;
}

/** Nobody is left. Whoever said that the prompt is too long first is passed on; `refusal` is what is said when nobody was tried. */
export function nobodyLeft(failed: readonly FailedAttempt[], refusal: Refusal): Verdict {
  if (failed.length === 0) return { refusal, reason: "nobody could take the request" };
  const tooLong = failed.find(({ failure }) => failure.overflow !== undefined);
  return tooLong === undefined ? { refusal: refusalOf(failed), reason: reasonsOf(failed) } : refused(tooLong);
}

/** One says that the request itself is wrong. */
export function refused({ supplier, failure }: FailedAttempt): Verdict {
  return { refusal: { kind: "supplier-refused", supplier, failure }, reason: reasonOf(failure) };
}

/**
 * The caller's own deadline is over, as `deadline` says. Those whom it cut off have that as their failure; where it cut off
 * nobody, it is said with the last.
 */
export function deadlineOver(tried: readonly FailedAttempt[], deadline: SupplierFailure): Verdict {
  const last = tried.at(-1);
  const attempts =
    last === undefined || tried.some(({ failure }) => failure === deadline)
      ? tried
      : [...tried.slice(0, -1), { ...last, failure: andThen(last.failure, deadline) }];
  return { refusal: { kind: "supplier-timeout", attempts }, reason: deadline.message };
}

function andThen(failure: SupplierFailure, deadline: SupplierFailure): SupplierFailure {
  return { ...failure, message: `${failure.message}, and ${deadline.message}` };
}

/** Nobody reads it. */
export function callerLeft(tried: readonly FailedAttempt[]): Verdict {
  return { refusal: { kind: "supplier-failed", attempts: tried }, reason: LEFT.message };
}

export const LEFT: SupplierFailure = { message: "the caller left", caller: false };

function refusalOf(attempts: readonly FailedAttempt[]): Refusal {
  const failures = attempts.map(({ failure }) => failure);
  if (failures.every(({ overloaded }) => overloaded === true)) return overloadedBy(attempts);
  const kind = failures.every(({ timeout }) => timeout === true) ? "supplier-timeout" : "supplier-failed";
  return { kind, attempts };
}

/** As soon as one of them may be asked again. */
function overloadedBy(attempts: readonly FailedAttempt[]): Refusal {
  const waits = attempts.flatMap(({ failure }) => failure.retryAfterMs ?? []);
  return {
    kind: "supplier-overloaded",
    attempts,
    ...(waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }),
  };
}

function reasonsOf(failed: readonly FailedAttempt[]): string {
  const [only] = failed;
  if (only !== undefined && failed.length === 1) return reasonOf(only.failure);
  const reasons = failed.map(({ supplier, failure }) => `${supplier}: ${reasonOf(failure)}`).join("; ");
  return reasons.slice(0, REASON_CHARS_MAX).toWellFormed();
}

/** As much of a reason as the books keep. */
const REASON_CHARS_MAX = 256;

/** What an answer says of its route: who fills it, and why that one. */
import type { FailedAttempt } from "@interchange/inference";

const CHARS_MAX = 200;

/** Both are in printable ASCII: suppliers are named so, and the reasons are ours. */
export function routeHeaders(supplier: string, reason: string): Record<string, string> {
  return { "x-interchange-supplier": supplier, "x-interchange-route": reason.slice(0, CHARS_MAX) };
}

/** The reason of one that was tried after others. */
export function reasonAfter(failed: readonly FailedAttempt[], reason: string): string {
  if (failed.length === 0) return reason;
  return `after ${failed.map(wordOf).join(", ")}: ${reason}`;
}

function wordOf({ supplier, failure }: FailedAttempt): string {
  const { timeout, overloaded, status } = failure;
  const word =
    timeout === true ? "timeout" : overloaded === true ? "busy" : status === undefined ? "failed" : `status ${status}`;
  return `${supplier} (${word})`;
}

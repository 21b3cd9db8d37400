/** The caller's own deadlines, as its headers say them: how long it waits for everything, and for the first event. */
import type { Refusal } from "@interchange/inference";
import type { Run } from "@interchange/relay";

const TOTAL = "x-interchange-timeout-ms";
const FIRST_BYTE = "x-interchange-first-byte-timeout-ms";

/** A day. */
const MS_MAX = 86_400_000;

export type Deadlines = Pick<Run, "totalMs" | "firstByteMs">;

/**
 * In ms. The contract has read them where it was asked to, as numbers; on a ticket's leg they are as they came, and one that says
 * nothing sensible there is refused in the same words.
 */
export function readDeadlines(
  headers: Readonly<Record<string, unknown>>,
): { readonly kind: "deadlines"; readonly deadlines: Deadlines } | Refusal {
  const totalMs = readMs(headers[TOTAL]);
  const firstByteMs = readMs(headers[FIRST_BYTE]);
  if (Number.isNaN(totalMs)) return unfit(TOTAL);
  if (Number.isNaN(firstByteMs)) return unfit(FIRST_BYTE);
  return {
    kind: "deadlines",
    deadlines: { ...(totalMs !== undefined && { totalMs }), ...(firstByteMs !== undefined && { firstByteMs }) },
  };
}

/** NaN for what is no time. */
function readMs(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const ms = typeof value === "string" && !/^\d{1,8}$/.test(value) ? Number.NaN : Number(value);
  return Number.isInteger(ms) && ms >= 1 && ms <= MS_MAX ? ms : Number.NaN;
}

function unfit(param: string): Refusal {
  return {
    kind: "request-invalid",
    fault: "value",
    param,
    problem: `must be a whole number of milliseconds from 1 to ${MS_MAX}`,
  };
}

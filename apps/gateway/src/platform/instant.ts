/** Instants on the wire: UTC in the form of RFC 3339 §5.6. In the books they are milliseconds since 1970. */
import type { Period } from "@interchange/ledger";
import { given, type Refused, unfit } from "./refused.ts";

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** Finer than a millisecond is cut off. A day that its month does not have is refused; so is what lies before 1970. */
export function readInstant(param: string, text: string): number | Refused {
  const [, seconds, decimals = ""] = INSTANT.exec(text) ?? [];
  const ms = Date.parse(`${seconds}.${decimals.slice(0, 3).padEnd(3, "0")}Z`);
  // A date beyond the end of its month is read as one of the next.
  const isSaid = seconds !== undefined && ms >= 0 && writeInstant(ms).startsWith(seconds);
  return isSaid ? ms : unfit(param, "must be an instant in UTC since 1970, such as 2026-11-23T15:04:06Z");
}

export function writeInstant(ms: number): string {
  return new Date(ms).toISOString();
}

/** An instant that has not come. */
export function readFuture(param: string, text: string, nowMs: number): number | Refused {
  const ms = readInstant(param, text);
  return typeof ms === "number" && ms <= nowMs ? unfit(param, "must lie in the future") : ms;
}

export function writeOptionalInstant(ms: number | undefined): string | null {
  return ms === undefined ? null : writeInstant(ms);
}

/** From an instant on, and until just before another. */
export function readPeriod(query: { readonly from?: string; readonly to?: string }): Period | Refused {
  const fromMs = query.from === undefined ? undefined : readInstant("from", query.from);
  const toMs = query.to === undefined ? undefined : readInstant("to", query.to);
  const isBackwards = typeof fromMs === "number" && typeof toMs === "number" && toMs <= fromMs;
  return isBackwards ? unfit("to", "must come after from") : given({ fromMs, toMs });
}

export function readWholePeriod(query: { readonly from: string; readonly to: string }): Required<Period> | Refused {
  return readPeriod(query) as Required<Period> | Refused;
}

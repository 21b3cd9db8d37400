/** Instants as people give them: RFC 3339, a day, or how long ago. */
import { Misuse } from "./exit.ts";

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

const RFC_3339 = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;

/** RFC 3339 in UTC. `7d` lies before now, `in 7d` and `+7d` after it. */
export function readInstant(said: string, nowMs: number): string {
  const span = /^(in |\+)?(\d{1,5})([mhdw])$/.exec(said);
  if (span !== null) {
    const ms = Number(span[2]) * (UNITS_MS[span[3] ?? ""] ?? 0);
    return new Date(span[1] === undefined ? nowMs - ms : nowMs + ms).toISOString();
  }
  const at = RFC_3339.test(said) ? Date.parse(said) : Number.NaN;
  if (Number.isNaN(at))
    throw new Misuse(
      `“${said}” is no instant. Write it as 2026-11-23T15:04:05Z, as the day 2026-11-23, or as 24h or 7d ago.`,
    );
  return new Date(at).toISOString();
}

/** The first instant of the month, in UTC. */
export function monthOf(nowMs: number): string {
  const now = new Date(nowMs);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)).toISOString();
}

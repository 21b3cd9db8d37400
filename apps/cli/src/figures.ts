/** Figures for people: grouped numbers and short instants. */

/** Where the contract says null. */
export const NOTHING = "–";

/** `50,000,000` of `50000000`; a fraction stays as it is. */
export function grouped(digits: string): string {
  const [whole = "", fraction] = digits.split(".");
  const groups = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

/** `1 token`, `1,234 tokens`. */
export function tokens(count: number | string): string {
  return `${grouped(String(count))} ${String(count) === "1" ? "token" : "tokens"}`;
}

/** `2026-11-23 15:04` of an instant in UTC, without the year where it is this one. */
export function shortInstant(instant: string, nowMs: number): string {
  const minute = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.exec(instant)?.[0].replace("T", " ");
  const year = `${new Date(nowMs).getUTCFullYear()}-`;
  return minute?.startsWith(year) === true ? minute.slice(year.length) : (minute ?? instant);
}

/** `812 ms`, `1.4 s` or `3 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

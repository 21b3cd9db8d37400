/** How long a server asks us to wait (RFC 9110 §10.2.3), in milliseconds. */

/** `retry-after-ms` wins, being finer; then seconds, then a date. Undefined where neither says anything that can be read. */
export function readRetryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const exact = readNumber(headers.get("retry-after-ms"));
  if (exact !== undefined) return exact;
  const said = headers.get("retry-after");
  const seconds = readNumber(said);
  if (seconds !== undefined) return seconds * 1_000;
  // A date begins with its day; without that `-1` would be read as one.
  const atMs = /^\s*[a-z]{3}/i.test(said ?? "") ? Date.parse(said ?? "") : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function readNumber(text: string | null): number | undefined {
  return text !== null && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

/** Standing note: what is known of one supplier at one instrument, kept from one start of a gateway to the next. */
import type { Average } from "./average.ts";
import { adopted, backoffOf } from "./breaker.ts";
import { fieldsOf, isName, isNumber, readBackoff } from "./breaker-change.ts";
import type { LiveStanding } from "./live-standing.ts";
import type { Thresholds } from "./thresholds.ts";

/** A pair of which nothing was heard for so long is passed over: it may well be gone from the market. */
const KEPT_MS = 3_600_000;

/** What JSON can say; undefined when nothing was ever seen of it. */
export function writeStanding(standing: LiveStanding): Record<string, unknown> | undefined {
  const { supplier, instrument, window, latency, speed, breaker, closed, changedAtMs } = standing;
  const buckets = window.write();
  const hasChanged = Number.isFinite(changedAtMs);
  if (buckets.length === 0 && latency.value === 0 && speed.value === 0 && !hasChanged) return undefined;
  return {
    supplier,
    instrument,
    window: { bucketMs: window.bucketMs, buckets },
    latency: writeAverage(latency),
    speed: writeAverage(speed),
    ...(hasChanged && { changedAtMs, breaker: breaker && backoffOf(breaker), closed }),
  };
}

/** The pair that a note speaks of, when it is sound so far and young enough to count. */
export function readPair(note: unknown, nowMs: number): { supplier: string; instrument: string } | undefined {
  const { supplier, instrument, latency, speed, changedAtMs, window } = fieldsOf(note);
  if (!isName(supplier) || !isName(instrument)) return undefined;
  const { bucketMs, buckets } = fieldsOf(window);
  const rows: readonly unknown[] = Array.isArray(buckets) ? buckets : [];
  const seen = rows.map((row) => Number(bucketMs) * Number(Array.isArray(row) ? row[0] : Number.NaN));
  const times = [...seen, fieldsOf(latency)["atMs"], fieldsOf(speed)["atMs"], changedAtMs].filter(isNumber);
  return times.some((atMs) => nowMs - atMs <= KEPT_MS) ? { supplier, instrument } : undefined;
}

/** Takes over what is sound in the note and not known better. */
export function readStanding(note: unknown, standing: LiveStanding, nowMs: number, thresholds: Thresholds): void {
  const fields = fieldsOf(note);
  const { bucketMs, buckets } = fieldsOf(fields["window"]);
  if (bucketMs === standing.window.bucketMs) standing.window.read(buckets, nowMs);
  readAverage(fields["latency"], standing.latency, nowMs);
  readAverage(fields["speed"], standing.speed, nowMs);
  readTurn(fields, standing, nowMs, thresholds);
  standing.refresh(nowMs);
}

/** The breaker as it was; one that cannot be read is none of which anything is known. */
function readTurn(
  { changedAtMs, breaker, closed }: Readonly<Record<string, unknown>>,
  standing: LiveStanding,
  nowMs: number,
  thresholds: Thresholds,
): void {
  const backoff = readBackoff(breaker);
  if (!isNumber(changedAtMs) || changedAtMs <= standing.changedAtMs) return;
  if (breaker !== undefined && breaker !== null && backoff === undefined) return;
  standing.turn(backoff && adopted(backoff, nowMs, thresholds), nowMs);
  // While closed, what is in the window counts towards the next opening, as it did before.
  if (backoff === undefined) standing.judgedFromMs = Math.min(changedAtMs, nowMs);
  standing.changedAtMs = Math.min(changedAtMs, nowMs);
  const { cause, restMs, level, closedAtMs } = fieldsOf(closed);
  const earlier = readBackoff({ cause, restMs, level, untilMs: closedAtMs });
  if (earlier !== undefined) standing.closed = { ...earlier, closedAtMs: Math.min(earlier.untilMs, nowMs) };
}

function writeAverage({ value, atMs }: Average): { value: number; atMs: number } | undefined {
  return value === 0 ? undefined : { value, atMs };
}

function readAverage(note: unknown, average: Average, nowMs: number): void {
  const { value, atMs } = fieldsOf(note);
  if (!isNumber(value) || value <= 0 || !isNumber(atMs) || atMs > nowMs || atMs <= average.atMs) return;
  average.set(value, atMs);
}

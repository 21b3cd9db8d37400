/** Window: what happened in the last while, in buckets that are used again as time goes on. */
import type { Thresholds } from "./thresholds.ts";

/** What the buckets hold together. */
export interface Sums {
  attempts: number;
  failures: number;
  firstTokens: number;
  firstTokensMs: number;
  speeds: number;
  /** Tokens per second, added up over answers. */
  speedTotal: number;
}

/** One bucket as it is kept: its number (its start over its length), then the sums in their order. */
export type Row = readonly number[];

const ATTEMPTS = 1;
const FAILURES = 2;
const FIRST_TOKENS = 3;
const FIRST_TOKENS_MS = 4;
const SPEEDS = 5;
const SPEED_TOTAL = 6;
const ROW_LENGTH = 7;

/**
 * A bucket carries the number of the time that it stands for, so that one whose time has gone by is neither read nor in
 * need of being emptied, and a clock that jumps does no lasting harm.
 */
export class Window {
  readonly bucketMs: number;
  readonly #buckets: number;
  /** Absent until something happens: most pairs of a large market never see a request. */
  #rows: Float64Array | undefined;

  constructor({ windowMs, buckets }: Pick<Thresholds, "windowMs" | "buckets">) {
    this.bucketMs = windowMs / buckets;
    this.#buckets = buckets;
  }

  get isUnused(): boolean {
    return this.#rows === undefined;
  }

  noteAttempt(nowMs: number, hasFailed: boolean): void {
    this.#add(nowMs, ATTEMPTS, 1);
    if (hasFailed) this.#add(nowMs, FAILURES, 1);
  }

  noteFirstToken(nowMs: number, firstTokenMs: number): void {
    this.#add(nowMs, FIRST_TOKENS, 1);
    this.#add(nowMs, FIRST_TOKENS_MS, firstTokenMs);
  }

  noteSpeed(nowMs: number, tokensPerSecond: number): void {
    this.#add(nowMs, SPEEDS, 1);
    this.#add(nowMs, SPEED_TOTAL, tokensPerSecond);
  }

  /** The sums over the window that ends now; only of buckets that begin after `sinceMs`, when it is said. */
  sums(nowMs: number, sinceMs = Number.NEGATIVE_INFINITY): Sums {
    const sums = { attempts: 0, failures: 0, firstTokens: 0, firstTokensMs: 0, speeds: 0, speedTotal: 0 };
    const rows = this.#rows;
    if (rows === undefined) return sums;
    const last = this.#bucketAt(nowMs);
    const first = Math.max(last - this.#buckets, this.#bucketAt(sinceMs));
    for (let at = 0; at < rows.length; at += ROW_LENGTH) {
      const bucket = rows[at] as number;
      if (bucket <= first || bucket > last) continue;
      sums.attempts += rows[at + ATTEMPTS] as number;
      sums.failures += rows[at + FAILURES] as number;
      sums.firstTokens += rows[at + FIRST_TOKENS] as number;
      sums.firstTokensMs += rows[at + FIRST_TOKENS_MS] as number;
      sums.speeds += rows[at + SPEEDS] as number;
      sums.speedTotal += rows[at + SPEED_TOTAL] as number;
    }
    return sums;
  }

  /** The buckets that were ever used, as JSON can say them. */
  write(): Row[] {
    const rows = this.#rows ?? new Float64Array();
    const all = Array.from({ length: rows.length / ROW_LENGTH }, (_, slot) => [
      ...rows.subarray(slot * ROW_LENGTH, (slot + 1) * ROW_LENGTH),
    ]);
    return all.filter(([bucket]) => bucket !== Number.NEGATIVE_INFINITY);
  }

  /** Takes over the buckets of this window's length that still count and are sound, unless it holds something already. */
  read(kept: unknown, nowMs: number): void {
    if (this.#rows !== undefined || !Array.isArray(kept)) return;
    const last = this.#bucketAt(nowMs);
    for (const row of kept) {
      if (isSound(row) && row[0] > last - this.#buckets && row[0] <= last) this.#used().set(row, this.#slotOf(row[0]));
    }
  }

  #add(nowMs: number, field: number, amount: number): void {
    const rows = this.#used();
    const bucket = this.#bucketAt(nowMs);
    const at = this.#slotOf(bucket);
    if (rows[at] !== bucket) {
      rows.fill(0, at, at + ROW_LENGTH);
      rows[at] = bucket;
    }
    rows[at + field] = (rows[at + field] as number) + amount;
  }

  #used(): Float64Array {
    if (this.#rows !== undefined) return this.#rows;
    const rows = new Float64Array(this.#buckets * ROW_LENGTH);
    for (let at = 0; at < rows.length; at += ROW_LENGTH) rows[at] = Number.NEGATIVE_INFINITY;
    this.#rows = rows;
    return rows;
  }

  #bucketAt(ms: number): number {
    return Math.floor(ms / this.bucketMs);
  }

  #slotOf(bucket: number): number {
    return (((bucket % this.#buckets) + this.#buckets) % this.#buckets) * ROW_LENGTH;
  }
}

function isSound(row: unknown): row is [number, ...number[]] {
  if (!Array.isArray(row) || row.length !== ROW_LENGTH || !Number.isSafeInteger(row[0])) return false;
  return (
    row.slice(ATTEMPTS).every((sum) => sum >= 0 && sum <= Number.MAX_SAFE_INTEGER) && row[FAILURES] <= row[ATTEMPTS]
  );
}

/** Tokens used, at the finest grain that any supplier reports. */

/** Counts are whole tokens and do not overlap, except that `reasoning` is within `output`. */
export interface Usage {
  /** Input read afresh: neither from a cache nor into one. */
  readonly input: number;
  readonly cacheRead: number;
  /** Input written to a cache that lives five minutes. */
  readonly cacheWrite5m: number;
  /** Input written to a cache that lives an hour. */
  readonly cacheWrite1h: number;
  readonly output: number;
  /** The share of `output` that was thinking, when the supplier tells. */
  readonly reasoning?: number;
  /** True when no supplier said and we counted ourselves. */
  readonly estimated?: boolean;
  /** The supplier's own record, kept whole; absent when it gave none. */
  readonly raw?: RawUsage;
}

/** A record of usage as one dialect spells it. */
export interface RawUsage {
  readonly dialect: string;
  readonly wire: Readonly<Record<string, unknown>>;
}

export const NO_USAGE: Usage = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };

/** All input tokens, however they were read. */
export function inputTokens(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
}

/** What a balance pays: input and output alike. */
export function totalTokens(usage: Usage): number {
  return inputTokens(usage) + usage.output;
}

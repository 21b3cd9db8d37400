/** An instrument: the service level that is bought, whichever supplier fills it. */
import type { Feature } from "@interchange/inference";

export type Tier = "standard" | "prime" | "max";

export type Modality = "text" | "image" | "document" | "audio";

/** What a supplier must reach to fill an instrument, over a rolling window. Absent means that no bar is set. */
export interface Floors {
  /** Points on the market's quality index. */
  readonly qualityMin?: number;
  /** Output speed once the first token is there. */
  readonly tokensPerSecondMin?: number;
  /** The longest wait for the first token. */
  readonly firstTokenMsMax?: number;
}

export interface Instrument {
  /** The canonical name, on the wire in `model`. Callers may write it in any case. */
  readonly name: string;
  readonly tier: Tier;
  readonly description: string;
  readonly floors: Floors;
  /** Input and output together. */
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  /** What may go in. */
  readonly modalities: readonly Modality[];
  /** What every supplier of it is expected to offer. */
  readonly features: readonly Feature[];
  /** The most that a supplier may ask to fill it, in micro-dollars per Unit; absent sets no ceiling. */
  readonly askMicrosMax?: number;
}

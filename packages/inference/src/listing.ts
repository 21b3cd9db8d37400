/** An instrument as a catalogue shows it. */

export interface Listing {
  /** The canonical name, to be asked for. */
  readonly name: string;
  readonly description: string;
  readonly tier: string;
  /** Input and output together. */
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  /** What may go in. */
  readonly modalities: readonly string[];
  readonly features: readonly string[];
  /** The bars that every supplier of it has to clear; absent where none is set. */
  readonly floors: {
    readonly qualityMin?: number;
    readonly tokensPerSecondMin?: number;
    readonly firstTokenMsMax?: number;
  };
  /** Since when it is in the catalogue, in seconds since 1970. */
  readonly sinceS: number;
  /** Whether the account that asks could use it now; absent when nobody in particular asks. */
  readonly available?: boolean;
}

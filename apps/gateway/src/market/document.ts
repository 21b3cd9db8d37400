/** Documents of the market, as the books keep them version by version: instruments, suppliers and offers. */

import type { Format, InstrumentRow, Timeouts } from "@interchange/config";
import type { Quirks } from "@interchange/dialects";
import type { Feature } from "@interchange/inference";
import type { OfferStatus } from "@interchange/routing";

/** By whom it came to be: rows of the configuration leave the market with their row. */
export type Origin = "config" | "platform";

interface Founded {
  readonly origin: Origin;
  readonly createdAtMs: number;
}

export interface InstrumentDocument extends InstrumentRow, Founded {
  /** Nobody can buy it from the instant on in which this version is in effect. */
  readonly isRetired?: true;
}

export interface SupplierDocument extends Founded {
  readonly name: string;
  /** No slash and no `/v1` at the end. */
  readonly baseUrl: string;
  readonly dialects: readonly Format[];
  /** The name of the environment variable with its secret. The secret itself is in no document. */
  readonly credentialEnv?: string;
  /** Absent where it is not known. */
  readonly collectsData?: boolean;
  readonly status: OfferStatus;
  readonly timeouts: Timeouts;
  readonly quirks?: Quirks;
}

export interface OfferDocument extends Founded {
  readonly supplier: string;
  /** The canonical name. */
  readonly instrument: string;
  readonly dialect: Format;
  readonly model: string;
  /** Micro-dollars per Unit. */
  readonly askMicros: number;
  /** The instrument's own when absent. */
  readonly features?: readonly Feature[];
  /** What it does not offer, though every supplier is taken to. */
  readonly lacks?: readonly Feature[];
  readonly contextTokens?: number;
  readonly outputTokensMax?: number;
  readonly runningMax?: number;
  readonly status: OfferStatus;
}

/** A document as it stands, and when it came to be so. */
export interface Kept<Document> {
  readonly document: Document;
  readonly version: number;
  readonly effectiveAtMs: number;
  /** When this version was written. */
  readonly writtenAtMs: number;
}

/** The one in effect, or where none is the first that will be; and the next to come. */
export interface Dated<Document> extends Kept<Document> {
  readonly isInEffect: boolean;
  readonly next?: Kept<Document>;
}

/** Of one supplier there is at most one offer for an instrument in a format. */
export function offerIdOf({
  supplier,
  instrument,
  dialect,
}: Pick<OfferDocument, "supplier" | "instrument" | "dialect">): string {
  return `${supplier}:${instrument}:${dialect}`;
}

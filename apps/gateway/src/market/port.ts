/** The live market: what is bought and who sells it, as the books have it now; every gateway follows within a second. */
import type { Supplier } from "@interchange/relay";
import type { Health, Market } from "@interchange/routing";
import type { Dated, InstrumentDocument, Kept, OfferDocument, SupplierDocument } from "./document.ts";

export interface LiveMarket extends Market, Directory {
  readonly health: Health;
  /** The supplier as the second leg asks it, in a format; undefined when it is not there, or does not speak it. */
  open(supplier: string, dialect: string): Supplier | undefined;
  /** Whether a supplier of that name is there or ever was: callers may go on naming one that has left. */
  hasKnown(supplier: string): boolean;
  /** Since when nobody can buy the instrument; undefined where it is sold, or never was. */
  retiredAtMs(instrument: string): number | undefined;
  /** Lets connections go; at once where runs are still under way on them. */
  close(isIdle: boolean): Promise<void>;
}

/** What is kept, for those who manage it. Whatever is put is in the market of this gateway when the promise resolves. */
export interface Directory {
  instrumentDocuments(): readonly Dated<InstrumentDocument>[];
  instrumentDocument(name: string): Dated<InstrumentDocument> | undefined;
  putInstrument(document: InstrumentDocument, put: Put): Promise<Written<InstrumentDocument>>;
  supplierDocuments(): readonly Kept<SupplierDocument>[];
  supplierDocument(name: string): Kept<SupplierDocument> | undefined;
  putSupplier(document: SupplierDocument, put: Put): Promise<Written<SupplierDocument>>;
  /** With all of its offers. False when there is none. */
  removeSupplier(name: string, author: string): Promise<boolean>;
  offerDocuments(of: { readonly supplier: string } | { readonly instrument: string }): readonly Kept<OfferDocument>[];
  offerDocument(id: string): Kept<OfferDocument> | undefined;
  putOffer(document: OfferDocument, put: Put): Promise<Written<OfferDocument>>;
  removeOffer(id: string, author: string): Promise<boolean>;
}

export interface Put {
  /** A key's public id. */
  readonly author: string;
  /** Now when absent. */
  readonly effectiveAtMs?: number;
  /** The version that is to be replaced; 0 where there may be none. */
  readonly expects?: number;
}

export type Written<Document> =
  | { readonly kind: "put"; readonly kept: Kept<Document> }
  /** Somebody has changed it meanwhile: `version` is the newest. */
  | { readonly kind: "outdated"; readonly version: number };

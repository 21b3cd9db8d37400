/** Rows of the configuration as documents of the market, each with the digest by which an edit is noticed. */
import { createHash } from "node:crypto";
import type { Config, InstrumentRow, OfferRow, SupplierRow } from "@interchange/config";
import { type InstrumentDocument, type OfferDocument, offerIdOf, type SupplierDocument } from "./document.ts";
import type { Documents, Kind } from "./record.ts";

type Unfounded<Document> = Omit<Document, "origin" | "createdAtMs">;

export interface Row<K extends Kind = Kind> {
  readonly kind: K;
  readonly id: string;
  readonly document: Unfounded<Documents[K]>;
  readonly digest: string;
}

/** Instruments first, then suppliers, then offers. */
export function rowsOf({ instruments, suppliers }: Pick<Config, "instruments" | "suppliers">): readonly Row[] {
  return [
    ...instruments.map((row) => rowOf("instrument", row.name, instrumentOf(row))),
    ...suppliers.map((row) => rowOf("supplier", row.name, supplierOf(row))),
    ...suppliers.flatMap(({ offers }) => offers.map(offerOf).map((offer) => rowOf("offer", offerIdOf(offer), offer))),
  ];
}

function rowOf<K extends Kind>(kind: K, id: string, document: Unfounded<Documents[K]>): Row<K> {
  return { kind, id, document, digest: digestOf(document) };
}

function instrumentOf(row: InstrumentRow): Unfounded<InstrumentDocument> {
  return { ...row };
}

/** Without the secret: only the name of its variable is told. */
function supplierOf({
  offers: _,
  credential: __,
  status = "active",
  ...row
}: SupplierRow): Unfounded<SupplierDocument> {
  return { ...row, status };
}

function offerOf({ delivery: _, instrument, dialect, status = "active", ...row }: OfferRow): Unfounded<OfferDocument> {
  return { ...row, instrument: instrument.toLowerCase(), dialect: dialect as OfferDocument["dialect"], status };
}

/** The same for the same values, in whatever order the properties stand. */
function digestOf(document: object): string {
  return createHash("sha256")
    .update(JSON.stringify(ordered(document)))
    .digest("base64url");
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, ordered(one)]));
}

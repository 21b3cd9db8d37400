/** A sale: the market as routing sees it at one moment, made of the documents that are in effect then. */
import { createMarket, type Health, type Market, type Offer, type OfferStatus } from "@interchange/routing";
import type { Books } from "./books.ts";
import type { InstrumentDocument, OfferDocument, SupplierDocument } from "./document.ts";
import { asOffered } from "./offer.ts";
import { breakerName } from "./record.ts";

export interface Sale {
  readonly market: Market;
  /** Who sells what, by the names of their breakers. */
  readonly sold: ReadonlySet<string>;
  /** Until when it holds, if nothing else is put. */
  readonly dueAtMs: number;
}

export interface SaleOptions {
  readonly books: Books;
  readonly health: Health;
  readonly nowMs: number;
  /** Where an instrument stands in the catalogue. */
  readonly placeOf: (instrument: InstrumentDocument) => number;
  /** Whether it can be asked at all by this gateway. */
  readonly isReachable: (supplier: SupplierDocument) => boolean;
}

export function openSale({ books, health, nowMs, placeOf, isReachable }: SaleOptions): Sale {
  const instruments = instrumentsOnSale(books, nowMs).sort(
    (a, b) => placeOf(a) - placeOf(b) || a.createdAtMs - b.createdAtMs,
  );
  const byName = new Map(instruments.map((instrument) => [instrument.name, instrument]));
  const suppliers = suppliersOnSale(books, nowMs, isReachable);
  const offers: Offer[] = [];
  const sold = new Set<string>();
  for (const id of books.offer.ids()) {
    const document = books.offer.kept(id, nowMs)?.document;
    if (document === undefined) continue;
    const supplier = suppliers.get(document.supplier);
    const instrument = byName.get(document.instrument);
    if (supplier === undefined || instrument === undefined) continue;
    if (!supplier.dialects.includes(document.dialect)) continue;
    offers.push(offerOf(document, supplier, instrument));
    sold.add(breakerName(supplier.name, instrument.name));
  }
  const market = createMarket({
    instruments,
    offers,
    standing: (supplier, { name, floors }) => health.standing(supplier, name, floors),
  });
  return { market, sold, dueAtMs: dueAtMsIn(books, nowMs) };
}

function dueAtMsIn({ instrument, supplier, offer }: Books, nowMs: number): number {
  return Math.min(instrument.dueAtMs(nowMs), supplier.dueAtMs(nowMs), offer.dueAtMs(nowMs));
}

function instrumentsOnSale({ instrument }: Books, nowMs: number): InstrumentDocument[] {
  const kept = [...instrument.ids()].flatMap((name) => instrument.kept(name, nowMs)?.document ?? []);
  return kept.filter(({ isRetired }) => isRetired !== true);
}

/** One that cannot be asked is as if it were paused. */
function suppliersOnSale(
  { supplier }: Books,
  nowMs: number,
  isReachable: SaleOptions["isReachable"],
): ReadonlyMap<string, SupplierDocument> {
  const all = [...supplier.ids()].flatMap((name) => supplier.kept(name, nowMs)?.document ?? []);
  return new Map(all.map((one) => [one.name, isReachable(one) ? one : pausedOf(one)]));
}

const paused = new WeakMap<SupplierDocument, SupplierDocument>();

function pausedOf(supplier: SupplierDocument): SupplierDocument {
  const made: SupplierDocument = paused.get(supplier) ?? { ...supplier, status: "paused" };
  paused.set(supplier, made);
  return made;
}

interface Made {
  readonly supplier: SupplierDocument;
  readonly instrument: InstrumentDocument;
  readonly offer: Offer;
}

/** Most of a large market stays as it is when something in it changes. */
const made = new WeakMap<OfferDocument, Made>();

function offerOf(document: OfferDocument, supplier: SupplierDocument, instrument: InstrumentDocument): Offer {
  const known = made.get(document);
  if (known?.supplier === supplier && known.instrument === instrument) return known.offer;
  const offer = writeOffer(document, supplier, instrument);
  made.set(document, { supplier, instrument, offer });
  return offer;
}

function writeOffer(document: OfferDocument, supplier: SupplierDocument, instrument: InstrumentDocument): Offer {
  const { origin: _, createdAtMs: __, features = instrument.features, status, ...offer } = document;
  const { quirks, collectsData } = supplier;
  return asOffered(
    {
      ...offer,
      features,
      ...(collectsData !== undefined && { collectsData }),
      delivery: "relay",
      status: worse(status, supplier.status),
    },
    quirks,
  );
}

const WORSE: readonly OfferStatus[] = ["active", "draining", "paused"];

function worse(one: OfferStatus, other: OfferStatus): OfferStatus {
  return WORSE.indexOf(one) > WORSE.indexOf(other) ? one : other;
}

/** A sale: the market as routing sees it at one moment, made of the documents that are in effect then. */
import { createMarket, type Health, type Market, type Offer, type OfferStatus } from "@interchange/routing";
import type { Books } from "./books.ts";
import type { InstrumentDocument, OfferDocument, SupplierDocument } from "./document.ts";
import { asOffered } from "./offer.ts";
import { breakerName } from "./record.ts";

export interface Sale {
  readonly market: Market;
  /** By the names of instruments. */
  readonly stands: ReadonlyMap<string, Stand>;
  /** Who sells what, by the names of their breakers. */
  readonly sold: ReadonlySet<string>;
  /** Until when it holds, if nothing else is put. */
  readonly dueAtMs: number;
}

/** One instrument with its offers, indexed. */
interface Stand {
  readonly instrument: InstrumentDocument;
  readonly offers: readonly Offer[];
  readonly market: Market;
  readonly sold: readonly string[];
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

/** Of the sale before, the stands are kept in which nothing has changed: where one ask moves, the others are not indexed anew. */
export function openSale(options: SaleOptions, before?: Sale): Sale {
  const { books, health, nowMs, placeOf } = options;
  const instruments = instrumentsOnSale(books, nowMs).sort(
    (a, b) => placeOf(a) - placeOf(b) || a.createdAtMs - b.createdAtMs,
  );
  const offers = offersOnSale(instruments, options);
  const stands = new Map(
    instruments.map((instrument) => {
      const own = offers.get(instrument.name) ?? [];
      const known = before?.stands.get(instrument.name);
      return [
        instrument.name,
        known && isAsBefore(known, instrument, own) ? known : openStand(instrument, own, health),
      ];
    }),
  );
  const sold = new Set([...stands.values()].flatMap((stand) => stand.sold));
  return { market: marketOf(stands), stands, sold, dueAtMs: dueAtMsIn(books, nowMs) };
}

function isAsBefore(known: Stand, instrument: InstrumentDocument, offers: readonly Offer[]): boolean {
  if (known.instrument !== instrument || known.offers.length !== offers.length) return false;
  return known.offers.every((offer, place) => offer === offers[place]);
}

function openStand(instrument: InstrumentDocument, offers: readonly Offer[], health: Health): Stand {
  const market = createMarket({
    instruments: [instrument],
    offers,
    standing: (supplier, { name, floors }) => health.standing(supplier, name, floors),
  });
  return { instrument, offers, market, sold: offers.map(({ supplier }) => breakerName(supplier, instrument.name)) };
}

const NOTHING = createMarket({ instruments: [], offers: [] });

function marketOf(stands: ReadonlyMap<string, Stand>): Market {
  const instruments = Object.freeze([...stands.values()].map(({ instrument }) => instrument));
  const at = (name: string): Market => (stands.get(name) ?? stands.get(name.toLowerCase()))?.market ?? NOTHING;
  return {
    instrument: (name) => at(name).instrument(name),
    instruments: () => instruments,
    offersOf: (instrument) => at(typeof instrument === "string" ? instrument : instrument.name).offersOf(instrument),
    choicesFor: (instrument, surface) => at(instrument.name).choicesFor(instrument, surface),
    offer: (instrument, supplier, dialect) => at(instrument).offer(instrument, supplier, dialect),
  };
}

/** By the names of instruments. Offers of suppliers that are not there, or do not speak the format, are left out. */
function offersOnSale(
  instruments: readonly InstrumentDocument[],
  { books, nowMs, isReachable }: SaleOptions,
): ReadonlyMap<string, readonly Offer[]> {
  const suppliers = suppliersOnSale(books, nowMs, isReachable);
  const sorted = new Map(instruments.map((instrument) => [instrument.name, { instrument, offers: [] as Offer[] }]));
  for (const id of books.offer.ids()) {
    const document = books.offer.kept(id, nowMs)?.document;
    const supplier = document && suppliers.get(document.supplier);
    const own = document && sorted.get(document.instrument);
    if (document === undefined || supplier === undefined || own === undefined) continue;
    if (supplier.dialects.includes(document.dialect)) own.offers.push(offerOf(document, supplier, own.instrument));
  }
  return new Map([...sorted].map(([name, { offers }]) => [name, offers]));
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

/** The market: every instrument and every offer, indexed so that an order finds its own without a search. */
import type { Instrument } from "./instrument.ts";
import type { Offer } from "./offer.ts";

export interface Market {
  /** The instrument of that name, in whatever case it is written. */
  instrument(name: string): Instrument | undefined;
  /** Every instrument, in the order of the catalogue. */
  instruments(): readonly Instrument[];
  /** Every offer of the instrument, in the order given. */
  offersOf(instrument: Instrument | string): readonly Offer[];
  /**
   * The offers that an order from this surface meets, one per supplier: the one in the surface's own format, or, when a
   * supplier speaks others only, its first.
   */
  offersFor(instrument: Instrument, surface: string): readonly Offer[];
  /** The one offer of this supplier for the instrument in the format, as a ticket names it. */
  offer(instrument: string, supplier: string, dialect: string): Offer | undefined;
}

export interface MarketOptions {
  readonly instruments: readonly Instrument[];
  readonly offers: readonly Offer[];
}

interface Listing {
  readonly instrument: Instrument;
  readonly offers: Offer[];
  /** One offer per supplier for each surface that has asked: there are as many as we have surfaces. */
  readonly bySurface: Map<string, readonly Offer[]>;
}

/**
 * Indexes instruments and offers. Throws on an instrument named twice, an offer of an unknown instrument, and a second
 * offer of one supplier for the same instrument and format: configuration refuses these before they come here.
 */
export function createMarket(options: MarketOptions): Market {
  const listings = listInstruments(options.instruments);
  for (const offer of options.offers) list(offer, listings);
  const instruments = Object.freeze([...options.instruments]);
  const listing = (name: string) => listings.get(name.toLowerCase());

  return {
    instrument: (name) => listing(name)?.instrument,
    instruments: () => instruments,
    offersOf: (instrument) => listing(typeof instrument === "string" ? instrument : instrument.name)?.offers ?? [],
    offersFor: (instrument, surface) => meet(listing(instrument.name), surface),
    offer: (instrument, supplier, dialect) => find(listing(instrument)?.offers ?? [], supplier, dialect),
  };
}

function listInstruments(instruments: readonly Instrument[]): Map<string, Listing> {
  const listings = new Map<string, Listing>();
  for (const instrument of instruments) {
    const name = instrument.name.toLowerCase();
    if (listings.has(name)) throw new Error(`The instrument ${instrument.name} is there twice.`);
    listings.set(name, { instrument, offers: [], bySurface: new Map() });
  }
  return listings;
}

function list(offer: Offer, listings: ReadonlyMap<string, Listing>): void {
  const listing = listings.get(offer.instrument.toLowerCase());
  if (listing === undefined) throw new Error(`${offer.supplier} offers the unknown instrument ${offer.instrument}.`);
  if (find(listing.offers, offer.supplier, offer.dialect) !== undefined) {
    throw new Error(`${offer.supplier} offers ${offer.instrument} twice in the ${offer.dialect} format.`);
  }
  listing.offers.push(offer);
}

function meet(listing: Listing | undefined, surface: string): readonly Offer[] {
  if (listing === undefined) return [];
  const offers = listing.bySurface.get(surface) ?? oneEach(listing.offers, surface);
  listing.bySurface.set(surface, offers);
  return offers;
}

function oneEach(offers: readonly Offer[], surface: string): readonly Offer[] {
  const bySupplier = new Map<string, Offer>();
  for (const offer of offers) {
    if (offer.dialect === surface || !bySupplier.has(offer.supplier)) bySupplier.set(offer.supplier, offer);
  }
  return [...bySupplier.values()];
}

function find(offers: readonly Offer[], supplier: string, dialect: string): Offer | undefined {
  return offers.find((offer) => offer.supplier === supplier && offer.dialect === dialect);
}

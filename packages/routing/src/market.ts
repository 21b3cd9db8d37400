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
   * The offers that an order from this surface meets, by supplier. Those of one supplier stand in the order in which they
   * are looked at: the surface's own format first, the others by name.
   */
  offersFor(instrument: Instrument, surface: string): readonly Choice[];
  /** The one offer of this supplier for the instrument in the format, as a ticket names it. */
  offer(instrument: string, supplier: string, dialect: string): Offer | undefined;
}

/** The offers of one supplier for one instrument, one in each format that it speaks. Never empty. */
export type Choice = readonly [Offer, ...Offer[]];

export interface MarketOptions {
  readonly instruments: readonly Instrument[];
  readonly offers: readonly Offer[];
}

interface Listing {
  readonly instrument: Instrument;
  readonly offers: Offer[];
  /** The choices for each surface that has asked: there are as many as we have surfaces. */
  readonly bySurface: Map<string, readonly Choice[]>;
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

function meet(listing: Listing | undefined, surface: string): readonly Choice[] {
  if (listing === undefined) return [];
  const choices = listing.bySurface.get(surface) ?? choicesFor(listing.offers, surface);
  listing.bySurface.set(surface, choices);
  return choices;
}

function choicesFor(offers: readonly Offer[], surface: string): readonly Choice[] {
  const bySupplier = Map.groupBy(offers, (offer) => offer.supplier);
  return [...bySupplier.values()].map((own) => own.toSorted(nearestTo(surface)) as readonly Offer[] as Choice);
}

/** By code units among foreign formats, so that it does not depend on how they are listed. */
function nearestTo(surface: string): (a: Offer, b: Offer) => number {
  return (a, b) => {
    if (a.dialect === surface) return -1;
    if (b.dialect === surface) return 1;
    return a.dialect < b.dialect ? -1 : 1;
  };
}

function find(offers: readonly Offer[], supplier: string, dialect: string): Offer | undefined {
  return offers.find((offer) => offer.supplier === supplier && offer.dialect === dialect);
}

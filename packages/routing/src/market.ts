/** The market: every instrument and every offer, indexed so that an order finds its own without a search. */
import { bitsOf, hashOf } from "./bits.ts";
import type { Instrument } from "./instrument.ts";
import { bitOf } from "./names.ts";
import type { Offer, OfferStatus } from "./offer.ts";
import { freshStanding, type Standing } from "./standing.ts";

export interface Market {
  /** The instrument of that name, in whatever case it is written. */
  instrument(name: string): Instrument | undefined;
  /** Every instrument, in the order of the catalogue. */
  instruments(): readonly Instrument[];
  /** Every offer of the instrument, in the order given. */
  offersOf(instrument: Instrument | string): readonly Offer[];
  /** Who may be asked by an order from this surface: the cheapest first, equal asks by name. */
  choicesFor(instrument: Instrument, surface: string): Choices;
  /** The one offer of this supplier for the instrument in the format, as a ticket names it. */
  offer(instrument: string, supplier: string, dialect: string): Offer | undefined;
}

export interface Choices {
  readonly all: readonly Choice[];
  /** 32 bits of the name of each. */
  readonly hashes: Uint32Array;
  /** The one of this supplier. */
  of(supplier: string): Choice | undefined;
}

/** The offers of one supplier for one instrument, one in each format that it speaks, and how it stands there. */
export interface Choice {
  readonly supplier: string;
  /** One bit of its name. */
  readonly bit: number;
  /** Never empty. Looked at in this order: the surface's own format first, the others by name. */
  readonly terms: readonly Terms[];
  /** The first of them; mostly there is no other. */
  readonly first: Terms;
  /** The lowest of its asks. */
  readonly askMicros: number;
  readonly standing: Standing;
}

/** An offer as an order from one surface is held against it. */
export interface Terms {
  readonly offer: Offer;
  /** What of the offer every decision looks at stands here too: thousands are looked at, and each look elsewhere takes time. */
  readonly askMicros: number;
  readonly status: OfferStatus;
  /** Whether the supplier is known to keep nothing of what it is sent. */
  readonly keepsNothing: boolean;
  readonly features: number;
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  readonly runningMax: number;
  /** Whether what is asked has to be translated. */
  readonly isForeign: boolean;
}

export interface MarketOptions {
  readonly instruments: readonly Instrument[];
  readonly offers: readonly Offer[];
  /** How suppliers stand; of nobody anything is known when absent. */
  readonly standing?: (supplier: string, instrument: Instrument) => Standing;
}

interface Listing {
  readonly instrument: Instrument;
  readonly offers: Offer[];
  /** The choices for each surface that has asked: there are as many as we have surfaces. */
  readonly bySurface: Map<string, Choices>;
}

const NOBODY: Choices = { all: [], hashes: new Uint32Array(), of: () => undefined };

/**
 * Indexes instruments and offers. Throws on an instrument named twice, an offer of an unknown instrument, and a second
 * offer of one supplier for the same instrument and format: whoever reads them in refuses these before they come here.
 */
export function createMarket(options: MarketOptions): Market {
  const { standing = (supplier, { name }) => freshStanding(supplier, name) } = options;
  const listings = listInstruments(options.instruments);
  const seen = new Set<string>();
  for (const offer of options.offers) {
    requireOnce(offer, seen);
    list(offer, listings);
  }
  const instruments = Object.freeze([...options.instruments]);
  const listing = (name: string) => listings.get(name.toLowerCase());
  const meet = (found: Listing | undefined, surface: string): Choices => {
    if (found === undefined) return NOBODY;
    const known = found.bySurface.get(surface);
    if (known !== undefined) return known;
    const fresh = choicesOf(found, surface, standing);
    found.bySurface.set(surface, fresh);
    return fresh;
  };

  return {
    instrument: (name) => listing(name)?.instrument,
    instruments: () => instruments,
    offersOf: (instrument) => listing(typeof instrument === "string" ? instrument : instrument.name)?.offers ?? [],
    choicesFor: (instrument, surface) => meet(listings.get(instrument.name) ?? listing(instrument.name), surface),
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
  listing.offers.push(offer);
}

function requireOnce({ supplier, instrument, dialect }: Offer, seen: Set<string>): void {
  const name = `${supplier}\n${instrument.toLowerCase()}\n${dialect}`;
  if (seen.has(name)) throw new Error(`${supplier} offers ${instrument} twice in the ${dialect} format.`);
  seen.add(name);
}

type StandingOf = NonNullable<MarketOptions["standing"]>;

function choicesOf({ instrument, offers }: Listing, surface: string, standing: StandingOf): Choices {
  const bySupplier = new Map<string, Choice>();
  for (const [supplier, own] of Map.groupBy(offers, (offer) => offer.supplier)) {
    const terms = own.toSorted(nearestTo(surface)).map((offer) => termsOf(offer, instrument, surface));
    const askMicros = Math.min(...own.map((offer) => offer.askMicros));
    const [first, bit] = [terms[0] as Terms, bitOf(hashOf(supplier))];
    bySupplier.set(supplier, { supplier, bit, terms, first, askMicros, standing: standing(supplier, instrument) });
  }
  const all = [...bySupplier.values()].sort(
    (a, b) => a.askMicros - b.askMicros || compareNames(a.supplier, b.supplier),
  );
  const hashes = Uint32Array.from(all, ({ supplier }) => hashOf(supplier));
  return { all, hashes, of: (supplier) => bySupplier.get(supplier) };
}

function termsOf(offer: Offer, instrument: Instrument, surface: string): Terms {
  return {
    offer,
    askMicros: offer.askMicros,
    status: offer.status ?? "active",
    keepsNothing: offer.collectsData === false,
    features: bitsOf(offer.features),
    contextTokens: offer.contextTokens ?? instrument.contextTokens,
    outputTokensMax: offer.outputTokensMax ?? instrument.outputTokensMax,
    runningMax: Math.min(offer.runningMax ?? RUNNING_MAX, RUNNING_MAX),
    isForeign: offer.dialect !== surface,
  };
}

/** More than ever run at once. It is the largest small integer, and those are compared without a look at where they are kept. */
const RUNNING_MAX = 2 ** 31 - 1;

function nearestTo(surface: string): (a: Offer, b: Offer) => number {
  return (a, b) => {
    if (a.dialect === surface) return -1;
    if (b.dialect === surface) return 1;
    return compareNames(a.dialect, b.dialect);
  };
}

/** By code units, so that it does not depend on the machine's language. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function find(offers: readonly Offer[], supplier: string, dialect: string): Offer | undefined {
  return offers.find((offer) => offer.supplier === supplier && offer.dialect === dialect);
}

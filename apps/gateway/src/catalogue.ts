/** The catalogue as callers may read it. */
import type { Listing, RefusalOf } from "@interchange/inference";
import type { Key } from "@interchange/ledger";
import type { Instrument } from "@interchange/routing";
import type { Engine } from "./engine.ts";

/** Every instrument. With a key, each is marked by whether it can be used now: allowed, paid for, and offered. */
export async function listings(engine: Engine, key: Key | undefined): Promise<readonly Listing[]> {
  const instruments = engine.market.instruments();
  if (key === undefined) return instruments.map((instrument) => listing(engine, instrument));
  const balances = await engine.ledger.balances(key.accountId);
  const paid = new Set(balances.filter((balance) => balance.available > 0).map((balance) => balance.instrument));
  return instruments.map((instrument) => ({
    ...listing(engine, instrument),
    available: isAllowed(key, instrument) && paid.has(instrument.name) && isOffered(engine, instrument),
  }));
}

/** One instrument, by its name in any case. */
export async function findListing(engine: Engine, key: Key | undefined, name: string): Promise<Listing | undefined> {
  const canonical = engine.market.instrument(name)?.name;
  return (await listings(engine, key)).find((found) => found.name === canonical);
}

export function unknownInstrument(engine: Engine, name: string): RefusalOf<"unknown-instrument"> {
  const known = engine.market.instruments().map((instrument) => instrument.name);
  const isRetired = engine.market.retiredAtMs(name) !== undefined;
  return { kind: "unknown-instrument", instrument: name, known, ...(isRetired && { isRetired }) };
}

function isAllowed(key: Key, instrument: Instrument): boolean {
  return key.instruments === undefined || key.instruments.includes(instrument.name);
}

function isOffered(engine: Engine, instrument: Instrument): boolean {
  return engine.market.offersOf(instrument).some((offer) => (offer.status ?? "active") === "active");
}

function listing(engine: Engine, instrument: Instrument): Listing {
  return {
    name: instrument.name,
    description: instrument.description,
    tier: instrument.tier,
    floors: instrument.floors,
    contextTokens: instrument.contextTokens,
    outputTokensMax: instrument.outputTokensMax,
    modalities: instrument.modalities,
    features: instrument.features,
    // The catalogue's version is the day of its last change.
    sinceS: Date.parse(engine.config.catalogueVersion) / 1_000,
  };
}

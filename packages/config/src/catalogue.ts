/** Catalogue: the built-in instruments, and the file's rows laid over them. */
import { readFileSync } from "node:fs";
import type { Instrument } from "@interchange/routing";
import { parse } from "yaml";
import type { InstrumentRow } from "./config.ts";
import type { InstrumentEntry } from "./file.ts";

export interface Catalogue {
  readonly version: string;
  readonly instruments: readonly Instrument[];
}

const CATALOGUE_FILE = new URL("../catalogue.yaml", import.meta.url);

/** The catalogue that ships with the gateway. */
export function readCatalogue(): Catalogue {
  return parse(readFileSync(CATALOGUE_FILE, "utf8")) as Catalogue;
}

/** What a row must bring when the catalogue has no instrument of its name. */
export const NEW_INSTRUMENT_NEEDS = ["tier", "description", "contextTokens", "outputTokensMax"] as const;

/** The catalogue's instruments with the rows laid over those of the same name, and the new ones after them. */
export function overlay(
  instruments: readonly Instrument[],
  rows: readonly InstrumentEntry[],
): readonly InstrumentRow[] {
  const byName = new Map<string, InstrumentRow>(instruments.map((instrument) => [instrument.name, instrument]));
  for (const { askMicrosPerUnitMax: askMicrosMax, ...row } of rows) {
    const ceiling = askMicrosMax === undefined ? {} : { askMicrosMax };
    byName.set(row.name, { ...(byName.get(row.name) ?? BARE), ...row, ...ceiling } as InstrumentRow);
  }
  return [...byName.values()];
}

const BARE = { floors: {}, modalities: ["text"], features: [] } as const;

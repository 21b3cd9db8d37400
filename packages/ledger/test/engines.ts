/** The engines that every law is proved on. */

import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { type Account, type LedgerOptions, openLedger } from "@interchange/ledger";
import { onTestFinished } from "vitest";
import { ledgerOn } from "../src/ledger-on-store.ts";
import { lentStore } from "./lent-store.ts";
import { freshFile, fund, openFunded, openSample, openThreaded, type Sample, START_MS } from "./sample.ts";
import { freshDatabase, query } from "./server.ts";

export type Engine = {
  name: string;
  /** Where a ledger can be kept, and where none is yet. */
  freshPlace(): Promise<string>;
  /** What opens the ledger that is kept at a place. */
  optionsAt(place: string): LedgerOptions;
  /** A ledger for rules that do not depend on what keeps it. */
  openSample(place?: string): Promise<Sample>;
  /** A ledger as it is used. */
  openThreaded(place?: string): Promise<Sample>;
  /** A sample with an account that has deposited tokens of `text` at a micro-dollar each. */
  openFunded(tokens: number, place?: string): Promise<Sample & { account: Account }>;
  /** Rows as somebody reads them who knows nothing of the ledger. */
  rowsAt(place: string, text: string): Promise<unknown[]>;
  /** How many runs of a property are worth their time. */
  runs: number;
};

const SQLITE: Engine = {
  name: "sqlite",
  freshPlace: async () => freshFile(),
  optionsAt: (file) => ({ file }),
  openSample,
  openThreaded,
  openFunded,
  rowsAt: async (file, text) => {
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare(text).all();
    database.close();
    return rows.map((row) => ({ ...row }));
  },
  runs: 100,
};

const POSTGRES: Engine = {
  name: "postgres",
  freshPlace: freshDatabase,
  optionsAt: (url) => ({ url }),
  openSample: openLent,
  openThreaded: openOnServer,
  openFunded: async (tokens, place) => fund(await openLent(place), tokens),
  // Bigints come as text from a driver that nobody has told better.
  rowsAt: async (url, text) =>
    (await query(url, text)).map((row) =>
      mapValues(row, (value) => (/^-?\d+$/.test(String(value)) ? Number(value) : value)),
    ),
  runs: 10,
};

function mapValues(row: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, change(value)]));
}

async function openOnServer(place?: string): Promise<Sample> {
  const url = place ?? (await freshDatabase());
  const clock = { nowMs: START_MS };
  const ledger = await openLedger({ url, clock: () => clock.nowMs });
  onTestFinished(() => ledger.close());
  return { ledger, place: url, clock };
}

async function openLent(place?: string): Promise<Sample> {
  if (place !== undefined) return openOnServer(place);
  const { url, store } = await lentStore();
  const clock = { nowMs: START_MS };
  return { ledger: ledgerOn(store, () => clock.nowMs, randomBytes), place: url, clock };
}

export const ENGINES: readonly Engine[] = [SQLITE, POSTGRES];

/** Live markets for tests: on real books, with rows that are easily changed, a clock that is moved, and eyes on the log. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Config,
  DEFAULT_TIMEOUTS,
  type InstrumentRow,
  type OfferRow,
  type SupplierRow,
} from "@interchange/config";
import { type Ledger, openLedger } from "@interchange/ledger";
import { createHealth, type Health } from "@interchange/routing";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { type LiveMarket, type LiveMarketOptions, openMarket } from "../src/market/index.ts";

export type Rows = Pick<Config, "instruments" | "suppliers">;

export const PRIME: InstrumentRow = {
  name: "text-prime",
  tier: "prime",
  description: "Careful text.",
  floors: { firstTokenMsMax: 4_000 },
  contextTokens: 128_000,
  outputTokensMax: 30_000,
  modalities: ["text"],
  features: ["tools"],
};

export const MAX: InstrumentRow = { ...PRIME, name: "text-max", tier: "max", features: ["tools", "image"] };

export function offerRow(supplier: string, row: Partial<OfferRow> = {}): OfferRow {
  const terms = { dialect: "messages", instrument: PRIME.name, model: "m", askMicros: 100, delivery: "relay" } as const;
  return { supplier, ...terms, ...row };
}

export function supplierRow(name: string, row: Partial<SupplierRow> = {}): SupplierRow {
  const where = { baseUrl: `http://${name}.test`, dialects: ["messages"], timeouts: DEFAULT_TIMEOUTS } as const;
  return { name, ...where, offers: [offerRow(name)], ...row };
}

export function rowsOf(...suppliers: SupplierRow[]): Rows {
  return { instruments: [PRIME, MAX], suppliers };
}

/** Books in a file of their own, to which `open` gives the same file again. */
export function freshBooks(clock: () => number = Date.now): { open(): Promise<Ledger> } {
  const dir = mkdtempSync(join(tmpdir(), "interchange-market-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return {
    async open() {
      const ledger = await openLedger({ file: join(dir, "ledger.db"), clock });
      onTestFinished(() => ledger.close());
      return ledger;
    },
  };
}

export interface Stall {
  readonly market: LiveMarket;
  readonly health: Health;
  readonly log: () => readonly { msg: string; [field: string]: unknown }[];
  /** Who sells the instrument, with the ask and the status, the cheapest first. */
  asks(instrument?: string): readonly string[];
}

export async function openStall(
  options: Partial<LiveMarketOptions> & Pick<LiveMarketOptions, "config" | "ledger">,
): Promise<Stall> {
  const lines: { msg: string }[] = [];
  const health = options.health ?? createHealth();
  const log = pino({ level: "debug" }, { write: (line) => void lines.push(JSON.parse(line)) });
  const market = await openMarket({ clock: Date.now, env: {}, log, ...options, health });
  onTestFinished(() => market.close(true));
  return {
    market,
    health,
    log: () => lines,
    asks: (instrument = PRIME.name) =>
      market
        .offersOf(instrument)
        .toSorted((a, b) => a.askMicros - b.askMicros || a.supplier.localeCompare(b.supplier))
        .map(({ supplier, askMicros, status }) => `${supplier} ${askMicros} ${status}`),
  };
}

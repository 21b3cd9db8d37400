/** The one engine behind every surface: market, balances, tickets and the second leg, opened together. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Ledger, type LedgerOptions, openLedger } from "@interchange/ledger";
import type { Relay, Supplier } from "@interchange/relay";
import {
  createFailureMemory,
  createMarket,
  createRequestMemory,
  type FailureMemory,
  type Market,
  type Offer,
  type RequestMemory,
} from "@interchange/routing";
import type { Logger } from "pino";
import { type Buyer, createBuyer, invoices, type Payments, priceOf } from "./buying/index.ts";
import { closeAll } from "./closing.ts";
import type { Config } from "./config/index.ts";
import { createEstimator, type Estimator } from "./estimate/index.ts";
import { createLimiter, type Limiter } from "./limits/index.ts";
import { openNotes } from "./notes.ts";
import { asOffered } from "./offer.ts";
import { openRelay } from "./relay.ts";
import { openSuppliers } from "./suppliers.ts";
import { openTickets, type Tickets } from "./tickets.ts";
import { createTokenCounter, type TokenCounter } from "./token-count/index.ts";

export interface Engine {
  readonly config: Config;
  readonly market: Market;
  readonly failures: FailureMemory;
  readonly retries: RequestMemory;
  readonly ledger: Ledger;
  readonly tickets: Tickets;
  readonly relay: Relay;
  readonly limiter: Limiter;
  readonly estimator: Estimator;
  readonly tokenCounter: TokenCounter;
  readonly buyer: Buyer;
  readonly clock: () => number;
  readonly log: Logger;
  /** How long the hold of a run lives on from when it begins, and from each renewal. */
  readonly runLifeMs: number;
  supplier(name: string, dialect: string): Supplier | undefined;
  close(): Promise<void>;
}

/** How often holds that nobody redeemed are looked for. */
const SWEEP_EVERY_MS = 1_000;

export interface EngineOptions {
  readonly log: Logger;
  readonly clock?: () => number;
  /** Whom auto-reload charges through; nobody unless given: reloads are then invoices. */
  readonly payments?: Payments;
  /** How long the minute is in which limits count; a minute unless given. */
  readonly limitWindowMs?: number;
}

export async function openEngine(config: Config, options: EngineOptions): Promise<Engine> {
  const { log, clock = Date.now, payments = invoices, limitWindowMs } = options;
  // It holds balances and secrets.
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const ledger = await openLedger({ ...booksOf(config), clock });
  const failures = createFailureMemory();
  const suppliers = openSuppliers(config);
  const stopSweeper = ledger.startSweeper({
    everyMs: SWEEP_EVERY_MS,
    onError: (error) => log.error({ err: error }, "holds could not be swept"),
  });
  const tokenCounter = createTokenCounter({
    clock,
    onError: (error) => log.warn({ err: error }, "nothing was learned of a supplier's count of tokens"),
  });
  const estimator = createEstimator();
  const notes = await openNotes({ ledger, log, noted: [estimator.noted, tokenCounter.noted] });
  const limiter = createLimiter({
    config,
    clock,
    log,
    ...(limitWindowMs !== undefined && { windowMs: limitWindowMs }),
  });
  const relay = openRelay({
    config,
    ledger: limiter.corrections.watching(ledger),
    failures,
    estimator,
    tokenCounter,
    clock,
    log,
  });
  const market = createMarket({ instruments: config.instruments, offers: offersIn(config) });
  const price = (instrument: string): number | undefined => priceOf({ config, market }, instrument);
  const buyer = createBuyer({ ledger, payments, price, clock, log });
  return {
    config,
    market,
    failures,
    retries: createRequestMemory(),
    ledger,
    tickets: openTickets(config, clock),
    relay,
    limiter,
    estimator,
    tokenCounter,
    buyer,
    clock,
    log,
    runLifeMs: config.limits.runLifeMs,
    supplier: (name, dialect) => suppliers.find(name, dialect),
    async close() {
      stopSweeper();
      const { drainMs } = config.limits;
      await closeAll({ relay, suppliers, notes, tokenCounter, buyer, limiter, ledger, drainMs, log });
    },
  };
}

/** Where the books are: in a database that gateways share, else in the data directory. */
function booksOf({ databaseUrl, databaseSchema, dataDir }: Config): LedgerOptions {
  if (databaseUrl === undefined) return { file: join(dataDir, "ledger.db") };
  return { url: databaseUrl, ...(databaseSchema !== undefined && { schema: databaseSchema }) };
}

function offersIn({ suppliers }: Config): readonly Offer[] {
  return suppliers.flatMap(({ offers, quirks }) => offers.map((offer) => asOffered(offer, quirks)));
}

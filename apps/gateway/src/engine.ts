/** The one engine behind every surface: market, balances, tickets and the second leg, opened together. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "@interchange/config";
import { type Ledger, type LedgerOptions, openLedger } from "@interchange/ledger";
import type { Relay } from "@interchange/relay";
import { createHealth, createRequestMemory, type Health, type RequestMemory } from "@interchange/routing";
import type { Logger } from "pino";
import { type Buyer, createBuyer, invoices, type Payments, priceOf } from "./buying/index.ts";
import { closeAll } from "./closing.ts";
import { createEstimator, type Estimator } from "./estimate/index.ts";
import { createHedging, type Hedging } from "./hedging.ts";
import { createLimiter, type Limiter } from "./limits/index.ts";
import { type LiveMarket, notedHealth, openMarket } from "./market/index.ts";
import { openNotes } from "./notes.ts";
import { openRelay } from "./relay.ts";
import { openTickets, type Tickets } from "./tickets.ts";
import { createTokenCounter, type TokenCounter } from "./token-count/index.ts";

export interface Engine {
  readonly config: Config;
  readonly market: LiveMarket;
  readonly retries: RequestMemory;
  readonly ledger: Ledger;
  readonly tickets: Tickets;
  readonly relay: Relay;
  readonly hedging: Hedging;
  readonly limiter: Limiter;
  readonly estimator: Estimator;
  readonly tokenCounter: TokenCounter;
  readonly buyer: Buyer;
  readonly clock: () => number;
  readonly log: Logger;
  /** How long the hold of a run lives on from when it begins, and from each renewal. */
  readonly runLifeMs: number;
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
  /** How suppliers stand; nothing is known of them unless given. */
  readonly health?: Health;
}

export async function openEngine(config: Config, options: EngineOptions): Promise<Engine> {
  const { log, clock = Date.now, payments = invoices, limitWindowMs, health = createHealth() } = options;
  // It holds balances and secrets.
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const ledger = await openLedger({ ...booksOf(config), clock });
  const market = await openMarket({ config, ledger, health, clock, log });
  const stopSweeper = ledger.startSweeper({
    everyMs: SWEEP_EVERY_MS,
    onError: (error) => log.error({ err: error }, "holds could not be swept"),
  });
  const tokenCounter = createTokenCounter({
    clock,
    onError: (error) => log.warn({ err: error }, "nothing was learned of a supplier's count of tokens"),
  });
  const estimator = createEstimator();
  const notes = await openNotes({
    ledger,
    log,
    noted: [estimator.noted, tokenCounter.noted, notedHealth(health, clock)],
  });
  const limiter = createLimiter({
    config,
    ofInstrument: (instrument) => market.instrumentDocument(instrument)?.document.limits,
    clock,
    log,
    ...(limitWindowMs !== undefined && { windowMs: limitWindowMs }),
  });
  const relay = openRelay({
    config,
    ledger: limiter.corrections.watching(ledger),
    estimator,
    tokenCounter,
    clock,
    log,
  });
  const price = (instrument: string): number | undefined => priceOf(market, instrument);
  const buyer = createBuyer({ ledger, payments, price, clock, log });
  return {
    config,
    market,
    retries: createRequestMemory(),
    ledger,
    tickets: openTickets(config, clock),
    relay,
    hedging: createHedging(config.routing),
    limiter,
    estimator,
    tokenCounter,
    buyer,
    clock,
    log,
    runLifeMs: config.limits.runLifeMs,
    async close() {
      stopSweeper();
      const { drainMs } = config.limits;
      await closeAll({ relay, market, notes, tokenCounter, buyer, limiter, ledger, drainMs, log });
    },
  };
}

/** Where the books are: in a database that gateways share, else in the data directory. */
function booksOf({ databaseUrl, databaseSchema, dataDir }: Config): LedgerOptions {
  if (databaseUrl === undefined) return { file: join(dataDir, "ledger.db") };
  return { url: databaseUrl, ...(databaseSchema !== undefined && { schema: databaseSchema }) };
}

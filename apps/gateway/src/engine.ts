/** The one engine behind every surface: market, balances, tickets and the second leg, opened together. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { dialects, NO_QUIRKS } from "@interchange/dialects";
import type { SupplierFailure } from "@interchange/inference";
import { type Ledger, type LedgerOptions, openLedger } from "@interchange/ledger";
import { createRelay, openSupplier, type Relay, type Supplier } from "@interchange/relay";
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
import type { Config } from "./config/index.ts";
import { createEstimator, type Estimator } from "./estimate/index.ts";
import { createLimiter, type Limiter } from "./limits/index.ts";
import { openNotes } from "./notes.ts";
import { asOffered } from "./offer.ts";
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

/** What has been cut off is given at least this long to be written into the books, also by those who do not drain. */
const SETTLE_MS = 1_000;

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
  const relay = createRelay({
    ledger: limiter.corrections.watching(ledger),
    clock,
    log,
    holdLifeMs: config.limits.runLifeMs,
    brokenStreams: config.brokenStreams,
    onTried(run, failure) {
      if (failure === undefined) return failures.noteSuccess(run.supplier.name, run.instrument);
      log.warn(
        { requestId: run.requestId, supplier: run.supplier.name, failure: logged(failure) },
        "a supplier failed",
      );
      if (!failure.caller) failures.noteFailure(run.supplier.name, run.instrument, clock(), failure.retryAfterMs);
    },
    onSettled(run, usage) {
      tokenCounter.learn(run.request, { supplier: run.supplier.name, model: run.model }, usage);
      if (run.textBytes !== undefined) estimator.learn(run.instrument, run.textBytes, usage);
    },
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
    supplier: (name, dialect) => suppliers.get(keyOf(name, dialect)),
    async close() {
      stopSweeper();
      // A caller that was cut off is settled a moment after its connection is gone.
      const isIdle = await within(relay.idle(), Math.max(config.limits.drainMs, SETTLE_MS));
      if (!isIdle) log.error("runs are still under way; what they hold expires by itself");
      const pools = [...suppliers.values()].map(({ pool }) => pool);
      await Promise.all(pools.map((pool) => (isIdle ? pool.close() : pool.destroy())));
      relay.close();
      await notes.close();
      await tokenCounter.close();
      const isBought = await within(buyer.close(), Math.max(config.limits.drainMs, SETTLE_MS));
      if (!isBought) log.error("a payment is still under way; whoever starts next sees it through");
      await limiter.close();
      await ledger.close();
    },
  };
}

/** Where the books are: in a database that gateways share, else in the data directory. */
function booksOf({ databaseUrl, databaseSchema, dataDir }: Config): LedgerOptions {
  if (databaseUrl === undefined) return { file: join(dataDir, "ledger.db") };
  return { url: databaseUrl, ...(databaseSchema !== undefined && { schema: databaseSchema }) };
}

/** Whether the work ended in that time; in ms. */
async function within(work: Promise<void>, waitMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, waitMs, false);
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}

/** What a supplier says about the request itself may quote it, and prompts are not logged. */
function logged(failure: SupplierFailure): Partial<SupplierFailure> {
  const { message: _message, said: _said, ...known } = failure;
  return failure.caller ? known : failure;
}

function offersIn({ suppliers }: Config): readonly Offer[] {
  return suppliers.flatMap(({ offers, quirks }) => offers.map((offer) => asOffered(offer, quirks)));
}

function openSuppliers(config: Config): ReadonlyMap<string, Supplier> {
  const rows = config.suppliers.flatMap((row) => row.dialects.map((name) => ({ row, name })));
  return new Map(
    rows.map(({ row, name }) => [
      keyOf(row.name, name),
      openSupplier({
        name: row.name,
        baseUrl: row.baseUrl,
        dialect: dialects[name].supplier,
        patience: row.timeouts,
        quirks: row.quirks ?? NO_QUIRKS,
        ...(row.credential === undefined ? {} : { credential: row.credential }),
      }),
    ]),
  );
}

function keyOf(name: string, dialect: string): string {
  return `${name}\n${dialect}`;
}

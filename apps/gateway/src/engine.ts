/** The one engine behind every surface: market, balances, tickets and the second leg, opened together. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { dialects, NO_QUIRKS } from "@interchange/dialects";
import type { SupplierFailure } from "@interchange/inference";
import { type Ledger, openLedger } from "@interchange/ledger";
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
import type { Config } from "./config/index.ts";
import { createLimiter, type Limiter } from "./limiter.ts";
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
  readonly tokenCounter: TokenCounter;
  readonly clock: () => number;
  readonly log: Logger;
  /** Longer than any supplier and then its caller are waited for, so that a run under way never loses its hold. */
  readonly runLifeMs: number;
  supplier(name: string, dialect: string): Supplier | undefined;
  close(): Promise<void>;
}

const RUN_MARGIN_MS = 60_000;

/** How often holds that nobody redeemed are looked for. */
const SWEEP_EVERY_MS = 1_000;

/** What has been cut off is given at least this long to be written into the books, also by those who do not drain. */
const SETTLE_MS = 1_000;

export async function openEngine(config: Config, log: Logger, clock: () => number = Date.now): Promise<Engine> {
  // It holds balances and secrets.
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const ledger = await openLedger({ file: join(config.dataDir, "ledger.db"), clock });
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
  const relay = createRelay({
    ledger,
    clock,
    onTried(run, failure) {
      if (failure === undefined) return failures.noteSuccess(run.supplier.name, run.instrument);
      log.warn(
        { requestId: run.requestId, supplier: run.supplier.name, failure: logged(failure) },
        "a supplier failed",
      );
      if (!failure.caller) failures.noteFailure(run.supplier.name, run.instrument, clock(), failure.retryAfterMs);
    },
    onSettled: (run, usage) =>
      tokenCounter.learn(run.request, { supplier: run.supplier.name, model: run.model }, usage),
  });
  return {
    config,
    market: createMarket({ instruments: config.instruments, offers: offersIn(config) }),
    failures,
    retries: createRequestMemory(),
    ledger,
    tickets: openTickets(config, clock),
    relay,
    limiter: createLimiter(config.limits.requestsPerMinute, clock),
    tokenCounter,
    clock,
    log,
    runLifeMs: 2 * Math.max(0, ...config.suppliers.map((row) => row.timeouts.totalMs)) + RUN_MARGIN_MS,
    supplier: (name, dialect) => suppliers.get(keyOf(name, dialect)),
    async close() {
      stopSweeper();
      // A caller that was cut off is settled a moment after its connection is gone.
      const isIdle = await within(relay.idle(), Math.max(config.limits.drainMs, SETTLE_MS));
      if (!isIdle) log.error("runs are still under way; what they hold expires by itself");
      const pools = [...suppliers.values()].map(({ pool }) => pool);
      await Promise.all(pools.map((pool) => (isIdle ? pool.close() : pool.destroy())));
      await tokenCounter.close();
      await ledger.close();
    },
  };
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

/** The live market, opened: seeded from the configuration, read from the ledger, followed from then on. */

import type { Config } from "@interchange/config";
import type { Ledger, RecordPut, StoredRecord } from "@interchange/ledger";
import type { Health } from "@interchange/routing";
import type { Logger } from "pino";
import { addRecord, type Books, createBooks } from "./books.ts";
import { type Breakers, shareBreakers } from "./breakers.ts";
import { type Credentials, createCredentials } from "./credentials.ts";
import { createDirectory } from "./directory.ts";
import type { InstrumentDocument, SupplierDocument } from "./document.ts";
import { type Following, follow } from "./following.ts";
import { createPools, type Reach } from "./pools.ts";
import type { LiveMarket } from "./port.ts";
import { readRecordName } from "./record.ts";
import { rowsOf } from "./row.ts";
import { openSale, type Sale } from "./sale.ts";
import { seedMarket } from "./seeding.ts";

export interface LiveMarketOptions {
  readonly config: Pick<Config, "instruments" | "suppliers">;
  readonly ledger: Pick<Ledger, "putRecord" | "recordsInEffect" | "recordsSince" | "onRecords">;
  readonly health: Health;
  readonly clock: () => number;
  readonly log: Pick<Logger, "info" | "warn">;
  /** Where suppliers' secrets are; the process's own unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long connections to where a supplier was stay open for who is about to use them. */
  readonly graceMs?: number;
}

/** How often is looked for what was not heard of, and for what has come in effect. */
const LOOK_EVERY_MS = 500;
const REFRESH_EVERY_MS = 1_000;

/** Rejects when the ledger cannot be read or written: without its market a gateway has nothing to sell. */
export async function openMarket(options: LiveMarketOptions): Promise<LiveMarket> {
  const { config, ledger, health, clock, log, env = process.env, graceMs } = options;
  const books = createBooks();
  const breakers = shareBreakers({ health, ledger, clock, log });
  const pools = createPools({ log, ...(graceMs !== undefined && { graceMs }) });
  const reachOf = reachIn({ books, clock, credentials: createCredentials(config, env), log });
  const placeOf = placesIn(config);
  let sale: Sale | undefined;

  const reopen = (): Sale => {
    const isReachable = (supplier: SupplierDocument): boolean => reachOf(supplier.name) !== undefined;
    sale = openSale({ books, health, nowMs: clock(), placeOf, isReachable }, sale);
    breakers.follow(sale.sold);
    pools.keep(reachOf);
    return sale;
  };
  /** What comes in effect is on sale from that instant on, whether anything was heard or not. */
  const current = (): Sale => (sale === undefined || clock() >= sale.dueAtMs ? reopen() : sale);

  const take = (records: readonly StoredRecord[]): void => {
    const isChanged = records.map((record) => takeRecord(record, { books, breakers, nowMs: clock(), log }));
    // Nothing is on sale before all that there is has been read.
    if (sale !== undefined && isChanged.includes(true)) reopen();
  };
  const following = await catchUp(options, take);
  const write = async (put: RecordPut) => {
    const outcome = await ledger.putRecord(put);
    if (outcome.kind === "put") take([outcome.record]);
    else await following.readOn();
    return outcome;
  };
  const put = async (one: RecordPut): Promise<boolean> => (await write(one)).kind === "put";
  const { readOn } = following;
  await seedMarket({ rows: rowsOf(config), books, nowMs: clock(), log, put, readOn }).catch(async (error: unknown) => {
    await following.close();
    throw error;
  });
  reopen();

  const looking = setInterval(() => {
    current();
    void following.look();
  }, LOOK_EVERY_MS).unref();
  const refreshing = setInterval(() => health.refresh(clock()), REFRESH_EVERY_MS).unref();
  return {
    health,
    instrument: (name) => current().market.instrument(name),
    instruments: () => current().market.instruments(),
    offersOf: (instrument) => current().market.offersOf(instrument),
    choicesFor: (instrument, surface) => current().market.choicesFor(instrument, surface),
    offer: (instrument, supplier, dialect) => current().market.offer(instrument, supplier, dialect),
    ...createDirectory({ books, clock, placeOf, write, readOn }),
    open(supplier, dialect) {
      const reach = reachOf(supplier);
      const format = reach?.document.dialects.find((spoken) => spoken === dialect);
      return reach && format && pools.open(reach, format);
    },
    hasKnown: (supplier) => books.supplier.has(supplier),
    retiredAtMs(instrument) {
      const kept = books.instrument.kept(instrument.toLowerCase(), clock());
      return kept?.document.isRetired === true ? kept.effectiveAtMs : undefined;
    },
    async close(isIdle) {
      clearInterval(looking);
      clearInterval(refreshing);
      await Promise.all([following.close(), breakers.close(), pools.close(isIdle)]);
    },
  };
}

/** Takes all that is in effect or will be, and follows from there on. */
async function catchUp({ ledger, log }: LiveMarketOptions, take: (records: readonly StoredRecord[]) => void) {
  const records = await ledger.recordsInEffect();
  take(records);
  const following: Following = follow({ ledger, log, seq: records.at(-1)?.seq ?? 0, take });
  return following;
}

interface Taking {
  readonly books: Books;
  readonly breakers: Breakers;
  readonly nowMs: number;
  readonly log: Pick<Logger, "warn">;
}

/** Whether the market may be another one now. */
function takeRecord(record: StoredRecord, { books, breakers, ...rest }: Taking): boolean {
  const name = readRecordName(record.name);
  if (name === undefined) return false;
  if (name.kind !== "breaker") return addRecord(books, name.kind, record, rest);
  breakers.hear(record.name, record.document);
  return false;
}

/** As the configuration lists them; others come after those. */
function placesIn({ instruments }: Pick<Config, "instruments">): (instrument: InstrumentDocument) => number {
  const places = new Map(instruments.map(({ name }, place) => [name, place]));
  return ({ name }) => places.get(name) ?? instruments.length;
}

interface Reaching {
  readonly books: Books;
  readonly clock: () => number;
  readonly credentials: Credentials;
  readonly log: Pick<Logger, "warn">;
}

/** How a supplier is reached; undefined where it is not there, or its secret is not. That is logged once for each version. */
function reachIn({ books, clock, credentials, log }: Reaching): (supplier: string) => Reach | undefined {
  const told = new WeakSet<SupplierDocument>();
  return (supplier) => {
    const document = books.supplier.kept(supplier, clock())?.document;
    if (document === undefined) return undefined;
    const credential = credentials(document);
    if (credential.kind === "none") return { document };
    if (credential.kind === "secret") return { document, credential: credential.secret };
    if (!told.has(document)) {
      told.add(document);
      const what = "a supplier counts as paused, since this environment variable has no credential that can be sent";
      log.warn({ supplier, variable: credential.variable }, what);
    }
    return undefined;
  };
}

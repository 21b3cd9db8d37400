/** Breakers: what this gateway's health learns of them is told to the others, and theirs to it. */
import type { Ledger } from "@interchange/ledger";
import { type BreakerChange, type Health, readBreakerChange } from "@interchange/routing";
import type { Logger } from "pino";
import { breakerName } from "./record.ts";

export interface BreakersOptions {
  readonly health: Health;
  readonly ledger: Pick<Ledger, "putRecord">;
  readonly clock: () => number;
  readonly log: Pick<Logger, "warn">;
}

export interface Breakers {
  /** What a record says; one that cannot be read is told to the log, and passed over. */
  hear(name: string, document: unknown): void;
  /** Who sells what from now on, by the names of their breakers. Of others nothing is known any more. */
  follow(sold: ReadonlySet<string>): void;
  /** Resolves when what was to be told has been. */
  close(): Promise<void>;
}

export function shareBreakers({ health, ledger, clock, log }: BreakersOptions): Breakers {
  /** The latest that was heard of each, also before it is known who sells what. */
  const heard = new Map<string, BreakerChange>();
  const untold = new Map<string, BreakerChange>();
  const telling = new Map<string, Promise<void>>();
  let sold: ReadonlySet<string> = new Set();

  /** While one is being written, only the latest of those that come is kept for after it. */
  const tell = async (name: string): Promise<void> => {
    for (let change = untold.get(name); change !== undefined; change = untold.get(name)) {
      untold.delete(name);
      if ((heard.get(name)?.atMs ?? Number.NEGATIVE_INFINITY) >= change.atMs) continue;
      heard.set(name, change);
      await ledger.putRecord({ name, document: change, history: false }).catch((error: unknown) => {
        log.warn({ err: error, record: name }, "other gateways could not be told of a breaker");
      });
    }
    telling.delete(name);
  };

  health.onChange((change) => {
    const name = breakerName(change.supplier, change.instrument);
    untold.set(name, change);
    // In a turn of its own, so that what happens at once is told once.
    if (!telling.has(name))
      telling.set(
        name,
        Promise.resolve().then(() => tell(name)),
      );
  });

  return {
    hear(name, document) {
      const change = readBreakerChange(document);
      if (change === undefined || breakerName(change.supplier, change.instrument) !== name) {
        log.warn({ record: name }, "a record of a breaker cannot be read");
        return;
      }
      if ((heard.get(name)?.atMs ?? Number.NEGATIVE_INFINITY) >= change.atMs) return;
      heard.set(name, change);
      if (sold.has(name)) health.apply(change, clock());
    },
    follow(now) {
      for (const { supplier, instrument } of [...health.all()]) {
        if (!now.has(breakerName(supplier, instrument))) health.forget(supplier, instrument);
      }
      for (const name of sold) if (!now.has(name)) heard.delete(name);
      for (const name of now) {
        const change = sold.has(name) ? undefined : heard.get(name);
        if (change !== undefined) health.apply(change, clock());
      }
      sold = now;
    },
    async close() {
      await Promise.all(telling.values());
    },
  };
}

/** What accounts have set auto-buy to, remembered for a moment, so that a hold costs no look in the store. */
import type { AutoBuy, Ledger } from "@interchange/ledger";
import type { Place } from "./place.ts";

export interface Settings {
  /** What is remembered; undefined when that is nothing, or too old. Null when auto-buy is off. */
  known(place: Place): AutoBuy | null | undefined;
  /** Looks in the store, once for all who ask about an account meanwhile. Null when auto-buy is off. */
  read(place: Place): Promise<AutoBuy | null>;
  /** Has the next who asks about the account look in the store. */
  forget(accountId: string): void;
}

/** How long another gateway's change may go unseen where tokens run low. Who has too few is judged by the store itself. */
const FRESH_MS = 10_000;

/** Some megabytes of memory; who has not been seen for longest is forgotten. */
const ACCOUNTS_MAX = 20_000;

interface Entry {
  readonly atMs: number;
  readonly autoBuys: ReadonlyMap<string, AutoBuy>;
}

export function createSettings(ledger: Pick<Ledger, "autoBuys">, clock: () => number): Settings {
  const entries = new Map<string, Entry>();
  const readings = new Map<string, Promise<Entry>>();

  const look = async (accountId: string): Promise<Entry> => {
    const atMs = clock();
    const rows = await ledger.autoBuys(accountId);
    const entry = { atMs, autoBuys: new Map(rows.filter((row) => row.enabled).map((row) => [row.instrument, row])) };
    entries.delete(accountId);
    entries.set(accountId, entry);
    if (entries.size > ACCOUNTS_MAX) entries.delete(entries.keys().next().value as string);
    return entry;
  };

  return {
    known({ accountId, instrument }) {
      const entry = entries.get(accountId);
      if (entry === undefined || clock() - entry.atMs > FRESH_MS) return undefined;
      return entry.autoBuys.get(instrument) ?? null;
    },
    async read({ accountId, instrument }) {
      const reading = readings.get(accountId) ?? look(accountId).finally(() => readings.delete(accountId));
      readings.set(accountId, reading);
      return (await reading).autoBuys.get(instrument) ?? null;
    },
    forget: (accountId) => void entries.delete(accountId),
  };
}

/** Opens a ledger on a SQLite file. */

import { randomBytes } from "node:crypto";
import type { Random } from "./key.ts";
import type { Ledger } from "./ledger.ts";
import { ledgerOn } from "./ledger-on-store.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";

export type LedgerOptions = {
  /** The database file; its folder must exist. `:memory:` keeps nothing. */
  file: string;
  /** Milliseconds since 1970. */
  clock?: () => number;
  random?: Random;
};

/** Rejects with `LedgerUnavailable` when the file cannot be opened or was written by a later version. */
export async function openLedger({ file, clock = Date.now, random = randomBytes }: LedgerOptions): Promise<Ledger> {
  return ledgerOn(await openSqliteStore(file), clock, random);
}

/** Opens a ledger on a SQLite file. */

import { randomBytes } from "node:crypto";
import { requireInteger } from "./bounds.ts";
import type { Random } from "./key.ts";
import type { Ledger } from "./ledger.ts";
import { ledgerOn } from "./ledger-on-store.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";

const BUSY_TIMEOUT_MS = 5_000;

/** SQLite counts it in 32 bits. https://sqlite.org/c3ref/busy_timeout.html */
const BUSY_TIMEOUT_MAX_MS = 2 ** 31 - 1;

export type LedgerOptions = {
  /** The database file; its folder must exist. `:memory:` keeps nothing. */
  file: string;
  /** Milliseconds since 1970. */
  clock?: () => number;
  random?: Random;
  /** How long to wait for another process that keeps the file locked; absent means 5,000. */
  busyTimeoutMs?: number;
};

/** Rejects with `LedgerUnavailable` when the file cannot be opened, stays locked, or was written by a later version. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { file, clock = Date.now, random = randomBytes, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  requireInteger(busyTimeoutMs, "busyTimeoutMs", 0, BUSY_TIMEOUT_MAX_MS);
  return ledgerOn(await openSqliteStore({ file, busyTimeoutMs }), clock, random);
}

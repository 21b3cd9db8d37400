/** Opens a ledger on a SQLite file or in a PostgreSQL database. */

import { randomBytes } from "node:crypto";
import { requireInteger, requireText } from "./bounds.ts";
import type { Random } from "./key.ts";
import type { Ledger } from "./ledger.ts";
import { LedgerError } from "./ledger-error.ts";
import { ledgerOn } from "./ledger-on-store.ts";
import { openPostgresStore } from "./postgres/postgres-store.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import type { Store } from "./store.ts";

const BUSY_TIMEOUT_MS = 5_000;

/** SQLite counts it in 32 bits. https://sqlite.org/c3ref/busy_timeout.html */
const BUSY_TIMEOUT_MAX_MS = 2 ** 31 - 1;

const SCHEMA = "interchange";

const TIMEOUT_MS = 5_000;
const TIMEOUT_MAX_MS = 600_000;

export type FileOptions = {
  /** The SQLite file; its folder must exist. `:memory:` keeps nothing. */
  file: string;
  /** How long to wait for another process that keeps the file locked; absent means 5,000. */
  busyTimeoutMs?: number;
};

export type DatabaseOptions = {
  /** The PostgreSQL database, `postgres://user:password@host/database`. Any number of processes may share it. */
  url: string;
  /** The schema that the tables stand in, made when it is not there; absent means `interchange`. */
  schema?: string;
  /** How long a call may wait for a database that does not answer, also while it is reached for; absent means 5,000. */
  timeoutMs?: number;
};

export type LedgerOptions = (FileOptions | DatabaseOptions) & {
  /** Milliseconds since 1970. */
  clock?: () => number;
  random?: Random;
};

/**
 * Rejects with `LedgerUnavailable` when the file cannot be opened or stays locked, when the database cannot be reached, and
 * when either was written by a later version.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { clock = Date.now, random = randomBytes } = options;
  return ledgerOn(await openStore(options), clock, random);
}

async function openStore(options: LedgerOptions): Promise<Store> {
  if ("url" in options) {
    const { url, schema = SCHEMA, timeoutMs = TIMEOUT_MS } = options;
    requireInteger(timeoutMs, "timeoutMs", 1, TIMEOUT_MAX_MS);
    return openPostgresStore({ url: requireUrl(url), schema: requireSchema(schema), timeoutMs });
  }
  const { file, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  requireInteger(busyTimeoutMs, "busyTimeoutMs", 0, BUSY_TIMEOUT_MAX_MS);
  return openSqliteStore({ file, busyTimeoutMs });
}

/** Whatever is wrong with it, it is not said again: it holds a password. */
function requireUrl(url: unknown): string {
  if (typeof url === "string" && /^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new LedgerError("bad-input", "url must be one that begins with postgres://");
}

/** Longer names are cut short by the database. https://www.postgresql.org/docs/18/sql-syntax-lexical.html */
const SCHEMA_BYTES_MAX = 63;

function requireSchema(schema: unknown): string {
  const name = requireText(schema, "schema");
  if (Buffer.byteLength(name) <= SCHEMA_BYTES_MAX) return name;
  throw new LedgerError("bad-input", `schema must be a name of at most ${SCHEMA_BYTES_MAX} bytes`);
}

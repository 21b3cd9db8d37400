/** The tables in SQLite, version by version. */

import type { DatabaseSync } from "node:sqlite";

/**
 * One step per version; `user_version` says how many were taken. A step that was released never changes.
 * Absent expiries are 2^53 − 1, so that lots sort and compare without nulls.
 */
const STEPS: readonly string[] = [
  `
  CREATE TABLE account (
    account_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE account_key (
    public_id TEXT PRIMARY KEY,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    account_id TEXT NOT NULL REFERENCES account,
    role TEXT NOT NULL,
    inline INTEGER NOT NULL,
    instruments TEXT,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
  ) STRICT;

  CREATE TABLE lot (
    lot_number INTEGER PRIMARY KEY,
    lot_id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account,
    instrument TEXT NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens > 0),
    remaining INTEGER NOT NULL CHECK (remaining BETWEEN 0 AND tokens),
    cost_micros INTEGER NOT NULL CHECK (cost_micros >= 0),
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    reference TEXT,
    UNIQUE (account_id, reference)
  ) STRICT;
  CREATE INDEX lot_in_draw_order ON lot (account_id, instrument, expires_at_ms, lot_number) WHERE remaining > 0;

  CREATE TABLE balance (
    account_id TEXT NOT NULL REFERENCES account,
    instrument TEXT NOT NULL,
    deposited INTEGER NOT NULL,
    available INTEGER NOT NULL CHECK (available >= 0),
    held INTEGER NOT NULL CHECK (held >= 0),
    used INTEGER NOT NULL CHECK (used >= 0),
    lapsed INTEGER NOT NULL CHECK (lapsed >= 0),
    next_expiry_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, instrument),
    CHECK (deposited = available + held + used + lapsed)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX balance_by_expiry ON balance (next_expiry_ms);

  CREATE TABLE hold (
    request_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account,
    instrument TEXT NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens > 0),
    state TEXT NOT NULL CHECK (state IN ('held', 'redeemed', 'settled', 'released', 'expired')),
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    redeemed_at_ms INTEGER,
    resolved_at_ms INTEGER,
    reason TEXT,
    supplier TEXT,
    model TEXT,
    CHECK ((resolved_at_ms IS NULL) = (state IN ('held', 'redeemed')))
  ) STRICT;
  CREATE INDEX open_hold_by_expiry ON hold (expires_at_ms) WHERE resolved_at_ms IS NULL;

  CREATE TABLE idempotency (
    account_id TEXT NOT NULL REFERENCES account,
    idempotency_key TEXT NOT NULL,
    body_digest TEXT NOT NULL,
    request_id TEXT NOT NULL REFERENCES hold,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, idempotency_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_by_age ON idempotency (created_at_ms);

  CREATE TABLE settlement (
    request_id TEXT PRIMARY KEY REFERENCES hold,
    tokens_settled INTEGER NOT NULL CHECK (tokens_settled >= 0),
    overrun INTEGER NOT NULL CHECK (overrun >= 0),
    settled_at_ms INTEGER NOT NULL,
    supplier TEXT,
    model TEXT,
    usage TEXT,
    timing TEXT
  ) STRICT;

  CREATE TABLE draw (
    request_id TEXT NOT NULL REFERENCES hold,
    draw_number INTEGER NOT NULL,
    lot_id TEXT NOT NULL REFERENCES lot (lot_id),
    tokens INTEGER NOT NULL CHECK (tokens > 0),
    cost_micros INTEGER NOT NULL CHECK (cost_micros >= 0),
    PRIMARY KEY (request_id, draw_number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE entry (
    entry_number INTEGER PRIMARY KEY,
    movement TEXT NOT NULL,
    reference TEXT NOT NULL,
    account_id TEXT NOT NULL,
    instrument TEXT NOT NULL,
    book TEXT NOT NULL CHECK (book IN ('deposited', 'available', 'held', 'used', 'lapsed')),
    tokens INTEGER NOT NULL CHECK (tokens <> 0),
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
  CREATE TRIGGER entry_remains BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
  `,
  // Asked for by every request of a place while a lot past its expiry is kept for older holds.
  "CREATE INDEX open_hold_by_age ON hold (account_id, instrument, created_at_ms, tokens) WHERE resolved_at_ms IS NULL",
  "ALTER TABLE settlement ADD COLUMN dropped TEXT",
];

/** Takes the steps that a file lacks, all or none. Throws when a later version has written it. */
export function migrate(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
    if (version > STEPS.length) {
      throw new Error(`the file is of version ${version}, this program knows versions up to ${STEPS.length}`);
    }
    for (const step of STEPS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${STEPS.length}`);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

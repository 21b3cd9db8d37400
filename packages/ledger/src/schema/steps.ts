/**
 * The tables, version by version, for every engine: in SQLite's spelling, of which `spelling.ts` makes PostgreSQL's. A step
 * that was released never changes. Absent expiries are 2^53 − 1, so that they sort and compare without nulls. Lists and
 * records that only callers look into are JSON. What an index looks at changes as seldom as can be: PostgreSQL writes a row anew into all
 * of its table's indexes when one of them looks at what has changed.
 */

const ACCOUNTS = `
  CREATE TABLE account (
    account_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    default_instrument TEXT,
    requests_per_minute INTEGER CHECK (requests_per_minute > 0),
    tokens_per_minute INTEGER CHECK (tokens_per_minute > 0),
    running_max INTEGER CHECK (running_max > 0),
    created_at_ms INTEGER NOT NULL,
    closed_at_ms INTEGER
  ) STRICT;
  CREATE INDEX account_by_age ON account (created_at_ms, account_id);

  CREATE TABLE account_key (
    public_id TEXT PRIMARY KEY,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    account_id TEXT NOT NULL REFERENCES account (account_id),
    name TEXT,
    role TEXT NOT NULL CHECK (role IN ('consumption', 'operator')),
    inline INTEGER NOT NULL,
    instruments TEXT,
    requests_per_minute INTEGER CHECK (requests_per_minute > 0),
    tokens_per_minute INTEGER CHECK (tokens_per_minute > 0),
    running_max INTEGER CHECK (running_max > 0),
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
  ) STRICT;
  CREATE INDEX account_key_by_account ON account_key (account_id, created_at_ms, public_id);

  CREATE TABLE change (
    change_number INTEGER PRIMARY KEY,
    subject TEXT NOT NULL CHECK (subject IN ('key', 'account')),
    subject_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
`;

const BALANCES = `
  CREATE TABLE lot (
    lot_number INTEGER PRIMARY KEY,
    lot_id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (account_id),
    instrument TEXT NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens > 0),
    remaining INTEGER NOT NULL CHECK (remaining BETWEEN 0 AND tokens),
    cost_micros INTEGER NOT NULL CHECK (cost_micros >= 0),
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    reference TEXT,
    drawable INTEGER NOT NULL GENERATED ALWAYS AS (CASE WHEN remaining > 0 THEN 1 ELSE 0 END) STORED,
    UNIQUE (account_id, reference)
  ) STRICT;
  CREATE INDEX lot_in_draw_order ON lot (account_id, instrument, expires_at_ms, lot_number) WHERE drawable = 1;
  CREATE INDEX lot_by_account ON lot (account_id, lot_number);

  CREATE TABLE balance (
    account_id TEXT NOT NULL REFERENCES account (account_id),
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

  CREATE TABLE movement (
    movement_number INTEGER PRIMARY KEY,
    movement TEXT NOT NULL CHECK (movement IN ('deposit', 'hold', 'settle', 'release', 'expire', 'lapse')),
    reference TEXT NOT NULL,
    account_id TEXT NOT NULL,
    instrument TEXT NOT NULL,
    deposited INTEGER NOT NULL,
    available INTEGER NOT NULL,
    held INTEGER NOT NULL,
    used INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    CHECK (deposited + available + held + used + lapsed = 0)
  ) STRICT;
  CREATE INDEX movement_by_account ON movement (account_id, movement_number);
`;

const HOLDS = `
  CREATE TABLE hold (
    request_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (account_id),
    instrument TEXT NOT NULL,
    key_id TEXT,
    surface TEXT,
    tokens INTEGER NOT NULL CHECK (tokens > 0),
    state TEXT NOT NULL CHECK (state IN ('held', 'redeemed', 'settled', 'released', 'expired')),
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    redeemed_at_ms INTEGER,
    resolved_at_ms INTEGER,
    reason TEXT,
    supplier TEXT,
    model TEXT,
    tokens_used INTEGER NOT NULL CHECK (tokens_used >= 0),
    overrun INTEGER NOT NULL CHECK (overrun >= 0),
    cost_micros INTEGER NOT NULL CHECK (cost_micros >= 0),
    usage TEXT,
    timing TEXT,
    dropped TEXT,
    CHECK ((resolved_at_ms IS NULL) = (state IN ('held', 'redeemed')))
  ) STRICT;
  CREATE INDEX open_hold_by_expiry ON hold (expires_at_ms) WHERE resolved_at_ms IS NULL;
  CREATE INDEX open_hold_by_place ON hold (account_id, instrument, created_at_ms, tokens, key_id) WHERE resolved_at_ms IS NULL;
  CREATE INDEX hold_by_account ON hold (account_id, request_id);
  CREATE INDEX hold_by_overrun ON hold (request_id) WHERE overrun > 0;

  CREATE TABLE idempotency (
    account_id TEXT NOT NULL REFERENCES account (account_id),
    idempotency_key TEXT NOT NULL,
    body_digest TEXT NOT NULL,
    request_id TEXT NOT NULL REFERENCES hold (request_id),
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, idempotency_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_by_age ON idempotency (created_at_ms);

  CREATE TABLE draw (
    request_id TEXT NOT NULL REFERENCES hold (request_id),
    draw_number INTEGER NOT NULL,
    lot_id TEXT NOT NULL REFERENCES lot (lot_id),
    tokens INTEGER NOT NULL CHECK (tokens > 0),
    cost_micros INTEGER NOT NULL CHECK (cost_micros >= 0),
    PRIMARY KEY (request_id, draw_number)
  ) STRICT, WITHOUT ROWID;
`;

const CREDITS = `
  CREATE TABLE credit_balance (
    account_id TEXT PRIMARY KEY REFERENCES account (account_id),
    deposited INTEGER NOT NULL,
    available INTEGER NOT NULL CHECK (available >= 0),
    spent INTEGER NOT NULL CHECK (spent >= 0),
    CHECK (deposited = available + spent)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE credit_deposit (
    deposit_number INTEGER PRIMARY KEY,
    deposit_id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (account_id),
    amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
    source TEXT NOT NULL CHECK (source IN ('deposit', 'reload')),
    reference TEXT,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (account_id, reference)
  ) STRICT;

  CREATE TABLE credit_movement (
    movement_number INTEGER PRIMARY KEY,
    movement TEXT NOT NULL CHECK (movement IN ('deposit', 'reload', 'purchase')),
    reference TEXT NOT NULL,
    account_id TEXT NOT NULL,
    deposited INTEGER NOT NULL,
    available INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    CHECK (deposited + available + spent = 0)
  ) STRICT;
  CREATE INDEX credit_movement_by_account ON credit_movement (account_id, movement_number);

  CREATE TABLE auto_buy (
    account_id TEXT NOT NULL REFERENCES account (account_id),
    instrument TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens > 0),
    below_tokens INTEGER NOT NULL CHECK (below_tokens >= 0),
    price_micros_max INTEGER,
    updated_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, instrument)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE purchase (
    purchase_number INTEGER PRIMARY KEY,
    purchase_id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (account_id),
    instrument TEXT NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens > 0),
    cost_micros INTEGER NOT NULL CHECK (cost_micros >= 0),
    price_micros INTEGER NOT NULL CHECK (price_micros >= 0),
    automatic INTEGER NOT NULL,
    reference TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'filled', 'failed')),
    problem TEXT,
    lot_id TEXT REFERENCES lot (lot_id),
    created_at_ms INTEGER NOT NULL,
    resolved_at_ms INTEGER,
    lease_until_ms INTEGER NOT NULL,
    UNIQUE (account_id, reference)
  ) STRICT;
  CREATE UNIQUE INDEX purchase_under_way ON purchase (account_id, instrument) WHERE state = 'pending';
  CREATE INDEX purchase_by_lease ON purchase (lease_until_ms, purchase_number) WHERE state = 'pending';
  CREATE INDEX purchase_by_account ON purchase (account_id, purchase_number);

  CREATE TABLE auto_reload (
    account_id TEXT PRIMARY KEY REFERENCES account (account_id),
    enabled INTEGER NOT NULL,
    amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
    below_micros INTEGER NOT NULL CHECK (below_micros >= 0),
    monthly_limit_micros INTEGER NOT NULL CHECK (monthly_limit_micros > 0),
    paused_until_ms INTEGER,
    updated_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE auto_reload_grant (
    account_id TEXT PRIMARY KEY REFERENCES account (account_id),
    amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
    monthly_limit_micros INTEGER NOT NULL CHECK (monthly_limit_micros > 0)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE reload (
    reload_number INTEGER PRIMARY KEY,
    reload_id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (account_id),
    amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
    state TEXT NOT NULL CHECK (state IN ('pending', 'paid', 'declined')),
    payment TEXT,
    problem TEXT,
    created_at_ms INTEGER NOT NULL,
    resolved_at_ms INTEGER,
    lease_until_ms INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX reload_under_way ON reload (account_id) WHERE state = 'pending';
  CREATE INDEX reload_by_lease ON reload (lease_until_ms, reload_number) WHERE state = 'pending';
  CREATE INDEX reload_by_account ON reload (account_id, reload_number);
`;

const NOTES = `
  CREATE TABLE note (
    name TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * The one row of `last_record` is changed by whoever writes records, and so locked until that is seen by all. A version ends
 * when a newer one has taken effect.
 */
const RECORDS = `
  CREATE TABLE last_record (
    one INTEGER NOT NULL UNIQUE CHECK (one = 1),
    seq INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE record (
    seq INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    document TEXT NOT NULL,
    author TEXT,
    effective_at_ms INTEGER NOT NULL,
    ends_at_ms INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (name, version)
  ) STRICT;
  CREATE INDEX record_by_end ON record (ends_at_ms);
  CREATE INDEX record_by_name ON record (name, ends_at_ms);
`;

/** One entry per version. */
export const STEPS: readonly string[] = [[ACCOUNTS, BALANCES, HOLDS, CREDITS, NOTES].join("\n"), RECORDS];

/** What is written once and never again: engines refuse to change or delete a row. */
export const JOURNALS = ["movement", "credit_movement"] as const;

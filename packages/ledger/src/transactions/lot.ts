/** Depositing lots. */

import { NEVER_MS } from "../bounds.ts";
import { LedgerError } from "../ledger-error.ts";
import type { DepositCommand, Lot } from "../lot.ts";
import { findAccount } from "./account.ts";
import { writeEntries } from "./journal.ts";
import { present, rowOf, type Transaction } from "./statement.ts";

type LotRow = {
  lot_id: string;
  account_id: string;
  instrument: string;
  tokens: number;
  cost_micros: number;
  created_at_ms: number;
  expires_at_ms: number;
  reference: string | null;
};

const COLUMNS = "lot_id, account_id, instrument, tokens, cost_micros, created_at_ms, expires_at_ms, reference";

export function* deposit(command: DepositCommand, nowMs: number): Transaction<Lot> {
  yield* findAccount(command.accountId);
  const first = yield* findByReference(command);
  if (first) return readLot(requireSame(first, command));
  if (command.expiresAtMs <= nowMs) throw new LedgerError("bad-input", "expiresAtMs of a deposit must lie ahead");
  const lot = yield* insertLot(command, nowMs);
  yield* addToBalance(command);
  yield* writeEntries({
    ...command,
    movement: "deposit",
    reference: command.lotId,
    atMs: nowMs,
    entries: [
      { book: "deposited", tokens: -command.tokens },
      { book: "available", tokens: command.tokens },
    ],
  });
  return readLot(lot);
}

function* findByReference({ accountId, reference }: DepositCommand): Transaction<LotRow | undefined> {
  if (reference === null) return undefined;
  return yield* rowOf<LotRow>(
    `SELECT ${COLUMNS} FROM lot WHERE account_id = $1 AND reference = $2`,
    accountId,
    reference,
  );
}

function* insertLot(command: DepositCommand, nowMs: number): Transaction<LotRow> {
  const row = yield* rowOf<LotRow>(
    `INSERT INTO lot (lot_id, account_id, instrument, tokens, remaining, cost_micros, created_at_ms, expires_at_ms, reference)
     VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8) RETURNING ${COLUMNS}`,
    command.lotId,
    command.accountId,
    command.instrument,
    command.tokens,
    command.costMicros,
    nowMs,
    command.expiresAtMs,
    command.reference,
  );
  return row as LotRow;
}

function* addToBalance(command: DepositCommand): Transaction<void> {
  const row = yield* rowOf(
    `INSERT INTO balance (account_id, instrument, deposited, available, held, used, lapsed, next_expiry_ms)
     VALUES ($1, $2, $3, $3, 0, 0, 0, $4)
     ON CONFLICT (account_id, instrument) DO UPDATE SET
       deposited = balance.deposited + excluded.deposited,
       available = balance.available + excluded.available,
       next_expiry_ms = CASE WHEN excluded.next_expiry_ms < balance.next_expiry_ms
         THEN excluded.next_expiry_ms ELSE balance.next_expiry_ms END
     WHERE balance.deposited <= $5 - excluded.deposited
     RETURNING deposited`,
    command.accountId,
    command.instrument,
    command.tokens,
    command.expiresAtMs,
    Number.MAX_SAFE_INTEGER,
  );
  if (row === undefined) throw new LedgerError("bad-input", "all deposits of a balance must stay below 2^53 tokens");
}

function requireSame(first: LotRow, command: DepositCommand): LotRow {
  const same =
    first.instrument === command.instrument &&
    first.tokens === command.tokens &&
    first.cost_micros === command.costMicros &&
    first.expires_at_ms === command.expiresAtMs;
  if (same) return first;
  throw new LedgerError("conflict", `reference ${command.reference} was used for another deposit`);
}

function readLot(row: LotRow): Lot {
  return present({
    id: row.lot_id,
    accountId: row.account_id,
    instrument: row.instrument,
    tokens: row.tokens,
    costMicros: row.cost_micros,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms === NEVER_MS ? null : row.expires_at_ms,
    reference: row.reference,
  });
}

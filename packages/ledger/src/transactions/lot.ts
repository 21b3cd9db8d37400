/** Depositing lots, drawing from them, and letting them lapse. */

import { NEVER_MS } from "../bounds.ts";
import { LedgerError } from "../ledger-error.ts";
import { type DepositCommand, type Lot, proratedCost } from "../lot.ts";
import type { Draw } from "../settlement.ts";
import { findAccount } from "./account.ts";
import { type Place, post, writeEntries } from "./journal.ts";
import { present, rowOf, rowsOf, type Transaction } from "./statement.ts";

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

/** What drawing and lapsing need of a lot. */
type Stock = { lot_id: string; tokens: number; cost_micros: number; remaining: number };

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

/**
 * Draws tokens from the lots of a place: the one that expires first, then the oldest. The caller has made sure that they
 * hold as many.
 */
export function* drawLots(place: Place, requestId: string, tokens: number): Transaction<Draw[]> {
  const stocks = yield* rowsOf<Stock & { before: number }>(
    `SELECT lot_id, tokens, cost_micros, remaining, before FROM (
       SELECT lot_id, lot_number, expires_at_ms, tokens, cost_micros, remaining, CAST(
         SUM(remaining) OVER (ORDER BY expires_at_ms, lot_number) - remaining AS BIGINT) AS before
       FROM lot WHERE account_id = $1 AND instrument = $2 AND remaining > 0
     ) AS stock WHERE before < $3 ORDER BY expires_at_ms, lot_number`,
    place.accountId,
    place.instrument,
    tokens,
  );
  const draws: Draw[] = [];
  for (const stock of stocks) {
    const drawn = Math.min(stock.remaining, tokens - stock.before);
    const costMicros = yield* takeFrom(stock, drawn);
    yield* insertDraw(requestId, draws.push({ lotId: stock.lot_id, tokens: drawn, costMicros }), draws.at(-1) as Draw);
  }
  return draws;
}

/**
 * Lets what is left of lots past their expiry lapse, but for what open holds rely on: holds stand on the lots that would
 * be drawn first, so those stay until the holds are resolved, and lapse then.
 */
export function* lapseLots(place: Place, held: number, nowMs: number): Transaction<void> {
  const stocks = yield* rowsOf<Stock>(
    `SELECT lot_id, tokens, cost_micros, remaining FROM lot
     WHERE account_id = $1 AND instrument = $2 AND remaining > 0 AND expires_at_ms <= $3
     ORDER BY expires_at_ms, lot_number`,
    place.accountId,
    place.instrument,
    nowMs,
  );
  let relied = held;
  for (const stock of stocks) {
    const kept = Math.min(relied, stock.remaining);
    relied -= kept;
    if (kept < stock.remaining) yield* lapse(place, stock, stock.remaining - kept, nowMs);
  }
  yield* rowOf(
    `UPDATE balance SET next_expiry_ms = COALESCE((
       SELECT MIN(expires_at_ms) FROM lot WHERE account_id = $1 AND instrument = $2 AND remaining > 0), $3)
     WHERE account_id = $1 AND instrument = $2`,
    place.accountId,
    place.instrument,
    NEVER_MS,
  );
}

function* lapse(place: Place, stock: Stock, tokens: number, nowMs: number): Transaction<void> {
  yield* takeFrom(stock, tokens);
  yield* post({
    accountId: place.accountId,
    instrument: place.instrument,
    movement: "lapse",
    reference: stock.lot_id,
    atMs: nowMs,
    entries: [
      { book: "available", tokens: -tokens },
      { book: "lapsed", tokens },
    ],
  });
}

/** Takes tokens out of a lot; gives their share of its cost. */
function* takeFrom(stock: Stock, tokens: number): Transaction<number> {
  yield* rowOf("UPDATE lot SET remaining = remaining - $2 WHERE lot_id = $1", stock.lot_id, tokens);
  const lot = { tokens: stock.tokens, costMicros: stock.cost_micros };
  return proratedCost(lot, stock.tokens - stock.remaining, tokens);
}

function* insertDraw(requestId: string, drawNumber: number, draw: Draw): Transaction<void> {
  yield* rowOf(
    "INSERT INTO draw (request_id, draw_number, lot_id, tokens, cost_micros) VALUES ($1, $2, $3, $4, $5)",
    requestId,
    drawNumber,
    draw.lotId,
    draw.tokens,
    draw.costMicros,
  );
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
    first.cost_micros === command.costMicros;
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

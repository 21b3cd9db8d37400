/** Auto-buy: its settings, and the purchases that it begins. */

import { LedgerError } from "../ledger-error.ts";
import {
  type AutoBuy,
  type AutoBuyCommand,
  type AutoPurchaseCommand,
  type AutoPurchaseOutcome,
  costOf,
  type Purchase,
} from "../purchase.ts";
import { findAccount, requireOpen } from "./account.ts";
import { balanceAt, type Place } from "./place.ts";
import { PURCHASE_COLUMNS, type PurchaseRow, readPurchase } from "./purchase.ts";
import { lockedRowOf, present, rowOf, rowsOf, type Transaction } from "./statement.ts";

type AutoBuyRow = {
  instrument: string;
  enabled: number;
  tokens: number;
  below_tokens: number;
  price_micros_max: number | null;
  updated_at_ms: number;
};

const COLUMNS = "instrument, enabled, tokens, below_tokens, price_micros_max, updated_at_ms";

/**
 * Whoever begins keeps the setting's row until the commit, so that of two who begin at once the second sees what the first
 * has begun, and what was filled before sees it in the balance.
 */
export function* beginPurchase(command: AutoPurchaseCommand, nowMs: number): Transaction<AutoPurchaseOutcome> {
  const account = yield* findAccount(command.accountId);
  const row = yield* lockSetting(command);
  const pending = yield* findPending(command);
  if (pending !== undefined) return { kind: "under-way", purchase: pending };
  if (row === undefined || row.enabled === 0 || account.closed_at_ms !== null) return { kind: "off" };
  const { available, deposited } = yield* balanceAt(command, nowMs);
  if (isEnough(available, row, command)) return { kind: "enough" };
  const { priceMicrosPerUnit } = command;
  const max = row.price_micros_max;
  if (max !== null && priceMicrosPerUnit > max) {
    return { kind: "price-too-high", priceMicrosPerUnit, priceMicrosPerUnitMax: max };
  }
  const tokens = Math.max(row.tokens, command.neededTokens);
  requireRoom(deposited, tokens);
  return { kind: "begun", purchase: yield* insertPending(command, tokens, nowMs) };
}

/** Whoever could not get tokens may get them now; nobody else buys before the balance is low. */
function isEnough(available: number, row: AutoBuyRow, { neededTokens }: AutoPurchaseCommand): boolean {
  return available >= (neededTokens === 0 ? row.below_tokens : neededTokens);
}

/** What could never be filled is not begun. */
function requireRoom(deposited: number, tokens: number): void {
  if (deposited <= Number.MAX_SAFE_INTEGER - tokens) return;
  throw new LedgerError("bad-input", "all deposits of a balance must stay below 2^53 tokens");
}

export function* putAutoBuy(command: AutoBuyCommand, nowMs: number): Transaction<AutoBuy> {
  requireOpen(yield* findAccount(command.accountId));
  const row = yield* rowOf<AutoBuyRow>(
    `INSERT INTO auto_buy (account_id, instrument, enabled, tokens, below_tokens, price_micros_max, updated_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (account_id, instrument) DO UPDATE SET
       enabled = excluded.enabled, tokens = excluded.tokens, below_tokens = excluded.below_tokens,
       price_micros_max = excluded.price_micros_max, updated_at_ms = excluded.updated_at_ms
     RETURNING ${COLUMNS}`,
    command.accountId,
    command.instrument,
    command.enabled ? 1 : 0,
    command.tokens,
    command.belowTokens,
    command.priceMicrosPerUnitMax,
    nowMs,
  );
  return readAutoBuy(row as AutoBuyRow);
}

/** Tells whether there was one. What it has begun goes on. */
export function* deleteAutoBuy({ accountId, instrument }: Place): Transaction<boolean> {
  yield* findAccount(accountId);
  const row = yield* rowOf(
    "DELETE FROM auto_buy WHERE account_id = $1 AND instrument = $2 RETURNING instrument",
    accountId,
    instrument,
  );
  return row !== undefined;
}

export function* listAutoBuys({ accountId }: { accountId: string }): Transaction<AutoBuy[]> {
  yield* findAccount(accountId);
  const rows = yield* rowsOf<AutoBuyRow>(
    `SELECT ${COLUMNS} FROM auto_buy WHERE account_id = $1 ORDER BY instrument`,
    accountId,
  );
  return rows.map(readAutoBuy);
}

function* lockSetting({ accountId, instrument }: Place): Transaction<AutoBuyRow | undefined> {
  return yield* lockedRowOf<AutoBuyRow>(
    `SELECT ${COLUMNS} FROM auto_buy WHERE account_id = $1 AND instrument = $2`,
    accountId,
    instrument,
  );
}

function* findPending({ accountId, instrument }: Place): Transaction<Purchase | undefined> {
  const row = yield* rowOf<PurchaseRow>(
    `SELECT ${PURCHASE_COLUMNS} FROM purchase WHERE account_id = $1 AND instrument = $2 AND state = 'pending'`,
    accountId,
    instrument,
  );
  return row && readPurchase(row);
}

function* insertPending(command: AutoPurchaseCommand, tokens: number, nowMs: number): Transaction<Purchase> {
  const row = yield* rowOf<PurchaseRow>(
    `INSERT INTO purchase (purchase_id, account_id, instrument, tokens, cost_micros, price_micros, automatic,
       state, created_at_ms, lease_until_ms)
     VALUES ($1, $2, $3, $4, $5, $6, 1, 'pending', $7, $8) RETURNING ${PURCHASE_COLUMNS}`,
    command.purchaseId,
    command.accountId,
    command.instrument,
    tokens,
    costOf(tokens, command.priceMicrosPerUnit),
    command.priceMicrosPerUnit,
    nowMs,
    command.leaseUntilMs,
  );
  return readPurchase(row as PurchaseRow);
}

function readAutoBuy(row: AutoBuyRow): AutoBuy {
  return present({
    instrument: row.instrument,
    enabled: row.enabled === 1,
    tokens: row.tokens,
    belowTokens: row.below_tokens,
    priceMicrosPerUnitMax: row.price_micros_max,
    updatedAtMs: row.updated_at_ms,
  });
}

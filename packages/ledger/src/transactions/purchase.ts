/** Purchases: credits become a lot, at once or after a while. */

import { NEVER_MS } from "../bounds.ts";
import type { Renewal, TakeOver } from "../lease.ts";
import { LedgerError } from "../ledger-error.ts";
import type { Page, PageCommand } from "../page.ts";
import type { BuyCommand, FillOutcome, Purchase, PurchaseIds, PurchaseOutcome, PurchaseState } from "../purchase.ts";
import { findAccount, requireOpen } from "./account.ts";
import { readCredits, spendCredits } from "./credit.ts";
import { type Leased, renewLeases, takeOverLeases } from "./lease.ts";
import { readPage } from "./page.ts";
import { ofPlace, putLot } from "./place.ts";
import { lockedRowOf, present, rowOf, type Transaction } from "./statement.ts";

export type PurchaseRow = {
  purchase_number: number;
  purchase_id: string;
  account_id: string;
  instrument: string;
  tokens: number;
  cost_micros: number;
  price_micros: number;
  automatic: number;
  reference: string | null;
  state: PurchaseState;
  problem: string | null;
  lot_id: string | null;
  created_at_ms: number;
  resolved_at_ms: number | null;
};

export const PURCHASE_COLUMNS = `purchase_number, purchase_id, account_id, instrument, tokens, cost_micros, price_micros,
  automatic, reference, state, problem, lot_id, created_at_ms, resolved_at_ms`;

export function* buy(command: BuyCommand, nowMs: number): Transaction<PurchaseOutcome> {
  const account = yield* findAccount(command.accountId);
  const first = yield* findByReference(command);
  if (first) return { kind: "filled", purchase: readPurchase(requireSame(first, command)) };
  requireOpen(account);
  if (!(yield* spendCredits(command, nowMs))) return yield* creditsTooLow(command);
  yield* putPurchased(command, nowMs);
  const row = yield* rowOf<PurchaseRow>(
    `INSERT INTO purchase (purchase_id, account_id, instrument, tokens, cost_micros, price_micros, automatic, reference,
       state, lot_id, created_at_ms, resolved_at_ms, lease_until_ms)
     VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 'filled', $8, $9, $9, $9) RETURNING ${PURCHASE_COLUMNS}`,
    command.purchaseId,
    command.accountId,
    command.instrument,
    command.tokens,
    command.costMicros,
    command.priceMicrosPerUnit,
    command.reference,
    command.lotId,
    nowMs,
  );
  return { kind: "filled", purchase: readPurchase(row as PurchaseRow) };
}

export function* fillPurchase({ purchaseId, lotId }: PurchaseIds, nowMs: number): Transaction<FillOutcome> {
  const row = yield* lockPurchase(purchaseId);
  if (row === undefined) return { kind: "unknown" };
  const purchase = readPurchase(row);
  if (purchase.state !== "pending") return { kind: "resolved", purchase };
  const { closed_at_ms } = yield* findAccount(purchase.accountId);
  if (closed_at_ms !== null) {
    const end = { state: "failed", problem: "the account is closed", lotId: null } as const;
    return { kind: "resolved", purchase: yield* resolve(purchaseId, end, nowMs) };
  }
  const bought = { ...purchase, purchaseId, lotId };
  if (!(yield* spendCredits(bought, nowMs))) return yield* creditsTooLow(bought);
  yield* putPurchased(bought, nowMs);
  const end = { state: "filled", problem: null, lotId } as const;
  return { kind: "filled", purchase: yield* resolve(purchaseId, end, nowMs) };
}

/** One that was resolved before stays as it is. */
export function* failPurchase(
  { purchaseId, problem }: { purchaseId: string; problem: string },
  nowMs: number,
): Transaction<Purchase | undefined> {
  const row = yield* lockPurchase(purchaseId);
  if (row === undefined || row.state !== "pending") return row && readPurchase(row);
  return yield* resolve(purchaseId, { state: "failed", problem, lotId: null }, nowMs);
}

export function* takeOverPurchases(taking: TakeOver, nowMs: number): Transaction<Purchase[]> {
  return yield* takeOverLeases(LEASED, taking, nowMs);
}

export function* renewPurchases(renewal: Renewal): Transaction<true> {
  return yield* renewLeases("purchase", renewal);
}

export function* seekPurchase({ purchaseId }: { purchaseId: string }): Transaction<Purchase | undefined> {
  const row = yield* rowOf<PurchaseRow>(`SELECT ${PURCHASE_COLUMNS} FROM purchase WHERE purchase_id = $1`, purchaseId);
  return row && readPurchase(row);
}

export function* listPurchases(
  command: PageCommand & { accountId: string; instrument: string | null },
): Transaction<Page<Purchase>> {
  yield* findAccount(command.accountId);
  const purchases = { list: "purchases", table: "purchase", columns: PURCHASE_COLUMNS, read: readPurchase } as const;
  const listing = { ...purchases, order: ["purchase_number"] as const, conditions: ofPlace(command) };
  return yield* readPage<PurchaseRow, Purchase>(listing, command);
}

type Bought = PurchaseIds & { accountId: string; instrument: string; tokens: number; costMicros: number };

function* putPurchased({ purchaseId, lotId, accountId, instrument, tokens, costMicros }: Bought, nowMs: number) {
  const lot = { lotId, accountId, instrument, tokens, costMicros, expiresAtMs: NEVER_MS, reference: purchaseId };
  yield* putLot(lot, nowMs);
}

function* creditsTooLow({ accountId, costMicros }: Bought): Transaction<PurchaseOutcome> {
  const { availableMicros } = yield* readCredits({ accountId });
  return { kind: "credits-too-low", availableMicros, neededMicros: costMicros };
}

function* lockPurchase(purchaseId: string): Transaction<PurchaseRow | undefined> {
  return yield* lockedRowOf<PurchaseRow>(`SELECT ${PURCHASE_COLUMNS} FROM purchase WHERE purchase_id = $1`, purchaseId);
}

type End = { state: "filled" | "failed"; problem: string | null; lotId: string | null };

function* resolve(purchaseId: string, { state, problem, lotId }: End, nowMs: number): Transaction<Purchase> {
  const row = yield* rowOf<PurchaseRow>(
    `UPDATE purchase SET state = $2, problem = $3, lot_id = $4, resolved_at_ms = $5
     WHERE purchase_id = $1 RETURNING ${PURCHASE_COLUMNS}`,
    purchaseId,
    state,
    problem,
    lotId,
    nowMs,
  );
  return readPurchase(row as PurchaseRow);
}

function* findByReference({ accountId, reference }: BuyCommand): Transaction<PurchaseRow | undefined> {
  if (reference === null) return undefined;
  return yield* rowOf<PurchaseRow>(
    `SELECT ${PURCHASE_COLUMNS} FROM purchase WHERE account_id = $1 AND reference = $2`,
    accountId,
    reference,
  );
}

function requireSame(first: PurchaseRow, command: BuyCommand): PurchaseRow {
  // The price is the market's and may have changed since.
  if (first.instrument === command.instrument && first.tokens === command.tokens) return first;
  throw new LedgerError("conflict", `reference ${command.reference} was used for another purchase`);
}

export function readPurchase(row: PurchaseRow): Purchase {
  return present({
    id: row.purchase_id,
    accountId: row.account_id,
    instrument: row.instrument,
    tokens: row.tokens,
    costMicros: row.cost_micros,
    priceMicrosPerUnit: row.price_micros,
    automatic: row.automatic === 1,
    state: row.state,
    problem: row.problem,
    lotId: row.lot_id,
    reference: row.reference,
    createdAtMs: row.created_at_ms,
    resolvedAtMs: row.resolved_at_ms,
  });
}

const LEASED: Leased<PurchaseRow, Purchase> = {
  table: "purchase",
  columns: PURCHASE_COLUMNS,
  number: (row) => row.purchase_number,
  read: readPurchase,
};

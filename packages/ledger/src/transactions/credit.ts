/** Credits: deposits, the journal in micro-dollars, and the balance kept beside it. */

import type { CreditBalance, CreditCommand, CreditDeposit } from "../credit.ts";
import { LedgerError } from "../ledger-error.ts";
import { findAccount, requireOpen } from "./account.ts";
import { present, rowOf, type Transaction } from "./statement.ts";

type DepositRow = {
  deposit_id: string;
  account_id: string;
  amount_micros: number;
  source: CreditDeposit["source"];
  reference: string | null;
  created_at_ms: number;
};

const COLUMNS = "deposit_id, account_id, amount_micros, source, reference, created_at_ms";

export function* depositCredits(command: CreditCommand, nowMs: number): Transaction<CreditDeposit> {
  const account = yield* findAccount(command.accountId);
  const first = yield* findByReference(command);
  if (first) return readDeposit(requireSame(first, command));
  requireOpen(account);
  return yield* addCredits(command, "deposit", nowMs);
}

export function* readCredits({ accountId }: { accountId: string }): Transaction<CreditBalance> {
  const row = yield* rowOf<CreditBalance>(
    `SELECT deposited AS "depositedMicros", available AS "availableMicros", spent AS "spentMicros"
     FROM credit_balance WHERE account_id = $1`,
    accountId,
  );
  if (row !== undefined) return { ...row };
  yield* findAccount(accountId);
  return { depositedMicros: 0, availableMicros: 0, spentMicros: 0 };
}

/** Puts new credits into the account: deposit, balance and movement. */
export function* addCredits(
  command: CreditCommand,
  source: CreditDeposit["source"],
  nowMs: number,
): Transaction<CreditDeposit> {
  const { depositId, accountId, amountMicros, reference } = command;
  yield* addToBalance(accountId, amountMicros);
  yield* rowOf(
    `INSERT INTO credit_deposit (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)`,
    depositId,
    accountId,
    amountMicros,
    source,
    reference,
    nowMs,
  );
  yield* writeCreditMovement({
    movement: source,
    reference: depositId,
    accountId,
    amounts: { deposited: -amountMicros, available: amountMicros, spent: 0 },
    atMs: nowMs,
  });
  return present({ id: depositId, accountId, amountMicros, source, reference, createdAtMs: nowMs });
}

/** Spends credits on a purchase if there are enough; tells whether there were. */
export function* spendCredits(
  { accountId, purchaseId, costMicros }: { accountId: string; purchaseId: string; costMicros: number },
  nowMs: number,
): Transaction<boolean> {
  if (costMicros === 0) return true;
  const row = yield* rowOf(
    `UPDATE credit_balance SET available = available - $2, spent = spent + $2
     WHERE account_id = $1 AND available >= $2 RETURNING available`,
    accountId,
    costMicros,
  );
  if (row === undefined) return false;
  yield* writeCreditMovement({
    movement: "purchase",
    reference: purchaseId,
    accountId,
    amounts: { deposited: 0, available: -costMicros, spent: costMicros },
    atMs: nowMs,
  });
  return true;
}

/** Its reference is the deposit's id, or the purchase's. */
type CreditMovement = {
  movement: CreditDeposit["source"] | "purchase";
  reference: string;
  accountId: string;
  amounts: { deposited: number; available: number; spent: number };
  atMs: number;
};

function* writeCreditMovement({ movement, reference, accountId, amounts, atMs }: CreditMovement): Transaction<void> {
  yield* rowOf(
    `INSERT INTO credit_movement (movement, reference, account_id, deposited, available, spent, at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    movement,
    reference,
    accountId,
    amounts.deposited,
    amounts.available,
    amounts.spent,
    atMs,
  );
}

function* addToBalance(accountId: string, amountMicros: number): Transaction<void> {
  const row = yield* rowOf(
    `INSERT INTO credit_balance (account_id, deposited, available, spent) VALUES ($1, $2, $2, 0)
     ON CONFLICT (account_id) DO UPDATE SET
       deposited = credit_balance.deposited + excluded.deposited,
       available = credit_balance.available + excluded.available
     WHERE credit_balance.deposited <= $3 - excluded.deposited
     RETURNING deposited`,
    accountId,
    amountMicros,
    Number.MAX_SAFE_INTEGER,
  );
  if (row === undefined) throw noRoom();
}

/** Throws when so much more would be more than an account can have. */
export function requireRoom(depositedMicros: number, amountMicros: number): void {
  if (depositedMicros > Number.MAX_SAFE_INTEGER - amountMicros) throw noRoom();
}

function noRoom(): LedgerError {
  return new LedgerError("bad-input", "all credits of an account must stay below 2^53 micro-dollars");
}

function* findByReference({ accountId, reference }: CreditCommand): Transaction<DepositRow | undefined> {
  if (reference === null) return undefined;
  return yield* rowOf<DepositRow>(
    `SELECT ${COLUMNS} FROM credit_deposit WHERE account_id = $1 AND reference = $2`,
    accountId,
    reference,
  );
}

function requireSame(first: DepositRow, { amountMicros, reference }: CreditCommand): DepositRow {
  if (first.amount_micros === amountMicros && first.source === "deposit") return first;
  throw new LedgerError("conflict", `reference ${reference} was used for another deposit`);
}

function readDeposit(row: DepositRow): CreditDeposit {
  return present({
    id: row.deposit_id,
    accountId: row.account_id,
    amountMicros: row.amount_micros,
    source: row.source,
    reference: row.reference,
    createdAtMs: row.created_at_ms,
  });
}

/** Prepaid balances: accounts, keys, lots, holds and what resolves them. */

export type { Account, AccountOpening } from "./account.ts";
export type { Balance } from "./balance.ts";
export type { Book, Entry, Movement } from "./entry.ts";
export type {
  Hold,
  HoldOutcome,
  HoldRequest,
  HoldState,
  Idempotency,
  RedeemOutcome,
  ReleaseOutcome,
  Repeated,
} from "./hold.ts";
export type { CreatedKey, Key, KeyCreation, KeyRefusal, KeyRole, Random } from "./key.ts";
export type { Ledger } from "./ledger.ts";
export { LedgerError, type LedgerErrorCode, LedgerUnavailable } from "./ledger-error.ts";
export type { Deposit, Lot } from "./lot.ts";
export { type LedgerOptions, openLedger } from "./open-ledger.ts";
export type { Receipt, ReceiptStatus } from "./receipt.ts";
export type { Draw, Settlement, SettlementRequest, SettleOutcome } from "./settlement.ts";
export type { Discrepancy, Totals } from "./totals.ts";

/** Prepaid balances: accounts, keys, lots, credits, purchases, holds and what resolves them. */

export type { Account, AccountChange, AccountOpening } from "./account.ts";
export type { AccountStatement, CreditStatement, InstrumentStatement, Movement } from "./account-statement.ts";
export type { Balance } from "./balance.ts";
export type { CreditBalance, CreditDeposit, CreditDepositing } from "./credit.ts";
export type {
  Hold,
  HoldOutcome,
  HoldRequest,
  HoldState,
  Idempotency,
  RedeemOutcome,
  ReleaseOutcome,
  Repeated,
  RunningMax,
} from "./hold.ts";
export type {
  Bearer,
  CreatedKey,
  Key,
  KeyChange,
  KeyCreation,
  KeyRefusal,
  KeyRole,
  Random,
  RotateRefusal,
} from "./key.ts";
export type { Ledger } from "./ledger.ts";
export { LedgerError, type LedgerErrorCode, LedgerUnavailable } from "./ledger-error.ts";
export type { Limits } from "./limits.ts";
export type { Deposit, Lot } from "./lot.ts";
export type { Amounts, Book, MovementKind } from "./movement.ts";
export { type DatabaseOptions, type FileOptions, type LedgerOptions, openLedger } from "./open-ledger.ts";
export type { Page, PageRequest, Period } from "./page.ts";
export {
  type AutoBuy,
  type AutoBuySetting,
  type AutoPurchaseOutcome,
  type AutoPurchaseRequest,
  costOf,
  type FillOutcome,
  type Purchase,
  type PurchaseOutcome,
  type PurchaseRequest,
  type PurchaseState,
  TOKENS_PER_UNIT,
} from "./purchase.ts";
export type { Receipt, ReceiptStatus } from "./receipt.ts";
export type { RecordOutcome, RecordPut, StoredRecord } from "./record.ts";
export type {
  AutoReload,
  AutoReloadGrant,
  AutoReloadSetting,
  GrantedOutcome,
  Reload,
  ReloadOutcome,
  ReloadRequest,
  ReloadResolution,
  ReloadState,
} from "./reload.ts";
export type { Draw, Settlement, SettlementRequest, SettleOutcome } from "./settlement.ts";
export type { Discrepancy, Totals } from "./totals.ts";
export type { UsageFilter, UsageGrouping, UsageSum } from "./usage.ts";

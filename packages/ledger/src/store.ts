/** The port between the ledger and the engine that keeps it: typed commands in, outcomes out, each change durable when its promise resolves. */

import type { AccountCommands } from "./account.ts";
import type { StatementCommands } from "./account-statement.ts";
import type { Balance } from "./balance.ts";
import type { CreditCommands } from "./credit.ts";
import type {
  HoldCommand,
  HoldOutcome,
  RedeemCommand,
  RedeemOutcome,
  ReleaseCommand,
  ReleaseOutcome,
  RenewCommand,
} from "./hold.ts";
import type { KeyCommands } from "./key.ts";
import type { DepositCommand, Lot } from "./lot.ts";
import type { NoteCommands } from "./note.ts";
import type { Page, PageCommand } from "./page.ts";
import type { PurchaseCommands } from "./purchase.ts";
import type { RecordCommands } from "./record.ts";
import type { ReloadCommands } from "./reload.ts";
import type { SettleCommand, SettleOutcome } from "./settlement.ts";
import type { Discrepancy, Totals } from "./totals.ts";
import type { UsageCommands } from "./usage.ts";

/** Every command: what goes in and what comes out. An engine answers all of them. */
export type Commands = AccountCommands &
  KeyCommands &
  BalanceCommands &
  UsageCommands &
  StatementCommands &
  CreditCommands &
  ReloadCommands &
  PurchaseCommands &
  NoteCommands &
  RecordCommands &
  CheckCommands;

type BalanceCommands = {
  deposit: { input: DepositCommand; outcome: Lot };
  balance: { input: { accountId: string; instrument: string }; outcome: Balance };
  balances: { input: { accountId: string }; outcome: Balance[] };
  hold: { input: HoldCommand; outcome: HoldOutcome };
  redeem: { input: RedeemCommand; outcome: RedeemOutcome };
  /** The ids of those that were still open. */
  renew: { input: RenewCommand; outcome: string[] };
  settle: { input: SettleCommand; outcome: SettleOutcome };
  release: { input: ReleaseCommand; outcome: ReleaseOutcome };
  /** Ends at most `limit` holds; gives how many it ended. */
  expire: { input: { limit: number }; outcome: number };
  "list-lots": { input: PageCommand & { accountId: string; instrument: string | null }; outcome: Page<Lot> };
};

type CheckCommands = {
  ping: { input: Record<string, never>; outcome: true };
  totals: { input: Record<string, never>; outcome: Totals };
  audit: { input: Record<string, never>; outcome: Discrepancy[] };
};

export type CommandKind = keyof Commands;

export type Store = {
  /** Rejects with `LedgerError` when the command is wrong, with `LedgerUnavailable` when the engine is locked, has failed or is closed. */
  submit<K extends CommandKind>(kind: K, input: Commands[K]["input"], nowMs: number): Promise<Commands[K]["outcome"]>;
  /** Absent where this process makes all changes. */
  watch?: Watch;
  /** Waits for all that was submitted. */
  close(): Promise<void>;
};

/** What another process may have changed about a key, or about an account and all of its keys. */
export type Change = { subject: "key" | "account"; subjectId: string };

/** Hears of changes that any process makes, within a second. */
export type Watch = {
  /**
   * A number that stays the same for as long as no change can have gone unheard; undefined while any may be. What was looked
   * up in one life is not to be believed in another.
   */
  life(): number | undefined;
  onChange(listener: (change: Change) => void): void;
  /** Also calls when it can hear again, and again and again while it cannot: a record may have been written unheard. */
  onRecords(listener: () => void): void;
};

/** Commands that change nothing and may take long: an engine that can keeps them out of the way of the others. */
export const LONG_READS: ReadonlySet<CommandKind> = new Set<CommandKind>([
  "list-accounts",
  "list-keys",
  "list-lots",
  "list-movements",
  "list-purchases",
  "list-receipts",
  "list-record-versions",
  "list-reloads",
  "records-in-effect",
  "statement",
  "summarize-usage",
  "totals",
  "audit",
]);

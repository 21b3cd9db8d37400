/** The port between the ledger and the engine that keeps it: typed commands in, outcomes out, each change durable when its promise resolves. */

import type { Account, AccountCommand } from "./account.ts";
import type { Balance } from "./balance.ts";
import type { HoldCommand, HoldOutcome, RedeemCommand, RedeemOutcome, ReleaseCommand, ReleaseOutcome } from "./hold.ts";
import type { Key, KeyCommand, StoredKey } from "./key.ts";
import type { DepositCommand, Lot } from "./lot.ts";
import type { Receipt } from "./receipt.ts";
import type { SettleCommand, SettleOutcome } from "./settlement.ts";
import type { Discrepancy, Totals } from "./totals.ts";

/** Every command: what goes in and what comes out. An engine answers all of them. */
export type Commands = {
  "open-account": { input: AccountCommand; outcome: Account };
  "create-key": { input: KeyCommand; outcome: Key };
  "find-key": { input: { publicId: string }; outcome: StoredKey | undefined };
  "revoke-key": { input: { publicId: string }; outcome: StoredKey | undefined };
  deposit: { input: DepositCommand; outcome: Lot };
  balance: { input: { accountId: string; instrument: string }; outcome: Balance };
  balances: { input: { accountId: string }; outcome: Balance[] };
  hold: { input: HoldCommand; outcome: HoldOutcome };
  redeem: { input: RedeemCommand; outcome: RedeemOutcome };
  settle: { input: SettleCommand; outcome: SettleOutcome };
  release: { input: ReleaseCommand; outcome: ReleaseOutcome };
  /** Ends at most `limit` holds; gives how many it ended. */
  expire: { input: { limit: number }; outcome: number };
  receipt: { input: { requestId: string }; outcome: Receipt | undefined };
  ping: { input: Record<string, never>; outcome: true };
  totals: { input: Record<string, never>; outcome: Totals };
  audit: { input: Record<string, never>; outcome: Discrepancy[] };
};

export type CommandKind = keyof Commands;

export type Store = {
  /** Rejects with `LedgerError` when the command is wrong, with `LedgerUnavailable` when the engine is locked, has failed or is closed. */
  submit<K extends CommandKind>(kind: K, input: Commands[K]["input"], nowMs: number): Promise<Commands[K]["outcome"]>;
  /** Waits for all that was submitted. */
  close(): Promise<void>;
};

/** The ledger as its callers see it. */

import type { Account, AccountOpening } from "./account.ts";
import type { Balance } from "./balance.ts";
import type { HoldOutcome, HoldRequest, RedeemCommand, RedeemOutcome, ReleaseCommand, ReleaseOutcome } from "./hold.ts";
import type { CreatedKey, Key, KeyCreation, KeyRefusal } from "./key.ts";
import type { Deposit, Lot } from "./lot.ts";
import type { Receipt } from "./receipt.ts";
import type { SettlementRequest, SettleOutcome } from "./settlement.ts";
import type { Discrepancy, Totals } from "./totals.ts";

/**
 * Prepaid balances. Amounts are whole tokens and whole micro-dollars, instants are milliseconds since 1970. What a call
 * changed is on disk before its promise resolves. Expected outcomes are values told apart by `kind`; a `LedgerError` is a
 * mistake of the caller, a `LedgerUnavailable` means that the store is locked by another process, has failed or is closed.
 */
export type Ledger = {
  /** Opens an account; with an id that exists it gives that account. */
  openAccount(opening: AccountOpening): Promise<Account>;

  /** Makes a key of an account. The secret is in this answer and nowhere else. */
  createKey(creation: KeyCreation): Promise<CreatedKey>;

  /** Takes a key out of force, in this process from this call on. Revoking again gives the first revocation. */
  revokeKey(publicId: string): Promise<Key | { kind: "key-unknown" }>;

  /** Judges what a caller presents: at once when the key has been seen in this process, else after a look in the store. */
  authenticate(presented: string): Key | KeyRefusal | Promise<Key | KeyRefusal>;

  /** Puts a lot into a balance; once per reference, which another deposit may not bear. */
  deposit(deposit: Deposit): Promise<Lot>;

  /** One balance, all zero when nothing was ever deposited. Lots past their expiry have lapsed before it is read. */
  balance(accountId: string, instrument: string): Promise<Balance>;

  /** Every balance of an account, by instrument. */
  balances(accountId: string): Promise<Balance[]>;

  /** Keeps tokens aside for a request, on disk before it resolves. */
  hold(request: HoldRequest): Promise<HoldOutcome>;

  /** Begins the second leg: of all who try, one gets `redeemed`. The hold then lives until `expiresAtMs`, never shorter than before. */
  redeem(redemption: RedeemCommand): Promise<RedeemOutcome>;

  /** Takes what was used, gives the rest back. */
  settle(request: SettlementRequest): Promise<SettleOutcome>;

  /** Gives the whole hold back. A second release gives the first's reason; one after another end changes nothing and says which. */
  release(release: ReleaseCommand): Promise<ReleaseOutcome>;

  /** Ends every hold whose life is over at `nowMs` and lets lots past their expiry lapse; gives the number of holds ended. */
  expire(nowMs: number): Promise<number>;

  /** Calls `expire` every `everyMs` by the ledger's clock without keeping the process alive. Gives what stops it. */
  startSweeper(options: { everyMs: number; onError?: (error: unknown) => void }): () => void;

  receipt(requestId: string): Promise<Receipt | undefined>;

  /** Resolves when the store answers, at the price of an answer. */
  ping(): Promise<void>;

  /** Sums over every entry, so not for the hot path. */
  totals(): Promise<Totals>;

  /** Derives every kept total from the journal again and lists what differs; reads everything, so not for the hot path. */
  audit(): Promise<Discrepancy[]>;

  /** Finishes what is under way, then closes the store. Calls after it are refused with `LedgerUnavailable`. */
  close(): Promise<void>;
};

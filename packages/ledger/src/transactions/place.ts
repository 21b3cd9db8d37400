/** What cold commands ask of a place: what is available there, and to put a lot into it. */

import type { Balance } from "../balance.ts";
import type { DepositCommand } from "../lot.ts";
import { HOT } from "./hot.ts";
import type { Condition } from "./page.ts";
import type { Transaction } from "./statement.ts";

/** One balance: an account's, in one instrument. */
export type Place = { accountId: string; instrument: string };

/** What asks of a table for the rows of one account, in one instrument or in all. */
export function ofPlace({ accountId, instrument }: { accountId: string; instrument: string | null }): Condition[] {
  return [
    ["account_id = ?", accountId],
    ["instrument = ?", instrument],
  ];
}

/** As it is now: lots past their expiry have lapsed. */
export function* balanceAt({ accountId, instrument }: Place, nowMs: number): Transaction<Balance> {
  return yield* HOT.balance({ accountId, instrument }, nowMs);
}

/** Deposits a lot: balance, lot and movement. */
export function* putLot(command: DepositCommand, nowMs: number): Transaction<void> {
  yield* HOT.deposit(command, nowMs);
}

/** What cold commands ask of a place: what is available there, and to put a lot into it. */

import type { DepositCommand } from "../lot.ts";
import { HOT } from "./hot.ts";
import type { Transaction } from "./statement.ts";

/** One balance: an account's, in one instrument. */
export type Place = { accountId: string; instrument: string };

/** What a new hold may take now; lots past their expiry have lapsed. */
export function* availableAt({ accountId, instrument }: Place, nowMs: number): Transaction<number> {
  return (yield* HOT.balance({ accountId, instrument }, nowMs)).available;
}

/** Deposits a lot: balance, lot and movement. */
export function* putLot(command: DepositCommand, nowMs: number): Transaction<void> {
  yield* HOT.deposit(command, nowMs);
}

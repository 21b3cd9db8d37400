/** The table of all transactions: what each command does, whatever the engine. */

import type { CommandKind, Commands } from "../store.ts";
import { openAccount } from "./account.ts";
import { readBalance, readBalances } from "./balance.ts";
import { expire } from "./expiry.ts";
import { redeem, release } from "./hold.ts";
import { takeHoldOnce } from "./idempotency.ts";
import { createKey, findKey, revokeKey } from "./key.ts";
import { deposit } from "./lot.ts";
import { readReceipt } from "./receipt.ts";
import { settle } from "./settlement.ts";
import type { Transaction } from "./statement.ts";
import { audit, ping, readTotals } from "./totals.ts";

export const TRANSACTIONS: {
  [K in CommandKind]: (input: Commands[K]["input"], nowMs: number) => Transaction<Commands[K]["outcome"]>;
} = {
  "open-account": openAccount,
  "create-key": createKey,
  "find-key": findKey,
  "revoke-key": revokeKey,
  deposit,
  balance: readBalance,
  balances: readBalances,
  hold: takeHoldOnce,
  redeem,
  settle,
  release,
  expire,
  receipt: readReceipt,
  ping,
  totals: readTotals,
  audit,
};

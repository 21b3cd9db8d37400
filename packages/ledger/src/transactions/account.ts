/** Opening an account. */

import type { Account, AccountCommand } from "../account.ts";
import { LedgerError } from "../ledger-error.ts";
import { rowOf, type Transaction } from "./statement.ts";

type AccountRow = { account_id: string; name: string; created_at_ms: number };

export function* openAccount(command: AccountCommand, nowMs: number): Transaction<Account> {
  yield* rowOf(
    "INSERT INTO account (account_id, name, created_at_ms) VALUES ($1, $2, $3) ON CONFLICT (account_id) DO NOTHING",
    command.accountId,
    command.name,
    nowMs,
  );
  const row = yield* findAccount(command.accountId);
  return { id: row.account_id, name: row.name, createdAtMs: row.created_at_ms };
}

/** Throws when there is no such account. */
export function* findAccount(accountId: string): Transaction<AccountRow> {
  const row = yield* rowOf<AccountRow>(
    "SELECT account_id, name, created_at_ms FROM account WHERE account_id = $1",
    accountId,
  );
  if (row === undefined) throw new LedgerError("unknown-account", `there is no account ${accountId}`);
  return row;
}

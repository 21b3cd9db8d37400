/** Accounts, as far as holds and deposits ask. */

import type { AccountRecord } from "../book/book.ts";
import type { Row, Statement } from "../statement.ts";
import { forEach, type Given } from "./given.ts";

export function findAccounts(accountIds: readonly Given[]): Statement[] {
  return forEach(
    accountIds,
    `SELECT account_id, closed_at_ms FROM json_each($1) AS given CROSS JOIN account
     WHERE account.account_id IS given.value ->> 0`,
  );
}

export function readAccount(row: Row): [accountId: string, account: AccountRecord] {
  return [row.account_id as string, { isClosed: row.closed_at_ms !== null }];
}

/** Opening, reading, changing and closing accounts. */

import type { Account, AccountChangeCommand, AccountCommand } from "../account.ts";
import { LedgerError } from "../ledger-error.ts";
import type { Page, PageCommand } from "../page.ts";
import { noteChange, setColumns } from "./change.ts";
import { LIMITS_COLUMNS, type LimitsRow, limitsColumns, limitsValues, readLimits } from "./limits.ts";
import { readPage } from "./page.ts";
import { present, rowOf, type Transaction } from "./statement.ts";

export type AccountRow = LimitsRow & {
  account_id: string;
  name: string;
  default_instrument: string | null;
  created_at_ms: number;
  closed_at_ms: number | null;
};

export const ACCOUNT_COLUMNS = [
  "account_id",
  "name",
  "default_instrument",
  ...LIMITS_COLUMNS,
  "created_at_ms",
  "closed_at_ms",
].join();

export function* openAccount(command: AccountCommand, nowMs: number): Transaction<Account> {
  yield* rowOf(
    `INSERT INTO account (account_id, name, default_instrument, created_at_ms, ${LIMITS_COLUMNS.join()})
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id) DO NOTHING`,
    command.accountId,
    command.name,
    command.defaultInstrument,
    nowMs,
    ...limitsValues(command.limits),
  );
  return readAccount(yield* findAccount(command.accountId));
}

export function* seekAccount({ accountId }: { accountId: string }): Transaction<Account | undefined> {
  const row = yield* seekRow(accountId);
  return row && readAccount(row);
}

export function* listAccounts(page: PageCommand): Transaction<Page<Account>> {
  const order = ["created_at_ms", "account_id"] as const;
  const accounts = { list: "accounts", table: "account", columns: ACCOUNT_COLUMNS, order, conditions: [] } as const;
  return yield* readPage<AccountRow, Account>({ ...accounts, read: readAccount }, page);
}

export function* changeAccount(command: AccountChangeCommand, nowMs: number): Transaction<Account | undefined> {
  const { accountId, name, defaultInstrument, limits } = command;
  const columns = {
    ...(name !== undefined && { name }),
    ...(defaultInstrument !== undefined && { default_instrument: defaultInstrument }),
    ...(limits !== undefined && limitsColumns(limits)),
  };
  yield* setColumns("account", accountId, columns, nowMs);
  return yield* seekAccount({ accountId });
}

export function* closeAccount({ accountId }: { accountId: string }, nowMs: number): Transaction<Account | undefined> {
  const closed = yield* rowOf<AccountRow>(
    `UPDATE account SET closed_at_ms = $2 WHERE account_id = $1 AND closed_at_ms IS NULL RETURNING ${ACCOUNT_COLUMNS}`,
    accountId,
    nowMs,
  );
  if (closed === undefined) return yield* seekAccount({ accountId });
  yield* noteChange("account", accountId, nowMs);
  return readAccount(closed);
}

/** Throws when there is no such account. */
export function* findAccount(accountId: string): Transaction<AccountRow> {
  const row = yield* seekRow(accountId);
  if (row === undefined) throw new LedgerError("unknown-account", `there is no account ${accountId}`);
  return row;
}

/** Throws when the account is closed. */
export function requireOpen(row: AccountRow): AccountRow {
  if (row.closed_at_ms === null) return row;
  throw new LedgerError("conflict", `account ${row.account_id} is closed`);
}

function* seekRow(accountId: string): Transaction<AccountRow | undefined> {
  return yield* rowOf<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account WHERE account_id = $1`, accountId);
}

export function readAccount(row: AccountRow): Account {
  return present({
    id: row.account_id,
    name: row.name,
    defaultInstrument: row.default_instrument,
    limits: readLimits(row),
    createdAtMs: row.created_at_ms,
    closedAtMs: row.closed_at_ms,
  });
}

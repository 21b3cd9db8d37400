/** Opening, reading, changing and closing accounts. */

import type { Account, AccountChangeCommand, AccountCommand } from "../account.ts";
import { LedgerError } from "../ledger-error.ts";
import type { Page, PageCommand } from "../page.ts";
import { noteChange } from "./change.ts";
import { LIMITS_COLUMNS, type LimitsRow, limitsOf, limitsValues, readLimits } from "./limits.ts";
import { conditionsOf, pageOf } from "./page.ts";
import { present, rowOf, rowsOf, type Transaction } from "./statement.ts";

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

export function* listAccounts({ limit, after }: PageCommand): Transaction<Page<Account>> {
  const { text, values } = conditionsOf([
    ["(created_at_ms, account_id) < (?, ?)", after?.[0] ?? null, after?.[1] ?? null],
  ]);
  const rows = yield* rowsOf<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM account WHERE ${text}
     ORDER BY created_at_ms DESC, account_id DESC LIMIT $${values.length + 1}`,
    ...values,
    limit + 1,
  );
  const keyOf = (row: AccountRow) => [row.created_at_ms, row.account_id];
  return pageOf(rows, { list: "accounts", limit, keyOf, read: readAccount });
}

export function* changeAccount(command: AccountChangeCommand, nowMs: number): Transaction<Account | undefined> {
  const row = yield* seekRow(command.accountId);
  if (row === undefined) return undefined;
  const { name = row.name, defaultInstrument = row.default_instrument, limits = limitsOf(row) } = command;
  const changed = yield* rowOf<AccountRow>(
    `UPDATE account SET name = $2, default_instrument = $3,
       requests_per_minute = $4, tokens_per_minute = $5, running_max = $6
     WHERE account_id = $1 RETURNING ${ACCOUNT_COLUMNS}`,
    command.accountId,
    name,
    defaultInstrument,
    ...limitsValues(limits),
  );
  yield* noteChange("account", command.accountId, nowMs);
  return changed && readAccount(changed);
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

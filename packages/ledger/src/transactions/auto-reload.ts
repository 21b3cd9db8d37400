/** Auto-reload: its setting, and the reloads that it begins. */

import {
  type AutoReload,
  type AutoReloadSetting,
  type GrantedOutcome,
  monthBeginMs,
  type Reload,
  type ReloadCommand,
  type ReloadOutcome,
} from "../reload.ts";
import { findAccount, requireOpen } from "./account.ts";
import { readCredits, requireRoom } from "./credit.ts";
import { RELOAD_COLUMNS, type ReloadRow, readReload } from "./reload.ts";
import { lockedRowOf, present, rowOf, type Transaction } from "./statement.ts";

type AutoReloadRow = {
  enabled: number;
  amount_micros: number;
  below_micros: number;
  monthly_limit_micros: number;
  paused_until_ms: number | null;
  updated_at_ms: number;
};

type GrantRow = { amount_micros: number; monthly_limit_micros: number };

const COLUMNS = "enabled, amount_micros, below_micros, monthly_limit_micros, paused_until_ms, updated_at_ms";

/** Whoever begins keeps the setting's row until the commit: of two who begin at once the second sees what the first has begun. */
export function* beginReload(command: ReloadCommand, nowMs: number): Transaction<ReloadOutcome> {
  const { accountId, neededMicros } = command;
  const account = yield* findAccount(accountId);
  const row = yield* lockedRowOf<AutoReloadRow>(`SELECT ${COLUMNS} FROM auto_reload WHERE account_id = $1`, accountId);
  const pending = yield* findPending(accountId);
  if (pending !== undefined) return { kind: "under-way", reload: pending };
  if (row === undefined || row.enabled === 0 || account.closed_at_ms !== null) return { kind: "off" };
  const { availableMicros, depositedMicros } = yield* readCredits({ accountId });
  if (availableMicros >= (neededMicros === 0 ? row.below_micros : neededMicros)) return { kind: "enough" };
  const untilMs = row.paused_until_ms;
  if (untilMs !== null && untilMs > nowMs) {
    return { kind: "paused", untilMs, problem: yield* lastProblem(accountId) };
  }
  const amountMicros = Math.max(row.amount_micros, neededMicros - availableMicros);
  requireRoom(depositedMicros, amountMicros);
  return yield* beginWithin(row.monthly_limit_micros, { ...command, amountMicros }, nowMs);
}

/** Begins a reload unless the month's would come to more than the limit. */
function* beginWithin(
  monthlyLimitMicros: number,
  command: ReloadCommand & { amountMicros: number },
  nowMs: number,
): Transaction<ReloadOutcome> {
  const reloadedThisMonthMicros = yield* reloadedThisMonth(command.accountId, nowMs);
  // Both are below 2^53; so is the difference, which their sum need not be.
  if (command.amountMicros > monthlyLimitMicros - reloadedThisMonthMicros) {
    return { kind: "limit-reached", monthlyLimitMicros, reloadedThisMonthMicros };
  }
  const row = yield* rowOf<ReloadRow>(
    `INSERT INTO reload (reload_id, account_id, amount_micros, state, created_at_ms, lease_until_ms)
     VALUES ($1, $2, $3, 'pending', $4, $5) RETURNING ${RELOAD_COLUMNS}`,
    command.reloadId,
    command.accountId,
    command.amountMicros,
    nowMs,
    command.leaseUntilMs,
  );
  return { kind: "begun", reload: readReload(row as ReloadRow) };
}

/** Putting it again ends a pause. */
export function* putAutoReload(setting: AutoReloadSetting, nowMs: number): Transaction<AutoReload> {
  requireOpen(yield* findAccount(setting.accountId));
  const row = yield* rowOf<AutoReloadRow>(
    `INSERT INTO auto_reload (account_id, enabled, amount_micros, below_micros, monthly_limit_micros, updated_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id) DO UPDATE SET
       enabled = excluded.enabled, amount_micros = excluded.amount_micros, below_micros = excluded.below_micros,
       monthly_limit_micros = excluded.monthly_limit_micros, paused_until_ms = NULL,
       updated_at_ms = excluded.updated_at_ms
     RETURNING ${COLUMNS}`,
    setting.accountId,
    setting.enabled ? 1 : 0,
    setting.amountMicros,
    setting.belowMicros,
    setting.monthlyLimitMicros,
    nowMs,
  );
  return readAutoReload(row as AutoReloadRow, yield* reloadedThisMonth(setting.accountId, nowMs), nowMs);
}

/** Whoever puts keeps the grant's row until the commit: what an operator takes back meanwhile is taken back after it. */
export function* putGrantedAutoReload(setting: AutoReloadSetting, nowMs: number): Transaction<GrantedOutcome> {
  requireOpen(yield* findAccount(setting.accountId));
  const row = yield* lockedRowOf<GrantRow>(
    "SELECT amount_micros, monthly_limit_micros FROM auto_reload_grant WHERE account_id = $1",
    setting.accountId,
  );
  if (row === undefined) return { kind: "beyond-grant" };
  const { amount_micros: amountMicros, monthly_limit_micros: monthlyLimitMicros } = row;
  if (setting.amountMicros > amountMicros || setting.monthlyLimitMicros > monthlyLimitMicros) {
    return { kind: "beyond-grant", grant: { amountMicros, monthlyLimitMicros } };
  }
  return { kind: "put", autoReload: yield* putAutoReload(setting, nowMs) };
}

/** The grant comes before the setting, as with whoever puts within it. */
export function* grantAutoReload(setting: AutoReloadSetting, nowMs: number): Transaction<AutoReload> {
  requireOpen(yield* findAccount(setting.accountId));
  yield* rowOf(
    `INSERT INTO auto_reload_grant (account_id, amount_micros, monthly_limit_micros) VALUES ($1, $2, $3)
     ON CONFLICT (account_id) DO UPDATE SET
       amount_micros = excluded.amount_micros, monthly_limit_micros = excluded.monthly_limit_micros`,
    setting.accountId,
    setting.amountMicros,
    setting.monthlyLimitMicros,
  );
  return yield* putAutoReload(setting, nowMs);
}

export function* withdrawAutoReload({ accountId }: { accountId: string }): Transaction<boolean> {
  yield* findAccount(accountId);
  yield* rowOf("DELETE FROM auto_reload_grant WHERE account_id = $1", accountId);
  return yield* deleteAutoReload({ accountId });
}

/** Tells whether there was one. What it has begun goes on. */
export function* deleteAutoReload({ accountId }: { accountId: string }): Transaction<boolean> {
  yield* findAccount(accountId);
  const row = yield* rowOf("DELETE FROM auto_reload WHERE account_id = $1 RETURNING account_id", accountId);
  return row !== undefined;
}

export function* seekAutoReload(
  { accountId }: { accountId: string },
  nowMs: number,
): Transaction<AutoReload | undefined> {
  yield* findAccount(accountId);
  const row = yield* rowOf<AutoReloadRow>(`SELECT ${COLUMNS} FROM auto_reload WHERE account_id = $1`, accountId);
  return row && readAutoReload(row, yield* reloadedThisMonth(accountId, nowMs), nowMs);
}

/** Paid or pending, by when they began. Ones that a clock since set back dates to a later month count as well. */
function* reloadedThisMonth(accountId: string, nowMs: number): Transaction<number> {
  const row = yield* rowOf<{ micros: number }>(
    `SELECT CAST(COALESCE(SUM(amount_micros), 0) AS BIGINT) AS micros FROM reload
     WHERE account_id = $1 AND created_at_ms >= $2 AND state IN ('pending', 'paid')`,
    accountId,
    monthBeginMs(nowMs),
  );
  return row?.micros ?? 0;
}

function* findPending(accountId: string): Transaction<Reload | undefined> {
  const row = yield* rowOf<ReloadRow>(
    `SELECT ${RELOAD_COLUMNS} FROM reload WHERE account_id = $1 AND state = 'pending'`,
    accountId,
  );
  return row && readReload(row);
}

function* lastProblem(accountId: string): Transaction<string> {
  const row = yield* rowOf<{ problem: string }>(
    "SELECT problem FROM reload WHERE account_id = $1 AND state = 'declined' ORDER BY reload_number DESC LIMIT 1",
    accountId,
  );
  return row?.problem ?? "";
}

function readAutoReload(row: AutoReloadRow, reloadedThisMonthMicros: number, nowMs: number): AutoReload {
  return present({
    enabled: row.enabled === 1,
    amountMicros: row.amount_micros,
    belowMicros: row.below_micros,
    monthlyLimitMicros: row.monthly_limit_micros,
    reloadedThisMonthMicros,
    pausedUntilMs: row.paused_until_ms !== null && row.paused_until_ms > nowMs ? row.paused_until_ms : null,
    updatedAtMs: row.updated_at_ms,
  });
}

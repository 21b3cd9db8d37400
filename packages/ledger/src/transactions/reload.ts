/** Reloads: begun once, resolved once, and listed. */

import type { Renewal, TakeOver } from "../lease.ts";
import type { Page, PageCommand } from "../page.ts";
import type { Reload, ReloadState, ResolutionCommand } from "../reload.ts";
import { findAccount } from "./account.ts";
import { addCredits } from "./credit.ts";
import { type Leased, renewLeases, takeOverLeases } from "./lease.ts";
import { readPage } from "./page.ts";
import { lockedRowOf, present, rowOf, type Transaction } from "./statement.ts";

export type ReloadRow = {
  reload_number: number;
  reload_id: string;
  account_id: string;
  amount_micros: number;
  state: ReloadState;
  payment: string | null;
  problem: string | null;
  created_at_ms: number;
  resolved_at_ms: number | null;
};

export const RELOAD_COLUMNS =
  "reload_number, reload_id, account_id, amount_micros, state, payment, problem, created_at_ms, resolved_at_ms";

/** What was paid is credited even when the account has been closed since. */
export function* resolveReload(command: ResolutionCommand, nowMs: number): Transaction<Reload | undefined> {
  const pending = yield* lockedRowOf<ReloadRow>(
    `SELECT ${RELOAD_COLUMNS} FROM reload WHERE reload_id = $1`,
    command.reloadId,
  );
  if (pending === undefined || pending.state !== "pending") return pending && readReload(pending);
  const { account_id: accountId, amount_micros: amountMicros } = pending;
  if (command.kind === "paid") {
    const { depositId, reloadId: reference } = command;
    yield* addCredits({ depositId, accountId, amountMicros, reference }, "reload", nowMs);
  } else {
    yield* rowOf("UPDATE auto_reload SET paused_until_ms = $2 WHERE account_id = $1", accountId, command.pausedUntilMs);
  }
  return yield* writeResolution(command, nowMs);
}

function* writeResolution(command: ResolutionCommand, nowMs: number): Transaction<Reload> {
  const row = yield* rowOf<ReloadRow>(
    `UPDATE reload SET state = $2, payment = $3, problem = $4, resolved_at_ms = $5
     WHERE reload_id = $1 RETURNING ${RELOAD_COLUMNS}`,
    command.reloadId,
    command.kind,
    command.kind === "paid" ? command.payment : null,
    command.kind === "declined" ? command.problem : null,
    nowMs,
  );
  return readReload(row as ReloadRow);
}

export function* takeOverReloads(taking: TakeOver, nowMs: number): Transaction<Reload[]> {
  return yield* takeOverLeases(LEASED, taking, nowMs);
}

export function* renewReloads(renewal: Renewal): Transaction<true> {
  return yield* renewLeases("reload", renewal);
}

export function* listReloads(command: PageCommand & { accountId: string }): Transaction<Page<Reload>> {
  yield* findAccount(command.accountId);
  const reloads = { list: "reloads", table: "reload", columns: RELOAD_COLUMNS, read: readReload } as const;
  const conditions = [["account_id = ?", command.accountId]] as const;
  return yield* readPage<ReloadRow, Reload>({ ...reloads, order: ["reload_number"], conditions }, command);
}

export function readReload(row: ReloadRow): Reload {
  return present({
    id: row.reload_id,
    accountId: row.account_id,
    amountMicros: row.amount_micros,
    state: row.state,
    payment: row.payment,
    problem: row.problem,
    createdAtMs: row.created_at_ms,
    resolvedAtMs: row.resolved_at_ms,
  });
}

const LEASED: Leased<ReloadRow, Reload> = {
  table: "reload",
  columns: RELOAD_COLUMNS,
  number: (row) => row.reload_number,
  read: readReload,
};

/** Reading balances, as they are now. */

import type { Balance } from "../balance.ts";
import { findAccount } from "./account.ts";
import type { Place } from "./journal.ts";
import { rowOf, rowsOf, type Transaction } from "./statement.ts";
import { lapseLots } from "./stock.ts";

type BalanceRow = Balance & { account_id: string; next_expiry_ms: number };

const COLUMNS = "account_id, instrument, deposited, used, held, available, lapsed, next_expiry_ms";

export function* readBalance(place: Place, nowMs: number): Transaction<Balance> {
  const row = yield* balanceNow(place, nowMs);
  if (row) return balanceOf(row);
  yield* findAccount(place.accountId);
  return { instrument: place.instrument, deposited: 0, used: 0, held: 0, available: 0, lapsed: 0 };
}

export function* readBalances({ accountId }: { accountId: string }, nowMs: number): Transaction<Balance[]> {
  yield* findAccount(accountId);
  yield* lapseDue(accountId, nowMs);
  const rows = yield* rowsOf<BalanceRow>(
    `SELECT ${COLUMNS} FROM balance WHERE account_id = $1 ORDER BY instrument`,
    accountId,
  );
  return rows.map(balanceOf);
}

/** The balance after its lots past their expiry have lapsed; undefined when nothing was ever deposited. */
export function* balanceNow(place: Place, nowMs: number): Transaction<BalanceRow | undefined> {
  return yield* lapsed(yield* findBalance(place), nowMs);
}

/** The balance that a request's hold is taken from, as it is now; undefined when there is no such hold. */
export function* balanceBehind(requestId: string, nowMs: number): Transaction<BalanceRow | undefined> {
  const row = yield* rowOf<BalanceRow>(
    `SELECT ${COLUMNS} FROM balance WHERE (account_id, instrument) = (
       SELECT account_id, instrument FROM hold WHERE request_id = $1)`,
    requestId,
  );
  return yield* lapsed(row, nowMs);
}

function* lapsed(row: BalanceRow | undefined, nowMs: number): Transaction<BalanceRow | undefined> {
  if (row === undefined || row.next_expiry_ms > nowMs) return row;
  const place = { accountId: row.account_id, instrument: row.instrument };
  yield* lapseLots(place, nowMs);
  return yield* findBalance(place);
}

function* lapseDue(accountId: string, nowMs: number): Transaction<void> {
  const due = yield* rowsOf<{ instrument: string }>(
    "SELECT instrument FROM balance WHERE account_id = $1 AND next_expiry_ms <= $2",
    accountId,
    nowMs,
  );
  for (const { instrument } of due) yield* lapseLots({ accountId, instrument }, nowMs);
}

function* findBalance({ accountId, instrument }: Place): Transaction<BalanceRow | undefined> {
  return yield* rowOf<BalanceRow>(
    `SELECT ${COLUMNS} FROM balance WHERE account_id = $1 AND instrument = $2`,
    accountId,
    instrument,
  );
}

function balanceOf({ instrument, deposited, used, held, available, lapsed }: BalanceRow): Balance {
  return { instrument, deposited, used, held, available, lapsed };
}

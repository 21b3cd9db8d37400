/** Holds: found, counted, and saved. Their place is locked, so nobody else changes them meanwhile. */

import type { HoldState } from "../../hold.ts";
import type { Settling, Taking } from "../book/book.ts";
import type { HoldRecord } from "../book/hold-record.ts";
import type { Place } from "../book/place.ts";
import type { Row, Statement } from "../statement.ts";
import { forEach, type Given } from "./given.ts";

export const HOLD_COLUMNS = `hold.request_id, hold.account_id, hold.instrument, hold.key_id, hold.tokens, hold.state,
  hold.created_at_ms, hold.expires_at_ms, hold.redeemed_at_ms, hold.resolved_at_ms, hold.reason, hold.tokens_used, hold.overrun`;

export function findHolds(requestIds: readonly Given[]): Statement[] {
  return forEach(
    requestIds,
    `SELECT ${HOLD_COLUMNS} FROM json_each($1) AS given CROSS JOIN hold WHERE hold.request_id IS given.value ->> 0`,
  );
}

/** Those whose life is over, oldest expiry first. */
export function findOver({ limit, nowMs }: { limit: number; nowMs: number }): Statement {
  return {
    text: `SELECT ${HOLD_COLUMNS} FROM hold WHERE resolved_at_ms IS NULL AND expires_at_ms <= $1
      ORDER BY expires_at_ms, request_id LIMIT $2`,
    values: [nowMs, limit],
  };
}

/** How many are open, by account, instrument and key. */
export function countRunning(accounts: readonly Given[]): Statement[] {
  return forEach(
    accounts,
    `SELECT hold.account_id, hold.instrument, hold.key_id, COUNT(*) AS holds FROM json_each($1) AS given
       CROSS JOIN hold INDEXED BY open_hold_by_place
     WHERE hold.account_id = given.value ->> 0 AND hold.resolved_at_ms IS NULL
     GROUP BY hold.account_id, hold.instrument, hold.key_id`,
  );
}

export function readHold(row: Row, place: Place): HoldRecord {
  return {
    requestId: row.request_id as string,
    place,
    keyId: row.key_id as string | null,
    tokens: row.tokens as number,
    state: row.state as HoldState,
    createdAtMs: row.created_at_ms as number,
    expiresAtMs: row.expires_at_ms as number,
    redeemedAtMs: row.redeemed_at_ms as number | null,
    resolvedAtMs: row.resolved_at_ms as number | null,
    reason: row.reason as string | null,
    tokensUsed: row.tokens_used as number,
    overrun: row.overrun as number,
    draws: [],
    isNew: false,
    changed: false,
  };
}

/** A request id that another gateway has used meanwhile, at another place, violates the key. */
export function saveTakings(takings: readonly Taking[]): Statement[] {
  return forEach(
    takings.map(writeTaking),
    `INSERT INTO hold (request_id, account_id, instrument, key_id, surface, tokens, state, created_at_ms, expires_at_ms,
       redeemed_at_ms, resolved_at_ms, reason, supplier, model, tokens_used, overrun, cost_micros)
     SELECT given.value ->> 0, given.value ->> 1, given.value ->> 2, given.value ->> 3, given.value ->> 4,
       CAST(given.value ->> 5 AS BIGINT), given.value ->> 6, CAST(given.value ->> 7 AS BIGINT),
       CAST(given.value ->> 8 AS BIGINT), CAST(given.value ->> 9 AS BIGINT), CAST(given.value ->> 10 AS BIGINT),
       given.value ->> 11, given.value ->> 12, given.value ->> 13, 0, 0, 0
     FROM json_each($1) AS given`,
  );
}

function writeTaking({ hold, command }: Taking): Given {
  return [
    hold.requestId,
    hold.place.accountId,
    hold.place.instrument,
    hold.keyId,
    command.surface,
    hold.tokens,
    hold.state,
    hold.createdAtMs,
    hold.expiresAtMs,
    hold.redeemedAtMs,
    hold.resolvedAtMs,
    hold.reason,
    command.supplier,
    command.model,
  ];
}

/** Redeemed, renewed, released or expired ones. */
export function saveHolds(holds: Iterable<HoldRecord>): Statement[] {
  return forEach(
    [...holds].filter(({ isNew, changed }) => changed && !isNew).map(writeHold),
    `UPDATE hold SET state = given.value ->> 1, expires_at_ms = CAST(given.value ->> 2 AS BIGINT),
       redeemed_at_ms = CAST(given.value ->> 3 AS BIGINT), resolved_at_ms = CAST(given.value ->> 4 AS BIGINT),
       reason = given.value ->> 5
     FROM json_each($1) AS given WHERE hold.request_id IS given.value ->> 0`,
  );
}

function writeHold({ requestId, state, expiresAtMs, redeemedAtMs, resolvedAtMs, reason }: HoldRecord): Given {
  return [requestId, state, expiresAtMs, redeemedAtMs, resolvedAtMs, reason];
}

export function saveSettlings(settlings: readonly Settling[]): Statement[] {
  return forEach(
    settlings.map(writeSettling),
    `UPDATE hold SET state = 'settled', resolved_at_ms = CAST(given.value ->> 1 AS BIGINT),
       tokens_used = CAST(given.value ->> 2 AS BIGINT), overrun = CAST(given.value ->> 3 AS BIGINT),
       cost_micros = CAST(given.value ->> 4 AS BIGINT), supplier = COALESCE(given.value ->> 5, supplier),
       model = COALESCE(given.value ->> 6, model), usage = given.value ->> 7, timing = given.value ->> 8,
       dropped = given.value ->> 9
     FROM json_each($1) AS given WHERE hold.request_id IS given.value ->> 0`,
  );
}

function writeSettling({ hold, command, costMicros }: Settling): Given {
  const { requestId, resolvedAtMs, tokensUsed, overrun } = hold;
  const { supplier, model, usage, timing, dropped } = command;
  return [requestId, resolvedAtMs, tokensUsed, overrun, costMicros, supplier, model, usage, timing, dropped];
}

/** Idempotency marks: found with the hold that each stands for, saved, and forgotten when they are too old to forbid anything. */

import { IDEMPOTENCY_LIFE_MS } from "../../hold.ts";
import type { Mark, MarkChange } from "../book/mark.ts";
import type { Row, Statement } from "../statement.ts";
import { forEach, type Given } from "./given.ts";
import { HOLD_COLUMNS } from "./hold.ts";

/** Of account and idempotency key. */
export function findMarks(marks: readonly Given[]): Statement[] {
  return forEach(
    marks,
    `SELECT mark.account_id AS marked_by, mark.idempotency_key, mark.body_digest, mark.created_at_ms AS marked_at_ms, ${HOLD_COLUMNS}
     FROM json_each($1) AS given CROSS JOIN idempotency AS mark CROSS JOIN hold
     WHERE mark.account_id IS given.value ->> 0 AND mark.idempotency_key IS given.value ->> 1
       AND hold.request_id IS mark.request_id`,
  );
}

export function readMark(row: Row): Mark {
  return {
    accountId: row.marked_by as string,
    key: row.idempotency_key as string,
    bodyDigest: row.body_digest as string,
    requestId: row.request_id as string,
    createdAtMs: row.marked_at_ms as number,
  };
}

/** No lock orders marks. A new one that another gateway has written meanwhile violates the key. */
export function insertMarks(changes: readonly MarkChange[]): Statement[] {
  return forEach(
    changes.filter(({ instead }) => instead === undefined).map(writeMark),
    `INSERT INTO idempotency (account_id, idempotency_key, body_digest, request_id, created_at_ms)
     SELECT given.value ->> 0, given.value ->> 1, given.value ->> 2, given.value ->> 3, CAST(given.value ->> 4 AS BIGINT)
     FROM json_each($1) AS given`,
  );
}

/** Gives a row for each mark that was still the one it takes the place of. */
export function replaceMarks(changes: readonly MarkChange[]): Statement[] {
  return forEach(
    changes.filter(({ instead }) => instead !== undefined).map(writeMark),
    `UPDATE idempotency SET body_digest = given.value ->> 2, request_id = given.value ->> 3,
       created_at_ms = CAST(given.value ->> 4 AS BIGINT)
     FROM json_each($1) AS given
     WHERE idempotency.account_id IS given.value ->> 0 AND idempotency.idempotency_key IS given.value ->> 1
       AND idempotency.request_id || '' = given.value ->> 5
       AND idempotency.created_at_ms + 0 = CAST(given.value ->> 6 AS BIGINT)
     RETURNING idempotency.request_id`,
  );
}

function writeMark({ mark, instead }: MarkChange): Given {
  const { accountId, key, bodyDigest, requestId, createdAtMs } = mark;
  return [accountId, key, bodyDigest, requestId, createdAtMs, instead?.requestId ?? null, instead?.createdAtMs ?? null];
}

/** Marks forgotten in one sweep: a day's at once would take longer than a statement may, and no sweep would ever come to its end. */
const FORGOTTEN_MAX = 8_192;

/** One that has been replaced since it was found stays. */
export function forgetMarks(nowMs: number): Statement {
  return {
    text: `DELETE FROM idempotency WHERE created_at_ms + 0 <= $1 AND (account_id, idempotency_key) IN (
        SELECT account_id, idempotency_key FROM idempotency WHERE created_at_ms <= $1 ORDER BY created_at_ms LIMIT $2)`,
    values: [nowMs - IDEMPOTENCY_LIFE_MS, FORGOTTEN_MAX],
  };
}

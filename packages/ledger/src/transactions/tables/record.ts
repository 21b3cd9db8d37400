/** Records: the turn of whoever writes them, the newest of each name, and what is saved. */

import type { KeptRecord } from "../../record.ts";
import type { Statement } from "../statement.ts";
import { forEach, type Given } from "./given.ts";

export type RecordRow = {
  seq: number;
  name: string;
  version: number;
  document: string;
  author: string | null;
  effective_at_ms: number;
  created_at_ms: number;
};

export const RECORD_COLUMNS = "seq, name, version, document, author, effective_at_ms, created_at_ms";

/** Takes so many numbers, and keeps everybody else from taking any until the transaction ends. Gives the last. */
export function takeTurns(count: number): Statement {
  return {
    text: `INSERT INTO last_record (one, seq) VALUES (1, $1)
      ON CONFLICT (one) DO UPDATE SET seq = last_record.seq + excluded.seq RETURNING seq`,
    values: [count],
  };
}

/** The newest version of each name, however many are behind it; null of what there is none of. */
export function findNewest(names: readonly Given[]): Statement[] {
  return forEach(
    names,
    `SELECT given.value ->> 0 AS name, (
       SELECT record.version FROM record WHERE record.name = given.value ->> 0 ORDER BY record.version DESC LIMIT 1
     ) AS version
     FROM json_each($1) AS given`,
  );
}

/** Name and instant: what would last beyond it ends then. */
export function endEarlier(names: readonly Given[]): Statement[] {
  return forEach(
    names,
    `UPDATE record SET ends_at_ms = CAST(given.value ->> 1 AS BIGINT) FROM json_each($1) AS given
     WHERE record.name IS given.value ->> 0 AND record.ends_at_ms > CAST(given.value ->> 1 AS BIGINT)`,
  );
}

export function saveRecords(records: readonly { record: KeptRecord; endsAtMs: number }[]): Statement[] {
  return forEach(
    records.map(({ record, endsAtMs }) => [...writeRecord(record), endsAtMs]),
    `INSERT INTO record (${RECORD_COLUMNS}, ends_at_ms)
     SELECT CAST(given.value ->> 0 AS BIGINT), given.value ->> 1, CAST(given.value ->> 2 AS BIGINT), given.value ->> 3,
       given.value ->> 4, CAST(given.value ->> 5 AS BIGINT), CAST(given.value ->> 6 AS BIGINT),
       CAST(given.value ->> 7 AS BIGINT)
     FROM json_each($1) AS given`,
  );
}

function writeRecord({ seq, name, version, document, author, effectiveAtMs, createdAtMs }: KeptRecord): Given {
  return [seq, name, version, document, author ?? null, effectiveAtMs, createdAtMs];
}

/** Name, version and now: what is older than that version goes, but for what is in effect until it is. */
export function forgetEarlier(names: readonly Given[]): Statement[] {
  return forEach(
    names,
    `DELETE FROM record WHERE seq IN (
       SELECT older.seq FROM json_each($1) AS given CROSS JOIN record AS older
       WHERE older.name IS given.value ->> 0 AND older.version < CAST(given.value ->> 1 AS BIGINT)
         AND (older.ends_at_ms <= CAST(given.value ->> 2 AS BIGINT) OR older.ends_at_ms <= older.effective_at_ms))`,
  );
}

/** Balances: locked, since a place's lock orders all that is done there, and saved. */

import { Place } from "../book/place.ts";
import type { Row, Statement } from "../statement.ts";
import { forEach, type Given } from "./given.ts";

/** What tells which places a set needs. */
export type PlacesWanted = {
  /** Account and instrument. */
  places: readonly Given[];
  /** Of holds. */
  requestIds: readonly Given[];
  /** Account and idempotency key: of the holds they stand for. */
  marks: readonly Given[];
  /** All places of these. */
  accounts: readonly Given[];
  /** Those of the first holds to expire, and those where lots are over. */
  sweep: { limit: number; nowMs: number } | undefined;
};

const NAMES = "account_id, instrument, deposited, available, held, used, lapsed, next_expiry_ms";
const COLUMNS = NAMES.replaceAll(/\w+/g, "balance.$&");

/** Always in the same order, so that two gateways never wait for each other. */
export function lockPlaces(wanted: PlacesWanted): Statement[] {
  const values: Statement["values"][number][] = [];
  const sources = sourcesOf(wanted, (value) => `$${values.push(value)}`);
  // In the order of a key itself PostgreSQL would rather read through all of that key.
  const text = `WITH named AS (SELECT DISTINCT account_id || '' AS account_id, instrument || '' AS instrument
      FROM (${sources.join(" UNION ALL ")}) AS source)
    SELECT ${COLUMNS} FROM named CROSS JOIN balance
    WHERE balance.account_id IS named.account_id AND balance.instrument IS named.instrument
    ORDER BY balance.account_id || '', balance.instrument || ''`;
  return sources.length === 0 ? [] : [{ text, values, lock: true }];
}

/** Keeps a value; gives what stands for it in the text. */
type Keep = (value: Statement["values"][number]) => string;

function sourcesOf(wanted: PlacesWanted, keep: Keep): string[] {
  const rows = (those: readonly Given[], source: (rows: string) => string): string[] =>
    those.length === 0 ? [] : [source(`json_each(${keep(those)}) AS given`)];
  return [
    ...rows(
      wanted.places,
      (those) => `SELECT given.value ->> 0 AS account_id, given.value ->> 1 AS instrument FROM ${those}`,
    ),
    ...rows(
      wanted.requestIds,
      (those) => `SELECT hold.account_id, hold.instrument FROM ${those} CROSS JOIN hold
      WHERE hold.request_id IS given.value ->> 0`,
    ),
    ...rows(
      wanted.marks,
      (those) => `SELECT hold.account_id, hold.instrument
      FROM ${those} CROSS JOIN idempotency AS mark CROSS JOIN hold
      WHERE mark.account_id IS given.value ->> 0 AND mark.idempotency_key IS given.value ->> 1
        AND hold.request_id IS mark.request_id`,
    ),
    ...rows(
      wanted.accounts,
      (those) => `SELECT own.account_id, own.instrument FROM ${those} CROSS JOIN balance AS own
      WHERE own.account_id IS given.value ->> 0`,
    ),
    ...(wanted.sweep ? sweepSources(wanted.sweep, keep) : []),
  ];
}

function sweepSources({ limit, nowMs }: { limit: number; nowMs: number }, keep: Keep): string[] {
  const [now, most] = [keep(nowMs), keep(limit)];
  return [
    `SELECT account_id, instrument FROM (
      SELECT account_id, instrument FROM hold WHERE resolved_at_ms IS NULL AND expires_at_ms <= ${now}
      ORDER BY expires_at_ms, request_id LIMIT ${most}) AS over`,
    `SELECT account_id, instrument FROM (
      SELECT account_id, instrument FROM balance WHERE next_expiry_ms <= ${now} AND available > 0
      ORDER BY next_expiry_ms LIMIT ${most}) AS due`,
  ];
}

export function readPlace(row: Row): Place {
  const numbers = {
    accountId: row.account_id as string,
    instrument: row.instrument as string,
    deposited: row.deposited as number,
    available: row.available as number,
    held: row.held as number,
    used: row.used as number,
    lapsed: row.lapsed as number,
    nextExpiryMs: row.next_expiry_ms as number,
  };
  return new Place(numbers, false);
}

/** A place that another gateway has opened meanwhile violates the key: its lock could not be had, so the group runs again. */
export function savePlaces(places: Iterable<Place>): Statement[] {
  const changed = [...places].filter((place) => place.changed);
  return [
    ...forEach(changed.filter(({ isNew }) => isNew).map(writePlace), INSERT),
    ...forEach(changed.filter(({ isNew }) => !isNew).map(writePlace), UPDATE),
  ];
}

const INSERT = `INSERT INTO balance (${NAMES})
  SELECT given.value ->> 0, given.value ->> 1, CAST(given.value ->> 2 AS BIGINT), CAST(given.value ->> 3 AS BIGINT),
    CAST(given.value ->> 4 AS BIGINT), CAST(given.value ->> 5 AS BIGINT), CAST(given.value ->> 6 AS BIGINT),
    CAST(given.value ->> 7 AS BIGINT)
  FROM json_each($1) AS given`;

const UPDATE = `UPDATE balance SET deposited = CAST(given.value ->> 2 AS BIGINT),
    available = CAST(given.value ->> 3 AS BIGINT), held = CAST(given.value ->> 4 AS BIGINT),
    used = CAST(given.value ->> 5 AS BIGINT), lapsed = CAST(given.value ->> 6 AS BIGINT),
    next_expiry_ms = CAST(given.value ->> 7 AS BIGINT)
  FROM json_each($1) AS given
  WHERE balance.account_id IS given.value ->> 0 AND balance.instrument IS given.value ->> 1`;

function writePlace(place: Place): Given {
  const { accountId, instrument, deposited, available, held, used, lapsed, nextExpiryMs } = place;
  return [accountId, instrument, deposited, available, held, used, lapsed, nextExpiryMs];
}

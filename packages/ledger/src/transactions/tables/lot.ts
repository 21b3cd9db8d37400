/** Lots: what a set can draw, what may lapse in it, what its references stand for, and saving them. */

import type { LotRecord } from "../book/lot-record.ts";
import type { Row, Statement } from "../statement.ts";
import { forEach, type Given } from "./given.ts";

const COLUMNS = `lot_id, account_id, instrument, tokens, cost_micros, created_at_ms, expires_at_ms, reference, remaining`;

/** Of account and reference. */
export function findLots(references: readonly Given[]): Statement[] {
  return forEach(
    references,
    `SELECT ${COLUMNS}, 0 AS held FROM json_each($1) AS given CROSS JOIN lot
     WHERE lot.account_id IS given.value ->> 0 AND lot.reference IS given.value ->> 1`,
  );
}

/**
 * Of account, instrument and demand, each place's in the order drawn: what is over at `latestMs`, each with the tokens of the open holds
 * taken before it was over; of the others those that the demand reaches, and the one after. It goes from lot to lot, since
 * there may be thousands behind.
 */
export function findStock(demands: readonly Given[], latestMs: number): Statement[] {
  const statements = forEach(
    demands,
    `WITH RECURSIVE step (account_id, instrument, demand, before, lot_number) AS (
       SELECT given.value ->> 0, given.value ->> 1, CAST(given.value ->> 2 AS BIGINT), CAST(0 AS BIGINT), (
         SELECT lot_number FROM lot
         WHERE account_id = given.value ->> 0 AND instrument = given.value ->> 1 AND drawable = 1
         ORDER BY expires_at_ms, lot_number LIMIT 1)
       FROM json_each($1) AS given
       UNION ALL
       SELECT step.account_id, step.instrument, step.demand, step.before + ${COUNTED}, (
         SELECT behind.lot_number FROM lot AS behind
         WHERE behind.account_id = step.account_id AND behind.instrument = step.instrument AND behind.drawable = 1
           AND (behind.expires_at_ms, behind.lot_number) > (lot.expires_at_ms, lot.lot_number)
         ORDER BY behind.expires_at_ms, behind.lot_number LIMIT 1)
       FROM step CROSS JOIN lot WHERE lot.lot_number IS step.lot_number AND step.before + ${COUNTED} <= step.demand
     )
     SELECT lot_id, stock.account_id, stock.instrument, tokens, cost_micros, created_at_ms, expires_at_ms, reference, remaining,
       CASE WHEN expires_at_ms > $2 THEN 0 ELSE CAST((
         SELECT COALESCE(SUM(hold.tokens), 0) FROM hold
         WHERE hold.account_id = stock.account_id AND hold.instrument = stock.instrument AND hold.resolved_at_ms IS NULL
           AND hold.created_at_ms < stock.expires_at_ms) AS BIGINT) END AS held
     FROM step CROSS JOIN lot AS stock WHERE stock.lot_number IS step.lot_number
     ORDER BY stock.expires_at_ms, stock.lot_number`,
  );
  return statements.map(({ text, values }) => ({ text, values: [...values, latestMs] }));
}

/** What a lot has for the demand: one that is over is drawn by older holds alone. */
const COUNTED = "CASE WHEN lot.expires_at_ms > $2 THEN lot.remaining ELSE 0 END";

export function readLot(row: Row): LotRecord {
  return {
    lotId: row.lot_id as string,
    accountId: row.account_id as string,
    instrument: row.instrument as string,
    tokens: row.tokens as number,
    costMicros: row.cost_micros as number,
    createdAtMs: row.created_at_ms as number,
    expiresAtMs: row.expires_at_ms as number,
    reference: row.reference as string | null,
    remaining: row.remaining as number,
    heldBefore: row.held as number,
    isNew: false,
    changed: false,
  };
}

/** A reference that another gateway has used meanwhile, at another place, violates its key. */
export function saveDeposits(lots: readonly LotRecord[]): Statement[] {
  return forEach(
    lots.map(writeDeposit),
    `INSERT INTO lot (${COLUMNS})
     SELECT given.value ->> 0, given.value ->> 1, given.value ->> 2, CAST(given.value ->> 3 AS BIGINT),
       CAST(given.value ->> 4 AS BIGINT), CAST(given.value ->> 5 AS BIGINT), CAST(given.value ->> 6 AS BIGINT),
       given.value ->> 7, CAST(given.value ->> 8 AS BIGINT)
     FROM json_each($1) AS given`,
  );
}

function writeDeposit(lot: LotRecord): Given {
  const { lotId, accountId, instrument, tokens, costMicros, createdAtMs, expiresAtMs, reference, remaining } = lot;
  return [lotId, accountId, instrument, tokens, costMicros, createdAtMs, expiresAtMs, reference, remaining];
}

export function saveLots(lots: Iterable<LotRecord>): Statement[] {
  return forEach(
    [...lots].filter(({ isNew, changed }) => changed && !isNew).map(({ lotId, remaining }) => [lotId, remaining]),
    `UPDATE lot SET remaining = CAST(given.value ->> 1 AS BIGINT)
     FROM json_each($1) AS given WHERE lot.lot_id IS given.value ->> 0`,
  );
}

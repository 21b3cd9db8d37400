/** Sums over everything, and the check that what is kept is what the journal says. */

import type { Discrepancy, Totals } from "../totals.ts";
import { rowOf, rowsOf, type Transaction } from "./statement.ts";

/** The least that shows that the engine answers. */
export function* ping(): Transaction<true> {
  yield* rowOf("SELECT 1 AS one");
  return true;
}

export function* readTotals(): Transaction<Totals> {
  const row = yield* rowOf<Totals>(
    `SELECT (SELECT COUNT(*) FROM account) AS accounts,
       CAST(COALESCE(SUM(deposited), 0) AS BIGINT) AS deposited, CAST(COALESCE(SUM(used), 0) AS BIGINT) AS used,
       CAST(COALESCE(SUM(held), 0) AS BIGINT) AS held, CAST(COALESCE(SUM(available), 0) AS BIGINT) AS available,
       CAST(COALESCE(SUM(lapsed), 0) AS BIGINT) AS lapsed,
       (SELECT CAST(COALESCE(SUM(tokens), 0) AS BIGINT) FROM entry) AS "entriesSum",
       (SELECT CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) FROM draw) AS "drawnMicros"
     FROM balance`,
  );
  // A query of sums always has its one row; spread gives it an ordinary prototype.
  return { ...(row as Totals) };
}

export function* audit(): Transaction<Discrepancy[]> {
  const found: Discrepancy[] = [];
  for (const check of CHECKS) found.push(...(yield* rowsOf<Discrepancy>(check)));
  return found.map(({ where, kept, derived }) => ({ where, kept, derived }));
}

/** A check selects every place where a kept number differs from the one derived. */
const CHECKS = [
  ...["available", "held", "used", "lapsed"].map((book) => bookCheck(book, book)),
  bookCheck("deposited", "-deposited"),
  placeCheck("stock", "available + held", "SELECT account_id, instrument, SUM(remaining) AS derived FROM lot"),
  placeCheck(
    "open holds",
    "held",
    "SELECT account_id, instrument, SUM(tokens) AS derived FROM hold WHERE resolved_at_ms IS NULL",
  ),
  placeCheck(
    "draws",
    "used",
    "SELECT account_id, instrument, SUM(draw.tokens) AS derived FROM draw JOIN hold ON hold.request_id = draw.request_id",
  ),
  `SELECT 'movement ' || movement || ' ' || reference AS "where", 0 AS kept, CAST(SUM(tokens) AS BIGINT) AS derived
   FROM entry GROUP BY movement, reference HAVING SUM(tokens) <> 0`,
  `SELECT 'lot ' || lot.lot_id AS "where", lot.tokens - lot.remaining AS kept,
     CAST(COALESCE(drawn, 0) + COALESCE(lapsed, 0) AS BIGINT) AS derived
   FROM lot
   LEFT JOIN (SELECT lot_id, SUM(tokens) AS drawn FROM draw GROUP BY lot_id) AS d ON d.lot_id = lot.lot_id
   LEFT JOIN (SELECT reference, SUM(tokens) AS lapsed FROM entry WHERE movement = 'lapse' AND book = 'lapsed'
     GROUP BY reference) AS e ON e.reference = lot.lot_id
   WHERE lot.tokens - lot.remaining <> COALESCE(drawn, 0) + COALESCE(lapsed, 0)`,
  `SELECT 'cost of lot ' || lot.lot_id AS "where", lot.cost_micros AS kept, CAST(SUM(draw.cost_micros) AS BIGINT) AS derived
   FROM lot JOIN draw ON draw.lot_id = lot.lot_id GROUP BY lot.lot_id, lot.tokens, lot.cost_micros
   HAVING SUM(draw.cost_micros) > lot.cost_micros
     OR (SUM(draw.tokens) = lot.tokens AND SUM(draw.cost_micros) <> lot.cost_micros)`,
];

function bookCheck(book: string, kept: string): string {
  return placeCheck(
    book,
    kept,
    `SELECT account_id, instrument, SUM(tokens) AS derived FROM entry WHERE book = '${book}'`,
  );
}

function placeCheck(what: string, kept: string, sums: string): string {
  return `SELECT '${what} of ' || balance.account_id || ' in ' || balance.instrument AS "where", ${kept} AS kept,
     CAST(COALESCE(derived, 0) AS BIGINT) AS derived
   FROM balance LEFT JOIN (${sums} GROUP BY account_id, instrument) AS sums
     ON sums.account_id = balance.account_id AND sums.instrument = balance.instrument
   WHERE ${kept} <> COALESCE(derived, 0)`;
}

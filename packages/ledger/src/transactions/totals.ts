/** Sums over everything, and the least that can be asked. */

import type { Totals } from "../totals.ts";
import { rowOf, type Transaction } from "./statement.ts";

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
       (SELECT CAST(COALESCE(SUM(deposited + available + held + used + lapsed), 0) AS BIGINT) FROM movement) AS "movementsSum",
       (SELECT CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) FROM draw) AS "drawnMicros"
     FROM balance`,
  );
  // A query of sums always has its one row; spread gives it an ordinary prototype.
  return { ...(row as Totals) };
}

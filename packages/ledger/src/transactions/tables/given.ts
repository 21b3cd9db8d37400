/**
 * Given rows: a set's values as one array of arrays, of which `FROM json_each($1) AS given` makes rows again, and
 * `given.value ->> 0` their first value, `CAST(given.value ->> 1 AS BIGINT)` their second where it is a number. One text serves
 * sets of any size, and both engines: SQLite takes JSON apart, for PostgreSQL the columns are sent as arrays. `CROSS JOIN` keeps SQLite from
 * looking the other way round: for each row of the table, through all that is given. `IS` keeps PostgreSQL from it, in whose
 * spelling it says that a row is looked up by what stands behind it: see `postgres/statement-text.ts`.
 */

import type { Given, Statement } from "../statement.ts";

export type { Given } from "../statement.ts";

/** A statement on given rows, or none where there are none. */
export function forEach(rows: readonly Given[], text: string): Statement[] {
  return rows.length === 0 ? [] : [{ text, values: [rows] }];
}

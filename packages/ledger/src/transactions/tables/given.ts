/**
 * Given rows: a set's values as one JSON array of arrays, of which `FROM json_each($1) AS given` makes rows again, and
 * `given.value ->> 0` their first value. One text serves sets of any size, and both engines. `CROSS JOIN` keeps SQLite from
 * looking the other way round: for each row of the table, through all that is given.
 */

import type { Statement } from "../statement.ts";

export type Given = readonly (string | number | null)[];

export function given(rows: readonly Given[]): string {
  return JSON.stringify(rows);
}

/** A statement on given rows, or none where there are none. */
export function forEach(rows: readonly Given[], text: string): Statement[] {
  return rows.length === 0 ? [] : [{ text, values: [given(rows)] }];
}

/** Leases on what is pending: taken over where they have run out, renewed where they go on. */

import type { Renewal, TakeOver } from "../lease.ts";
import { type Row, rowsOf, type Transaction } from "./statement.ts";

/** A table whose rows are leased while their state is `pending`. */
export type Leased<R extends Row, One> = {
  table: "purchase" | "reload";
  columns: string;
  /** The order in which they began. */
  number: (row: R) => number;
  read: (row: R) => One;
};

/** Gives those whose lease is over, the oldest first, leased anew. */
export function* takeOverLeases<R extends Row, One>(
  { table, columns, number, read }: Leased<R, One>,
  { limit, leaseUntilMs }: TakeOver,
  nowMs: number,
): Transaction<One[]> {
  // The outer conditions are looked at again where another has taken one over since it was selected.
  const rows = yield* rowsOf<R>(
    `UPDATE ${table} SET lease_until_ms = $1
     WHERE state = 'pending' AND lease_until_ms <= $2 AND ${table}_id IN (
       SELECT ${table}_id FROM ${table} WHERE state = 'pending' AND lease_until_ms <= $2
       ORDER BY lease_until_ms, ${table}_number LIMIT $3)
     RETURNING ${columns}`,
    leaseUntilMs,
    nowMs,
    limit,
  );
  return rows.toSorted((a, b) => number(a) - number(b)).map(read);
}

export function* renewLeases(table: "purchase" | "reload", { ids, leaseUntilMs }: Renewal): Transaction<true> {
  const rows = ids.map((id) => [id]);
  const text = `UPDATE ${table} SET lease_until_ms = $2 FROM json_each($1) AS given
     WHERE ${table}.state = 'pending' AND ${table}.${table}_id IS given.value ->> 0`;
  if (rows.length > 0) yield [{ text, values: [rows, leaseUntilMs] }];
  return true;
}

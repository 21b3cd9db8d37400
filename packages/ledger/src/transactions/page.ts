/** Lists, a page at a time. */

import { type List, type Page, type PageCommand, writeCursor } from "../page.ts";
import { type Row, rowsOf, type Transaction, type Value } from "./statement.ts";

/** A condition with a `?` for each of its values. With a value that is null there is nothing to compare, and it is left out. */
export type Condition = readonly [text: string, ...values: (Value | null)[]];

/** What stands behind WHERE, with numbered places, and what they stand for. */
export function conditionsOf(conditions: readonly Condition[]): { text: string; values: Value[] } {
  const kept = conditions.filter(([, ...values]) => !values.includes(null));
  let place = 0;
  const texts = kept.map(([text]) => text.replaceAll("?", () => `$${++place}`));
  return { text: texts.length === 0 ? "TRUE" : texts.join(" AND "), values: kept.flatMap(([, ...values]) => values) };
}

type Listing<R extends Row, Item> = {
  list: List;
  table: string;
  columns: string;
  /** The columns that make the sort key; the greatest comes first. */
  order: readonly (keyof R & string)[];
  conditions: readonly Condition[];
  read: (row: R) => Item;
};

/** Asks for one row more than the page takes: whether it comes tells whether there is another page. */
export function* readPage<R extends Row, Item>(
  { list, table, columns, order, conditions, read }: Listing<R, Item>,
  { limit, after }: PageCommand,
): Transaction<Page<Item>> {
  const behind: Condition = [`(${order.join()}) < (${order.map(() => "?").join()})`, ...(after ?? [null])];
  const { text, values } = conditionsOf([...conditions, behind]);
  const rows = yield* rowsOf<R>(
    `SELECT ${columns} FROM ${table} WHERE ${text}
     ORDER BY ${order.map((column) => `${column} DESC`).join()} LIMIT $${values.length + 1}`,
    ...values,
    limit + 1,
  );
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  const next = hasMore && {
    nextCursor: writeCursor(
      list,
      order.map((column) => last[column] as string | number),
    ),
  };
  return { data: data.map(read), ...next };
}

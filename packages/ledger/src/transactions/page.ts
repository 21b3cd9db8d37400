/** What every list does alike: its conditions, and the cut to a page. */

import { type List, type Page, type SortKey, writeCursor } from "../page.ts";
import type { Row, Value } from "./statement.ts";

/** A condition with a `?` for each of its values. With a value that is null there is nothing to compare, and it is left out. */
export type Condition = readonly [text: string, ...values: (Value | null)[]];

/** What stands behind WHERE, with numbered places, and what they stand for; `more` are the values of places that come after. */
export function conditionsOf(conditions: readonly Condition[]): { text: string; values: Value[] } {
  const kept = conditions.filter(([, ...values]) => !values.includes(null));
  let place = 0;
  const texts = kept.map(([text]) => text.replaceAll("?", () => `$${++place}`));
  return { text: texts.length === 0 ? "TRUE" : texts.join(" AND "), values: kept.flatMap(([, ...values]) => values) };
}

/** A page of rows of which one more was asked for than the page takes: whether it came tells whether there is another page. */
export function pageOf<R extends Row, Item>(
  rows: readonly R[],
  { list, limit, keyOf, read }: { list: List; limit: number; keyOf: (row: R) => SortKey; read: (row: R) => Item },
): Page<Item> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const next = rows.length > limit && last !== undefined && { nextCursor: writeCursor(list, keyOf(last)) };
  return { data: data.map(read), ...next };
}

/** A statement in PostgreSQL's spelling, with the name that it is prepared under. */

import type { Statement } from "../transactions/statement.ts";

export type Prepared = { name: string; text: string };

/** The texts are written in the program, so there is an end to them. */
const prepared = new Map<string, Prepared>();

export function preparedOf({ text, lock }: Pick<Statement, "text" | "lock">): Prepared {
  const spelt = text.replaceAll("json_each(", "json_array_elements(") + (lock ? " FOR UPDATE" : "");
  let statement = prepared.get(spelt);
  if (statement === undefined) {
    statement = { name: `s${prepared.size}`, text: spelt };
    prepared.set(spelt, statement);
  }
  return statement;
}

/** A statement in PostgreSQL's spelling, with the name that it is prepared under. */

import type { Given, Statement } from "../transactions/statement.ts";
import { type ArrayType, arrayOf } from "./array.ts";

/** What is sent for a `$n`: a value as it is, or one column of given rows. */
type Source = { value: number; column?: { place: number; type: ArrayType } };

export type Prepared = { name: string; text: string; sources: readonly Source[] };

/** The texts are written in the program, so there is an end to them. */
const prepared = new Map<string, Prepared>();

export function preparedOf(statement: Pick<Statement, "text" | "lock" | "values">): Prepared {
  const { text, lock } = statement;
  const written = lock ? `${text} FOR UPDATE` : text;
  let known = prepared.get(written);
  if (known === undefined) {
    // A command of one word is its own name: so it can be told on the wire.
    const name = /^[A-Z]+$/.test(text) ? text : `s${prepared.size}`;
    known = { name, ...spelt(written, statement.values) };
    prepared.set(written, known);
  }
  return known;
}

/** The values of a statement, as its spelling asks for them. */
export function valuesFor({ sources }: Prepared, values: Statement["values"]): unknown[] {
  return sources.map(({ value, column }) =>
    column === undefined ? values[value] : arrayOf(values[value] as readonly Given[], column.place, column.type),
  );
}

const NUMBER = /CAST\(given\.value ->> (\d+) AS BIGINT\)/g;
const VALUE = /given\.value ->> (\d+)/g;
/** `IS` before what a row of another table says: the row is looked up, and never the other way round. */
const LOOKED_UP = / IS (\w+\.\w+)/g;
const COUNTED = /CROSS JOIN (\w+) INDEXED BY \w+\s+WHERE ([\s\S]+?)\s+GROUP BY/;
const DELETED =
  /^(DELETE FROM \w+ WHERE (?:[^(]+ AND )?)(?:\w+|\([\w, ]+\)) IN \(\s*SELECT (?:(\w+)\.)?[\w, ]+ FROM([\s\S]+)\)$/;

/**
 * How rows are found is said here so that there is one way to do it. Otherwise it is chosen by what the server takes the
 * tables for, and that may have been counted when they were empty: then reading through all of an index looks as cheap as
 * looking into it, and the plan is kept while the table grows. An equality can be turned round, what is in an array of one
 * cannot; a subquery with an offset is asked for each row; and what is deleted is told by where it lies.
 * https://www.postgresql.org/docs/18/indexes-types.html
 */
function found(text: string): string {
  return text
    .replace(
      DELETED,
      (_, head: string, alias: string | undefined, rest: string) =>
        `${head}ctid = ANY (ARRAY(SELECT ${alias === undefined ? "" : `${alias}.`}ctid FROM${rest}))`,
    )
    .replace(COUNTED, "CROSS JOIN LATERAL (SELECT * FROM $1 WHERE $2 OFFSET 0) AS $1 GROUP BY")
    .replace(LOOKED_UP, " = ANY (ARRAY[$1])");
}

const PLACE = /json_each\(\$(\d+)\) AS given\b|\$(\d+)/g;

/**
 * Given rows are sent column by column. To take a row of JSON apart anew for each of its values is most of what a set costs
 * the server. https://www.postgresql.org/docs/18/functions-array.html
 */
function spelt(text: string, values: Statement["values"]): Omit<Prepared, "name"> {
  const numbers = new Set([...text.matchAll(NUMBER)].map(([, place]) => Number(place)));
  const widest = Math.max(...[...text.matchAll(VALUE)].map(([, place]) => Number(place) + 1));
  const sources: Source[] = [];
  const plain = new Map<string, string>();

  const columns = (value: number): string => {
    const [row] = values[value] as readonly Given[];
    const places = [...Array(Math.min(row?.length ?? widest, widest)).keys()];
    const arrays = places.map((place) => {
      const type = numbers.has(place) ? "bigint" : "text";
      return `$${sources.push({ value, column: { place, type } })}::${type}[]`;
    });
    return `unnest(${arrays.join()}) AS given (${places.map((place) => `v${place}`).join()})`;
  };
  const single = (number: string): string => {
    const named = plain.get(number) ?? `$${sources.push({ value: Number(number) - 1 })}`;
    plain.set(number, named);
    return named;
  };
  const renamed = found(text.replace(NUMBER, "given.v$1").replace(VALUE, "given.v$1"));
  const written = renamed.replace(PLACE, (_, rows: string | undefined, number: string) =>
    rows === undefined ? single(number) : columns(Number(rows) - 1),
  );
  return { text: written, sources };
}

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
  const renamed = text.replace(NUMBER, "given.v$1").replace(VALUE, "given.v$1");
  const written = renamed.replace(PLACE, (_, rows: string | undefined, number: string) =>
    rows === undefined ? single(number) : columns(Number(rows) - 1),
  );
  return { text: written, sources };
}

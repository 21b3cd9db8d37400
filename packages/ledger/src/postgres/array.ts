/** One column of given rows as PostgreSQL reads an array. https://www.postgresql.org/docs/18/arrays.html#ARRAYS-INPUT */

import type { Given } from "../transactions/statement.ts";

export type ArrayType = "text" | "bigint";

export function arrayOf(rows: readonly Given[], place: number, type: ArrayType): string {
  const written = type === "text" ? quoted : String;
  let list = "";
  for (const row of rows) {
    const value = row[place] ?? null;
    list += `${list === "" ? "" : ","}${value === null ? "NULL" : written(value)}`;
  }
  return `{${list}}`;
}

const SPECIAL = /[\\"]/;
const SPECIALS = /[\\"]/g;

function quoted(value: string | number): string {
  const text = String(value);
  return SPECIAL.test(text) ? `"${text.replace(SPECIALS, "\\$&")}"` : `"${text}"`;
}

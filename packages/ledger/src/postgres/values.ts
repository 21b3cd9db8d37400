/** Values as PostgreSQL says them, read as the ledger's statements expect them: as SQLite gives them. */

import type { Value } from "../transactions/statement.ts";

/** By the type's number. https://www.postgresql.org/docs/18/catalog-pg-type.html */
const READERS: ReadonlyMap<number, (text: string) => Value> = new Map<number, (text: string) => Value>([
  [16, (text) => (text === "t" ? 1 : 0)],
  [17, (text) => Buffer.from(text.slice(2), "hex")],
  [20, readInteger],
  [21, readInteger],
  [23, readInteger],
  [701, Number],
  // What a sum of bigints is, unless it is cast.
  [1700, readInteger],
]);

/** For one connection alone: the driver's own table belongs to the whole process. Everything else stays text, JSON too. */
export const VALUE_TYPES = {
  getTypeParser: (type: number, format?: string): ((text: string) => Value) => {
    if (format === "binary") throw new Error("values are asked for as text");
    return READERS.get(type) ?? String;
  },
};

/** The ledger keeps nothing that a number cannot hold; what comes out otherwise is a fault, not a rounding. */
function readInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is no whole number below 2^53`);
  return value;
}

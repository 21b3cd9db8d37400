/** The words of a transaction: hand-written SQL, in what SQLite and PostgreSQL have in common, yielded statement by statement, so that an engine may answer at once or later. */

/** What a statement's `$1`, `$2` … stand for. */
export type Value = string | number | null | Uint8Array;

export type Statement = { text: string; values: readonly Value[] };

export type Row = Record<string, Value>;

/** Yields statements, is given their rows, returns an outcome. It may run again from the start when its group was rolled back. */
export type Transaction<Outcome> = Generator<Statement, Outcome, Row[]>;

/** Runs one statement; gives its rows. */
export function* rowsOf<R extends Row = Row>(text: string, ...values: Value[]): Generator<Statement, R[], Row[]> {
  // The row's shape is promised by the statement's own column list.
  return (yield { text, values }) as R[];
}

/** Runs one statement; gives its first row. */
export function* rowOf<R extends Row = Row>(
  text: string,
  ...values: Value[]
): Generator<Statement, R | undefined, Row[]> {
  return ((yield { text, values }) as R[])[0];
}

type Nullable<T> = { [K in keyof T]: null extends T[K] ? K : never }[keyof T];

/** Leaves out what is null: in our words that property is absent. */
export function present<T extends object>(
  record: T,
): Omit<T, Nullable<T>> & { [K in Nullable<T>]?: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) as never;
}

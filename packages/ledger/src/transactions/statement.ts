/** The words of a transaction: hand-written SQL, in what SQLite and PostgreSQL have in common, yielded statement by statement, so that an engine may answer at once or later. */

/** What a statement's `$1`, `$2` … stand for. */
export type Value = string | number | null | Uint8Array;

/** The values of one row that a statement is given. */
export type Given = readonly (string | number | null)[];

export type Statement = {
  text: string;
  /** Rows stand for one `$n`, which the text takes apart: see `tables/given.ts`. */
  values: readonly (Value | readonly Given[])[];
  /** Its rows stay as they are for everybody else until the transaction ends, where the engine lets several write at once. */
  lock?: true;
  /** Nothing comes after the statements that it is yielded with, and nothing is asked of what they give: they may go along with the commit. */
  closes?: true;
};

export type Row = Record<string, Value>;

/**
 * Yields statements, is given the rows of each, returns an outcome. Statements that are yielded together run in their order,
 * and none of them needs to know what another gave, so an engine may send them in one go. A transaction may run again from
 * the start when its group was rolled back.
 */
export type Transaction<Outcome> = Generator<readonly Statement[], Outcome, Row[][]>;

/** Runs statements together; gives the rows of each. */
export function* all(...statements: Statement[]): Transaction<Row[][]> {
  return statements.length === 0 ? [] : yield statements;
}

/** Runs one statement; gives its rows. */
export function* rowsOf<R extends Row = Row>(text: string, ...values: Statement["values"]): Transaction<R[]> {
  // The row's shape is promised by the statement's own column list.
  return (yield [{ text, values }])[0] as R[];
}

/** Runs one statement; gives its first row. */
export function* rowOf<R extends Row = Row>(text: string, ...values: Statement["values"]): Transaction<R | undefined> {
  return (yield* rowsOf<R>(text, ...values))[0];
}

/** Runs one statement whose rows stay as they are until the transaction ends; gives the first. */
export function* lockedRowOf<R extends Row = Row>(text: string, ...values: Value[]): Transaction<R | undefined> {
  return (yield [{ text, values, lock: true }])[0]?.[0] as R | undefined;
}

/**
 * Runs named lists of statements together, those of the first name first; gives the rows of each name. `closes`: the
 * transaction ends with them.
 */
export function* rowsOfEach<Name extends string>(
  lists: Record<Name, readonly Statement[]>,
  closes = false,
): Transaction<Record<Name, Row[]>> {
  const names = Object.keys(lists) as Name[];
  const statements = names.flatMap((name) => lists[name]);
  const last = statements.at(-1);
  if (closes && last) statements[statements.length - 1] = { ...last, closes };
  const answers = last === undefined ? [] : yield statements;
  let next = 0;
  const rowsOfList = (name: Name): Row[] => {
    const from = next;
    next += lists[name].length;
    return next - from === 1 ? (answers[from] ?? []) : answers.slice(from, next).flat();
  };
  return Object.fromEntries(names.map((name) => [name, rowsOfList(name)])) as Record<Name, Row[]>;
}

type Nullable<T> = { [K in keyof T]: null extends T[K] ? K : never }[keyof T];

/** Leaves out what is null: in our words that property is absent. */
export function present<T extends object>(
  record: T,
): Omit<T, Nullable<T>> & { [K in Nullable<T>]?: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) as never;
}

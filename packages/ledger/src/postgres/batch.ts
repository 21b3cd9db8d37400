/**
 * A batch: statements that are sent in one go with one synchronization behind them, so that the server answers all of them at
 * once. https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */

import type { Row, Statement, Value } from "../transactions/statement.ts";
import { preparedOf, valuesFor } from "./statement-text.ts";
import { VALUE_TYPES } from "./values.ts";

/** What the driver's connection can send; its types know less of it. */
type Wire = {
  stream: { cork(): void; uncork(): void };
  parse(query: { name: string; text: string }): void;
  bind(config: { portal: string; statement: string; values: readonly unknown[] }): void;
  describe(what: { type: "P"; name: string }): void;
  execute(what: { portal: string; rows: number }): void;
  close(what: { type: "S"; name: string }): void;
  sync(): void;
};

type Field = { name: string; read: (text: string) => Value };

/** What a connection has prepared, by name, with the fields of its rows. */
export type Known = Map<string, readonly Field[]>;

export type Answered = { rows: Row[]; tag: string };

/** Driven by the client's own queue, as any query that knows how to submit itself. */
export class Batch {
  readonly answers: Promise<Answered[]>;
  readonly #statements: readonly Statement[];
  readonly #known: Known;
  readonly #names: string[];
  readonly #fresh = new Map<string, readonly Field[]>();
  readonly #answered: Answered[] = [];
  readonly #resolve: (answers: Answered[]) => void;
  readonly #reject: (error: unknown) => void;
  #rows: Row[] = [];
  #wrong: { error: unknown } | undefined;

  constructor(statements: readonly Statement[], known: Known) {
    const { promise, resolve, reject } = Promise.withResolvers<Answered[]>();
    this.answers = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#statements = statements;
    this.#known = known;
    this.#names = statements.map((statement) => preparedOf(statement).name);
  }

  submit(connection: unknown): void {
    const wire = connection as Wire;
    wire.stream.cork();
    for (const statement of this.#statements) this.#send(wire, statement);
    wire.sync();
    wire.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    const read = fields.map(({ name, dataTypeID }) => ({ name, read: VALUE_TYPES.getTypeParser(dataTypeID) }));
    this.#fresh.set(this.#current, read);
  }

  handleDataRow({ fields: texts }: { fields: readonly (string | null)[] }): void {
    try {
      const fields = this.#known.get(this.#current) ?? this.#fresh.get(this.#current) ?? [];
      const row: Row = {};
      for (const [place, { name, read }] of fields.entries()) {
        const text = texts[place] ?? null;
        row[name] = text === null ? null : read(text);
      }
      this.#rows.push(row);
    } catch (error) {
      this.#wrong ??= { error };
    }
  }

  handleCommandComplete({ text: tag }: { text: string }): void {
    this.#answered.push({ rows: this.#rows, tag });
    this.#rows = [];
  }

  handleReadyForQuery(): void {
    for (const [name, fields] of this.#fresh) this.#known.set(name, fields);
    if (this.#wrong) this.#reject(this.#wrong.error);
    else this.#resolve(this.#answered);
  }

  handleError(error: unknown): void {
    this.#reject(error);
  }

  /** Of the statement that is being answered. */
  get #current(): string {
    return this.#names[this.#answered.length] as string;
  }

  #send(wire: Wire, statement: Statement): void {
    const prepared = preparedOf(statement);
    const { name, text } = prepared;
    const isKnown = this.#known.has(name) || this.#fresh.has(name);
    if (!isKnown) {
      // It may be there from a batch that failed behind it; to close what is not there is no mistake.
      wire.close({ type: "S", name });
      wire.parse({ name, text });
      this.#fresh.set(name, []);
    }
    wire.bind({ portal: "", statement: name, values: valuesFor(prepared, statement.values).map(sendable) });
    if (!isKnown) wire.describe({ type: "P", name: "" });
    wire.execute({ portal: "", rows: 0 });
  }
}

function sendable(value: unknown): unknown {
  if (typeof value === "number") return String(value);
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

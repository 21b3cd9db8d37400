/** The database file, and transactions run on it at once. */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Row, Statement, Transaction, Value } from "../transactions/statement.ts";
import { migrate } from "./schema.ts";

export type Database = {
  /** Runs a transaction, durable when it returns; when it throws, nothing of it has happened. */
  commit<Outcome>(transaction: Transaction<Outcome>): Outcome;
  close(): void;
};

export function openDatabase(file: string, busyTimeoutMs: number): Database {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  // A commit has reached the disk when it returns: a hold that was answered for survives a power cut.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  // 64 MiB: the ends of the tables and of the indexes by account stay at hand, which 2 MB have no room for.
  database.exec("PRAGMA cache_size = -65536");
  migrate(database);
  const run = statementsOf(database);
  const commands = ["BEGIN IMMEDIATE", "COMMIT"].map((text) => database.prepare(text)) as [
    StatementSync,
    StatementSync,
  ];
  return {
    commit: (transaction) => inTransaction(database, commands, () => follow(transaction, run)),
    close: () => database.close(),
  };
}

type Run = (statements: readonly Statement[]) => Row[][];

function statementsOf(database: DatabaseSync): Run {
  const prepared = new Map<string, StatementSync>();
  const run = ({ text, values }: Statement): Row[] => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = database.prepare(spelt(text));
      prepared.set(text, statement);
    }
    return statement.all(...values.map(plain)) as Row[];
  };
  return (statements) => statements.map(run);
}

/** Rows as one value, which the statement takes apart. */
function plain(value: Statement["values"][number]): Value {
  return Array.isArray(value) ? JSON.stringify(value) : (value as Value);
}

/**
 * SQLite takes `$1` for a name and `?1` for a place. Rows given as JSON are taken apart once, and not for each of their values
 * anew, which takes a quarter off a set. https://sqlite.org/json1.html#jsonb_each
 */
function spelt(text: string): string {
  return text.replaceAll("$", "?").replaceAll("json_each(", "jsonb_each(");
}

function inTransaction<T>(database: DatabaseSync, [begin, commit]: [StatementSync, StatementSync], work: () => T): T {
  begin.run();
  try {
    const outcome = work();
    commit.run();
    return outcome;
  } catch (error) {
    // SQLite has rolled back by itself after a full disk and the like.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function follow<Outcome>(transaction: Transaction<Outcome>, run: Run): Outcome {
  let step = transaction.next();
  while (!step.done) step = transaction.next(run(step.value));
  return step.value;
}

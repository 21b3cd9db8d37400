/** The database file, and transactions run on it at once. */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Row, Statement, Transaction } from "../transactions/statement.ts";
import { migrate } from "./schema.ts";

export type Database = {
  /** Runs one after the other in one durable transaction; when one throws, none of them has happened. */
  commit<Outcome>(transactions: readonly (() => Transaction<Outcome>)[]): Outcome[];
  close(): void;
};

export function openDatabase(file: string, busyTimeoutMs: number): Database {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  // A commit has reached the disk when it returns: a hold that was answered for survives a power cut.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  migrate(database);
  const run = statementsOf(database);
  const commands = ["BEGIN IMMEDIATE", "COMMIT"].map((text) => database.prepare(text)) as [
    StatementSync,
    StatementSync,
  ];
  return {
    commit: (transactions) =>
      inTransaction(database, commands, () => transactions.map((begin) => follow(begin(), run))),
    close: () => database.close(),
  };
}

type Run = (statement: Statement) => Row[];

function statementsOf(database: DatabaseSync): Run {
  const prepared = new Map<string, StatementSync>();
  return ({ text, values }) => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      // SQLite takes `$1` for a name and `?1` for a place.
      statement = database.prepare(text.replaceAll("$", "?"));
      prepared.set(text, statement);
    }
    return statement.all(...values) as Row[];
  };
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

/** The tables in SQLite. */

import type { DatabaseSync } from "node:sqlite";
import { JOURNALS, STEPS } from "../schema/steps.ts";

/** Files of before the first release counted their versions from 1. */
const FIRST_VERSION = 100;

/**
 * Takes the steps that a file lacks, all or none; `user_version` says how many were taken. Throws when another version of
 * the program has written what this one does not know.
 */
export function migrate(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    const taken = stepsTaken(database);
    for (const step of STEPS.slice(taken)) database.exec(step);
    if (taken === 0) for (const journal of JOURNALS) database.exec(guard(journal));
    database.exec(`PRAGMA user_version = ${FIRST_VERSION + STEPS.length}`);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function stepsTaken(database: DatabaseSync): number {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version === 0) return 0;
  if (version < FIRST_VERSION) throw new Error("the file was written before the first release; move it away");
  const taken = version - FIRST_VERSION;
  if (taken <= STEPS.length) return taken;
  throw new Error(`the file is of version ${taken}, this program knows versions up to ${STEPS.length}`);
}

/** A journal is only ever added to. */
function guard(table: string): string {
  return `
    CREATE TRIGGER ${table}_stays BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, 'movements are never changed'); END;
    CREATE TRIGGER ${table}_remains BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, 'movements are never deleted'); END;`;
}

/** The tables in PostgreSQL. */

import { escapeIdentifier } from "pg";
import { inPostgres } from "../schema/spelling.ts";
import { JOURNALS, STEPS } from "../schema/steps.ts";
import type { Row, Value } from "../transactions/statement.ts";
import type { Session } from "./session.ts";
import { WRITING } from "./transaction.ts";

/**
 * Takes the steps that a schema lacks, all or none. Gateways that start at the same time do so one after the other. Rejects
 * when another version of the program has written what this one does not know; the session is then of no more use.
 */
export async function migrate(session: Session, schema: string): Promise<void> {
  await session.command(WRITING);
  await rowOf(session, "SELECT 1 AS one FROM pg_advisory_xact_lock(hashtextextended('ledger in ' || $1, 0))", schema);
  const taken = await stepsTaken(session);
  if (taken > STEPS.length) {
    throw new Error(`the database is of version ${taken}, this program knows versions up to ${STEPS.length}`);
  }
  // Where nothing is lacking nothing is asked for, so that a role without the right to create can open it.
  if (taken === 0) await createSchema(session, schema);
  if (taken < STEPS.length) await takeSteps(session, taken);
  await session.command("COMMIT");
}

async function stepsTaken(session: Session): Promise<number> {
  const { table } = await rowOf(session, "SELECT CAST(to_regclass('schema_version') AS TEXT) AS table");
  if (table === null) return 0;
  const { version } = await rowOf(session, "SELECT COALESCE(MAX(version), 0) AS version FROM schema_version");
  return Number(version);
}

async function createSchema(session: Session, schema: string): Promise<void> {
  const { found } = await rowOf(session, "SELECT COUNT(*) AS found FROM pg_namespace WHERE nspname = $1", schema);
  if (found === 0) await session.command(`CREATE SCHEMA ${escapeIdentifier(schema)}`);
  await session.command(
    "CREATE TABLE schema_version (version BIGINT PRIMARY KEY, taken_at TIMESTAMPTZ NOT NULL DEFAULT now())",
  );
}

async function takeSteps(session: Session, taken: number): Promise<void> {
  for (let step = taken; step < STEPS.length; step++) {
    await session.command([inPostgres(STEPS[step] as string), TRIGGERS[step]].join("\n"));
  }
  await rowOf(session, "INSERT INTO schema_version (version) VALUES ($1) RETURNING version", STEPS.length);
}

/** The one row that a statement always has. */
async function rowOf(session: Session, text: string, ...values: Value[]): Promise<Row> {
  const [[row] = []] = await session.run([{ text, values }]);
  if (row === undefined) throw new Error(`no row came of ${text}`);
  return row;
}

/** A journal is only ever added to. */
const GUARD = `
  CREATE FUNCTION journal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'movements are never changed or deleted';
    END $$;`;

function guarded(table: string): string {
  return `
    CREATE TRIGGER ${table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
      FOR EACH STATEMENT EXECUTE FUNCTION journal_stays();`;
}

/** What rows of a request refer to, which is not asked for each of them. */
const KEPT = ["account", "lot", "hold"];

const KEEP = `
  CREATE FUNCTION referred_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'accounts, lots and holds are never deleted';
    END $$;`;

function kept(table: string): string {
  return `
    CREATE TRIGGER ${table}_stays BEFORE DELETE OR TRUNCATE ON ${table}
      FOR EACH STATEMENT EXECUTE FUNCTION referred_stays();`;
}

/** The channel is named like the schema, so that ledgers in one database do not hear each other. */
const NOTIFY = `
  CREATE FUNCTION notify_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify(TG_TABLE_SCHEMA, json_build_object('subject', NEW.subject, 'subjectId', NEW.subject_id)::text);
      RETURN NULL;
    END $$;
  CREATE TRIGGER change_is_told AFTER INSERT ON change FOR EACH ROW EXECUTE FUNCTION notify_of_change();`;

/** Told once for all that a statement writes. */
const NOTIFY_OF_RECORDS = `
  CREATE FUNCTION notify_of_records() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify(TG_TABLE_SCHEMA, json_build_object('subject', 'records')::text);
      RETURN NULL;
    END $$;
  CREATE TRIGGER record_is_told AFTER INSERT ON record FOR EACH STATEMENT EXECUTE FUNCTION notify_of_records();`;

/** What stands on the tables of each step. */
const TRIGGERS: readonly string[] = [
  [GUARD, ...JOURNALS.map(guarded), KEEP, ...KEPT.map(kept), NOTIFY].join("\n"),
  NOTIFY_OF_RECORDS,
];

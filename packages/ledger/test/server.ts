/** One PostgreSQL server for all tests of a process, started by the first that asks; it ends with the process. */

import { openLedger } from "@interchange/ledger";
import { type PostgresServer, startPostgres } from "@interchange/postgres-server";
import { Client } from "pg";
import { onTestFinished } from "vitest";

let server: Promise<PostgresServer> | undefined;

export function sharedServer(): Promise<PostgresServer> {
  server ??= startPostgres({ settings: { max_connections: "200" } });
  return server;
}

const rested: string[] = [];

/** The URL of a database with empty tables. After the test it is swept for the next: that takes a twentieth of making one. */
export async function freshDatabase(): Promise<string> {
  const url = rested.pop() ?? (await databaseWithTables());
  onTestFinished(async () => {
    await query(url, SWEEP);
    rested.push(url);
  });
  return url;
}

/** Rows as somebody reads them who knows nothing of the ledger. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, options: "-c search_path=interchange" });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

export async function databaseWithTables(): Promise<string> {
  const url = await (await sharedServer()).createDatabase();
  const ledger = await openLedger({ url });
  await ledger.close();
  return url;
}

/** Empties all tables. As a replica it is held back by no trigger and no reference. */
export const SWEEP = `
  DO $$
    DECLARE name text;
    BEGIN
      SET LOCAL session_replication_role = replica;
      FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'interchange' AND tablename <> 'schema_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
      END LOOP;
    END $$`;

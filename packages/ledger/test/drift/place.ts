/** Where the ledger of a drift is kept, and how it is read by somebody who knows nothing of ledgers. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type PostgresServer, startPostgres } from "@interchange/postgres-server";
import { Client } from "pg";

export type Row = Record<string, string | number | null>;

export type Place = {
  /** What opens a ledger there. */
  options: object;
  /** How many processes work on it at once. */
  gateways: number;
  rows(text: string): Promise<Row[]>;
  /** The server that can be killed; absent where there is none. */
  server?: Pick<PostgresServer, "kill" | "restart">;
  remove(): Promise<void>;
};

export const PLACES = { sqlite: onSqlite, postgres: onPostgres } as const;

async function onSqlite(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "drift-"));
  const file = join(folder, "ledger.db");
  return {
    options: { file },
    gateways: 1,
    rows: async (text) => {
      const database = new DatabaseSync(file, { readOnly: true });
      const rows = database.prepare(text).all();
      database.close();
      return rows as Row[];
    },
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function onPostgres(): Promise<Place> {
  const server = await startPostgres();
  const url = await server.createDatabase();
  return {
    options: { url },
    gateways: 2,
    rows: async (text) => {
      const client = new Client({ connectionString: url, options: "-c search_path=interchange" });
      await client.connect();
      try {
        return (await client.query<Row>(text)).rows.map(plain);
      } finally {
        await client.end();
      }
    },
    server,
    remove: () => server.stop(),
  };
}

/** Bigints come as text from a driver that nobody has told better; all of them stay far below 2^53. */
function plain(row: Row): Row {
  const numbered = Object.entries(row).map(([name, value]) => [name, isNumber(value) ? Number(value) : value]);
  return Object.fromEntries(numbered) as Row;
}

function isNumber(value: unknown): boolean {
  return typeof value === "string" && /^-?\d+$/.test(value);
}

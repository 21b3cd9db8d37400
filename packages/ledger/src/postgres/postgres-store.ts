/** The store on PostgreSQL: one session that writes, two that read, one that watches. */

import { type CommandKind, LONG_READS, type Store } from "../store.ts";
import type { Command } from "../transactions/command.ts";
import { unavailable } from "./failure.ts";
import { openLink } from "./link.ts";
import { migrate } from "./migration.ts";
import { readersOf } from "./readers.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";
import { openWatch } from "./watch.ts";
import { writerOn } from "./writer.ts";

export type PostgresOptions = {
  /** `postgres://user:password@host/database`, with whatever else libpq lets a URL say. */
  url: string;
  /** The schema that the tables stand in; several ledgers can share a database. */
  schema: string;
  /** How long commands may wait for the database; those that only read and may take long, twelve times as long. */
  timeoutMs: number;
};

const MIGRATE_TIMEOUT_MS = 600_000;

/** Rejects with `LedgerUnavailable` when the database cannot be reached, or was written by a later version. */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  try {
    return await openStore(options);
  } catch (error) {
    // The URL holds a password, and so may what went wrong with it.
    throw unavailable(`the ledger's database cannot be opened: ${(error as Error).message}`);
  }
}

async function openStore(options: PostgresOptions): Promise<Store> {
  const { schema, timeoutMs } = options;
  const opener = (role: SessionOptions["role"], timeoutMs: number) => () =>
    openSession({ ...options, role, timeoutMs });
  await migrateOn(await opener("migration", MIGRATE_TIMEOUT_MS)(), schema);
  const link = await openLink(opener("writer", timeoutMs));
  const watching = await openWatch(opener("watch", timeoutMs), schema).catch(async (error: unknown) => {
    await link.close();
    throw error;
  });
  const writer = writerOn(link);
  const readers = readersOf(opener("reader", 12 * timeoutMs));
  let isOpen = true;

  const submit = (kind: CommandKind, input: unknown, nowMs: number): Promise<unknown> => {
    if (!isOpen) return Promise.reject(unavailable("the ledger is closed"));
    const command = { kind, input, nowMs } as Command;
    // Where the writer has no connection a reader would look for one in vain.
    return LONG_READS.has(kind) && link.session() ? readers.submit(command) : writer.submit(command);
  };
  return {
    submit: submit as Store["submit"],
    watch: watching.watch,
    close: async () => {
      isOpen = false;
      await Promise.all([writer.whenIdle(), readers.close()]);
      await Promise.all([watching.close(), link.close()]);
    },
  };
}

async function migrateOn(session: Session, schema: string): Promise<void> {
  try {
    await migrate(session, schema);
  } finally {
    await session.close();
  }
}

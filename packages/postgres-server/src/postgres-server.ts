/** A server in a folder of its own, reached over a socket in that folder: no port to collide on, nothing left behind. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { type Guard, guardOf } from "./guard.ts";
import { type Owner, ownerOfServer } from "./owner.ts";
import { killAll } from "./processes.ts";
import { type Programs, programsFor } from "./programs.ts";

export type PostgresServer = {
  /** Where a database is reached; `postgres` is always there. */
  url(database?: string): string;
  /** Makes a database, empty or a copy of another; gives its URL. Nobody may be connected to the one that is copied. */
  createDatabase(template?: string): Promise<string>;
  /** Kills all of the server's processes, as a power cut would but for the disk's own cache. */
  kill(): void;
  /** Starts the server again on what it has on disk. */
  restart(): Promise<void>;
  /** Ends the server and removes all that it has written. */
  stop(): Promise<void>;
};

export type ServerOptions = {
  /** What to run with, by the names of PostgreSQL's configuration. */
  settings?: Readonly<Record<string, string>>;
};

/**
 * `fsync` guards against a power cut, of which no test can make one: what a killed server had written is with the kernel.
 * Shared memory lies in the folder, so that a killed server leaves none behind.
 */
const SETTINGS = { fsync: "off", dynamic_shared_memory_type: "mmap", shared_buffers: "32MB", listen_addresses: "" };

/** After a kill the kernel may take a moment to let go of what the old server had; until then a new one ends at once. */
const RESTART_MS = 10_000;

/** A server that ends with this process, or before when it is told to. */
export async function startPostgres({ settings = {} }: ServerOptions = {}): Promise<PostgresServer> {
  const owner = ownerOfServer();
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const guard = guardOf(folder);
  try {
    const place = { folder, owner, programs: await programsFor(owner, folder), settings: { ...SETTINGS, ...settings } };
    await initialise(place);
    return serverOver(place, await start(place, guard, 0), guard);
  } catch (error) {
    await guard.end();
    throw error;
  }
}

type Place = {
  folder: string;
  owner: Owner | undefined;
  programs: Programs;
  settings: Readonly<Record<string, string>>;
};

/** Its words are sorted as a language sorts them, not by their bytes, as on many an operator's server. */
async function initialise({ folder, owner, programs }: Place): Promise<void> {
  const options = ["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"];
  const locale = ["--locale=C", "--locale-provider=icu", "--icu-locale=en"];
  await promisify(execFile)(programs.initdb, ["-D", join(folder, "data"), ...options, ...locale], {
    ...owner,
    cwd: folder,
  });
}

function serverOver(place: Place, started: ChildProcess, guard: Guard): PostgresServer {
  let server: ChildProcess | undefined = started;
  const url = urlIn(place.folder);

  const kill = (): void => {
    if (server?.pid !== undefined && isRunning(server)) killAll(server.pid);
    guard.watch(undefined);
  };
  return {
    url,
    kill,
    createDatabase: (template = "template1") => createDatabase(url, template),
    restart: async () => {
      kill();
      if (server) await ended(server);
      server = undefined;
      server = await start(place, guard, RESTART_MS);
    },
    stop: () => guard.end(),
  };
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Whoever waits for it to end does not end before. */
async function ended(server: ChildProcess): Promise<void> {
  if (!isRunning(server)) return;
  server.ref();
  await once(server, "exit");
}

/** https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
function urlIn(folder: string): PostgresServer["url"] {
  return (database = "postgres") => `postgres://postgres@localhost/${database}?host=${encodeURIComponent(folder)}`;
}

async function createDatabase(url: PostgresServer["url"], template: string): Promise<string> {
  const name = `db_${randomBytes(8).toString("hex")}`;
  const client = new Client({ connectionString: url() });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${client.escapeIdentifier(template)}`);
  } finally {
    await client.end();
  }
  return url(name);
}

/** Gives up when the server still ends at once after `retryMs`. */
async function start(place: Place, guard: Guard, retryMs: number): Promise<ChildProcess> {
  const deadlineMs = Date.now() + retryMs;
  for (;;) {
    const server = spawnServer(place);
    guard.watch(server.pid);
    while (isRunning(server)) {
      if (await answers(urlIn(place.folder)())) return server;
      await sleep(10);
    }
    if (Date.now() >= deadlineMs) throw new Error(`PostgreSQL does not start: ${tail(place.folder)}`);
    await sleep(50);
  }
}

function spawnServer({ folder, owner, programs, settings }: Place): ChildProcess {
  const log = openSync(join(folder, "log"), "a");
  const given = Object.entries({ ...settings, unix_socket_directories: folder });
  const server = spawn(
    programs.postgres,
    ["-D", join(folder, "data"), ...given.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { ...owner, cwd: folder, stdio: ["ignore", log, log], detached: true },
  );
  closeSync(log);
  server.unref();
  return server;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function tail(folder: string): string {
  return readFileSync(join(folder, "log"), "utf8").slice(-2_000);
}

/** Goal: a server is there when it is wanted, keeps what it was told through a kill, and leaves nothing behind. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { startPostgres } from "@interchange/postgres-server";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { programsFor } from "../src/programs.ts";

const folderOf = (url: string): string => new URL(url).searchParams.get("host") ?? "";

/** Nobody listens, there is nothing left to listen on, or who answered has died while he did. */
const GONE = /ECONNREFUSED|ENOENT|ECONNRESET|EPIPE|terminated/;

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

test("keeps what was committed through a kill, and is gone when it is stopped", async () => {
  const server = await startPostgres({ settings: { work_mem: "5MB" } });
  onTestFinished(() => server.stop());
  const url = await server.createDatabase();
  expect(await query(url, "SHOW work_mem")).toEqual([{ work_mem: "5MB" }]);
  await query(url, "CREATE TABLE kept (word TEXT); INSERT INTO kept VALUES ('here')");
  for (let round = 0; round < 3; round++) {
    server.kill();
    await expect(query(url, "SELECT 1")).rejects.toThrow(GONE);
    await server.restart();
    expect(await query(url, "SELECT word FROM kept")).toEqual([{ word: "here" }]);
  }
  const name = new URL(url).pathname.slice(1);
  expect(await query(await server.createDatabase(name), "SELECT word FROM kept")).toEqual([{ word: "here" }]);
  await server.stop();
  expect(existsSync(folderOf(url))).toBe(false);
  await expect(query(url, "SELECT 1")).rejects.toThrow(GONE);
});

test("one that is killed for good can still be stopped", async () => {
  const server = await startPostgres();
  server.kill();
  server.kill();
  await server.stop();
  await server.stop();
  expect(existsSync(folderOf(server.url()))).toBe(false);
});

test("ends with the process that started it, also when that is killed", async () => {
  const script = `
    import { startPostgres } from "@interchange/postgres-server";
    console.log((await startPostgres()).url());
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  child.kill("SIGKILL");
  await expect.poll(() => existsSync(folderOf(url)), { timeout: 10_000 }).toBe(false);
  await expect(query(url, "SELECT 1")).rejects.toThrow(GONE);
});

test("what cannot be started says why", async () => {
  await expect(startPostgres({ settings: { work_mem: "none" } })).rejects.toThrow(/does not start: .*work_mem/s);
});

test.runIf(process.getuid?.() === 0)("programs that only root may reach are copied to where others may", async () => {
  const nobody = { uid: 65_534, gid: 65_534 };
  const [secret, folder] = ["secret-", "open-"].map((name) => mkdtempSync(join(tmpdir(), name))) as [string, string];
  onTestFinished(() => {
    for (const each of [secret, folder]) rmSync(each, { recursive: true });
  });
  chmodSync(folder, 0o755);
  const installed = await programsFor(undefined, folder);
  expect(await programsFor(nobody, folder)).toEqual(installed);
  const bin = dirname(installed.postgres);
  cpSync(dirname(bin), join(secret, "native"), { recursive: true, verbatimSymlinks: true });
  const copied = await programsFor(nobody, folder, join(secret, "native/bin/postgres"));
  expect(copied).toEqual({
    initdb: join(folder, "programs/bin/initdb"),
    postgres: join(folder, "programs/bin/postgres"),
  });
});

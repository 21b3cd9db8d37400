/** The same cases on every other runtime that is installed here; where one is not, its test says so and is skipped. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleOf } from "./bundle.ts";
import { cases } from "./cases.ts";
import { type Market, startMarket } from "./market.ts";

const run = promisify(execFile);

/** How each is told to run a module that may reach the network. */
const runtimes: readonly (readonly [command: string, flags: readonly string[]])[] = [
  ["deno", ["run", "--allow-all"]],
  ["bun", []],
];

const isHere = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;
const found = runtimes.filter(([command]) => isHere(command));

describe.skipIf(found.length === 0)("on another runtime", () => {
  let market: Market;
  let folder: string;
  beforeAll(async () => {
    market = await startMarket();
    folder = mkdtempSync(join(tmpdir(), "interchange-client-runtimes-"));
    writeFileSync(join(folder, "cases.mjs"), await bundleOf("runtime-entry.ts", "esm"));
  });
  afterAll(async () => {
    await market.close();
    rmSync(folder, { recursive: true });
  });

  for (const [command, flags] of runtimes) {
    const title = isHere(command) ? command : `${command} (skipped: it is not on the PATH)`;
    test.skipIf(!isHere(command))(title, async () => {
      const place = { url: market.url, key: market.key, operatorKey: market.operatorKey };
      const env = { ...process.env, PLACE: JSON.stringify(place) };
      const { stdout } = await run(command, [...flags, join(folder, "cases.mjs")], { env });
      expect(JSON.parse(stdout)).toEqual(Object.fromEntries(cases.map(({ name, want }) => [name, want])));
    });
  }
});

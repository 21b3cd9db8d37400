/** Goal: what a guide shows works. Method: its TypeScript is compiled and run against a gateway, and the paths that it names are there. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faultsOf } from "./compile.ts";
import { type Market, startMarket } from "./market.ts";

const run = promisify(execFile);
const HERE = fileURLToPath(new URL("../", import.meta.url));

/** What each piece of code writes, in the order of the guide. */
const WRITES: Readonly<Record<string, readonly RegExp[]>> = {
  quickstart: [/You asked/, /You asked/, /You asked/],
  client: [/You asked/, /^200 \{[\s\S]*req_none/, /req_\w+ reconciled/],
  streaming: [/You asked[\s\S]*output_tokens/, /^\S*$/],
};

const pieces = Object.entries(WRITES).flatMap(([guide, writes]) => {
  const text = readFileSync(new URL(`../guides/${guide}.md`, import.meta.url), "utf8");
  const sources = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, source = ""]) => source);
  return sources.map((source, index) => ({ name: `${guide} ${index + 1}`, source, writes: writes[index] }));
});

describe("a guide", () => {
  let market: Market;
  beforeAll(async () => {
    market = await startMarket();
  });
  afterAll(() => market.close());

  test("has code that compiles", async () => {
    expect(await faultsOf(pieces)).toEqual([]);
  }, 60_000);

  test.each(pieces)("has code that does what it says: $name", async ({ source, writes }) => {
    const flags = ["--conditions=@interchange/source", "--input-type=module-typescript", "--eval"];
    const here = source.replaceAll("http://localhost:4000", market.url);
    const env = { ...process.env, KEY: market.key, NO_COLOR: "1" };
    const { stdout } = await run(process.execPath, [...flags, here], { cwd: HERE, env });
    expect(writes).toBeDefined();
    expect(stdout).toMatch(writes as RegExp);
  });
});

test("the guide to adding a surface names files and folders that are there", () => {
  const text = readFileSync(new URL("../guides/surfaces.md", import.meta.url), "utf8").replaceAll(
    "telegrams",
    "messages",
  );
  const named = [...text.matchAll(/`((?:spec|packages|apps)\/[\w./-]+)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(12);
  expect(named.filter((path) => !existsSync(new URL(`../../../${path}`, import.meta.url)))).toEqual([]);
});

test("the guide to the client knows every class of error that it exports, and no other", async () => {
  const text = readFileSync(new URL("../guides/client.md", import.meta.url), "utf8");
  const exported = Object.keys(await import("@interchange/client")).filter((name) => name.endsWith("Error"));
  const named = [...text.matchAll(/`(\w+Error)`/g)].map(([, name]) => name);
  expect(named.filter((name) => !exported.includes(name ?? ""))).toEqual([]);
  const direct = exported.filter((name) => !STATUS.test(name));
  expect(named).toEqual(expect.arrayContaining(direct));
});

/** The classes of single statuses, of which the guide names some. */
const STATUS =
  /^(?:Bad|Unauthorized|Payment|Forbidden|NotFound|Method|Conflict|Content|Unsupported|Unprocessable|TooMany|Internal|Service|Gateway)/;

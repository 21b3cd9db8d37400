/** What is generated is written, or compared with what stands: stale, missing and extra files are told apart. */
import { execFile } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generate } from "../src/index.ts";
import { compare, write } from "../src/output.ts";
import { tinyConfig, tinyFiles } from "./tiny-contract.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "interchange-codegen-"));
});

afterEach(() => rm(root, { recursive: true }));

const paths = Object.keys(tinyFiles).sort();
const table = "packages/contract/operations.txt";
const routes = "packages/stubs/src/generated/echo.ts";
const leftOver = "packages/client/src/generated/left-over.ts";
const byHand = "packages/client/src/by-hand.ts";
const nothing = { stale: [], missing: [], extra: [] };

/** One file of each kind that differs, and one beside the generated folders that is nobody's business. */
async function disturb(): Promise<void> {
  await appendFile(join(root, routes), "// by hand\n");
  await rm(join(root, table));
  await writeFile(join(root, leftOver), "");
  await writeFile(join(root, byHand), "");
}

const disturbed = { stale: [routes], missing: [table], extra: [leftOver] };

describe("write", () => {
  test("makes every file, then has nothing left to do", async () => {
    expect(await write(root, tinyFiles)).toEqual({ ...nothing, missing: paths });
    expect(await readFile(join(root, routes), "utf8")).toBe(tinyFiles[routes]);
    expect(await write(root, tinyFiles)).toEqual(nothing);
  });

  test("puts right what differs and leaves the rest alone", async () => {
    await write(root, tinyFiles);
    await disturb();
    expect(await write(root, tinyFiles)).toEqual(disturbed);
    expect(await compare(root, tinyFiles)).toEqual(nothing);
    expect(await readFile(join(root, byHand), "utf8")).toBe("");
  });
});

describe("compare", () => {
  test("names what differs, and touches nothing", async () => {
    await write(root, tinyFiles);
    await disturb();
    expect(await compare(root, tinyFiles)).toEqual(disturbed);
    expect(await compare(root, tinyFiles)).toEqual(disturbed);
  });

  test("passes a failure on that is not an absent file", async () => {
    await mkdir(join(root, table), { recursive: true });
    await expect(compare(root, tinyFiles)).rejects.toThrow("EISDIR");
  });
});

describe("generate", () => {
  test("fails with Redocly's words when a document does not bundle", async () => {
    const config = join(root, "redocly.yaml");
    await writeFile(config, "apis: { none: { root: none.yaml } }");
    await expect(generate(config)).rejects.toThrow(/^none does not bundle: .*none\.yaml does not exist/);
  });
});

describe("the command with --check", () => {
  const main = resolve(import.meta.dirname, "../src/main.ts");

  /** What the command printed line by line, and how it ended. */
  async function check(): Promise<{ code: number; printed: string[] }> {
    const command = [main, "--check", "--config", tinyConfig, "--root", root];
    const { code, stdout } = await promisify(execFile)(process.execPath, command).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (failure: { code: number; stdout: string }) => failure,
    );
    return { code, printed: stdout.split("\n").filter((line) => line !== "") };
  }

  test("succeeds in silence when everything stands", async () => {
    await write(root, tinyFiles);
    expect(await check()).toEqual({ code: 0, printed: [] });
  });

  test("fails with the list of what differs", async () => {
    await write(root, tinyFiles);
    await disturb();
    const printed = [`stale    ${routes}`, `missing  ${table}`, `extra    ${leftOver}`];
    expect(await check()).toEqual({ code: 1, printed });
  });
});

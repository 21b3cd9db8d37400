/** Goal: what the README shows is true. Method: every example is compiled as a user would, and run against the real gateway. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Market, startMarket } from "./market.ts";

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

/** What each prints, in order. */
const printed: readonly RegExp[] = [
  /^\[simulated by sim-prime\] You asked: “Why is the sky blue\?”/,
  /^text-prime \d+\nClient\nnot_found_error req_[0-9a-f]+ undefined\nreq_[0-9a-f]+ text-prime\n/,
  /^\[simulated by sim-prime\] You asked: “Hello”.*end_turn \d+ req_[0-9a-f]+\n$/s,
];

let market: Market;
let folder: string;
beforeAll(async () => {
  market = await startMarket();
  folder = mkdtempSync(join(tmpdir(), "interchange-client-readme-"));
});
afterAll(async () => {
  await market.close();
  rmSync(folder, { recursive: true });
});

test("the first example is five lines", () => {
  expect(examples[0]?.trim().split("\n")).toHaveLength(5);
  expect(examples).toHaveLength(printed.length);
});

test("they compile in a strict project", async () => {
  mkdirSync(join(folder, "node_modules/@interchange"), { recursive: true });
  symlinkSync(PACKAGE, join(folder, "node_modules/@interchange/client"));
  const types = dirname(dirname(require.resolve("@types/node/package.json")));
  const compilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: true },
    ...{ target: "es2024", module: "nodenext", noEmit: true, allowImportingTsExtensions: true },
    ...{ customConditions: ["@interchange/source"], types: ["node"], typeRoots: [types] },
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  for (const [index, code] of examples.entries()) writeFileSync(join(folder, `example-${index}.ts`), code);
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const found = await run(process.execPath, [tsc, "-p", folder]).catch((failure: { stdout: string }) => failure);
  expect(found.stdout).toBe("");
});

describe("they run", () => {
  test.each(examples.map((code, index) => [`example ${index + 1}`, code, printed[index] as RegExp] as const))(
    "%s",
    async (_, code, want) => {
      const here = code.replaceAll("http://localhost:4000", market.url);
      const flags = ["--conditions=@interchange/source", "--input-type=module-typescript", "--eval", here];
      const env = { ...process.env, INTERCHANGE_KEY: market.key };
      const { stdout, stderr } = await run(process.execPath, flags, { cwd: PACKAGE, env });
      expect(stdout).toMatch(want);
      expect(stderr).toBe("");
    },
  );
});

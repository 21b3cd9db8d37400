/** Goal: the last line of a run is true. Method: run files that go wrong in every way, and read the line. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "./workspace.ts";

const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");

interface Ended {
  readonly lines: readonly string[];
  readonly status: number | string | null | undefined;
}

/** Beside others of its kind: most of what one takes is its start. */
function run(folder: string, args: readonly string[]): Promise<Ended> {
  const vitest = [VITEST, "run", "--config", `test/${folder}/vitest.config.ts`, ...args];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, vitest, { cwd: ROOT, encoding: "utf8" }, (_error, stdout) => {
      resolve({ lines: stdout.trimEnd().split("\n"), status: child.exitCode });
    });
  });
}

describe.concurrent("the last line", () => {
  test.each<[string, string[], string, number]>([
    ["every ending of a test", ["tests"], "1 passed, 1 failed, 1 skipped", 1],
    ["a file that does not load", ["unloadable"], "0 passed, 1 failed", 1],
    ["a hook that throws", ["hook"], "0 passed, 1 failed, 1 skipped", 1],
    ["an error that nobody caught", ["stray"], "1 passed, 1 failed", 1],
    ["all of them", [], "2 passed, 4 failed, 2 skipped", 1],
    ["nothing wrong", ["tests", "-t", "^passes$"], "1 passed, 0 failed, 2 skipped", 0],
  ])("%s", async (_name, args, line, status) => {
    const { lines, status: ended } = await run("counting", args);
    expect([lines.at(-1), ended]).toEqual([line, status]);
  });

  const PROVED = "conformance: 3 of 6 (missing: S03, S04, S06)";

  test.each<[string, string[], string[], number]>([
    ["a failure, a skip and no test at all leave a case out", [], [PROVED, "6 passed, 1 failed, 1 skipped"], 1],
    ["a part of the files proves nothing", ["passing"], ["4 passed, 0 failed"], 0],
    ["nor does a part of the tests", ["-t", "^S05"], ["1 passed, 0 failed, 7 skipped"], 0],
  ])("conformance: %s", async (_name, args, wanted, status) => {
    const { lines, status: ended } = await run("proving", args);
    expect(lines.filter((line) => /^conformance|^\d+ (?:cases|passed)/.test(line))).toEqual(wanted);
    expect(lines.at(-1)).toBe(wanted.at(-1));
    expect(ended).toBe(status);
  });

  test("conformance: fewer cases than are committed fail the run", async () => {
    const { lines, status } = await run("proving/short", []);
    expect(lines.slice(-3)).toEqual([
      "2 cases must be proved.",
      "conformance: 1 of 2 (missing: S02)",
      "1 passed, 1 failed",
    ]);
    expect(status).toBe(1);
  });
});

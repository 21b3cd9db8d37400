/** Goal: the last line of a run is true. Method: run files that go wrong in every way, and read the line. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ROOT } from "./workspace.ts";

test.each<[string, string[], string, number]>([
  ["every ending of a test", ["tests"], "1 passed, 1 failed, 1 skipped", 1],
  ["a file that does not load", ["unloadable"], "0 passed, 1 failed", 1],
  ["a hook that throws", ["hook"], "0 passed, 1 failed, 1 skipped", 1],
  ["an error that nobody caught", ["stray"], "1 passed, 1 failed", 1],
  ["all of them", [], "2 passed, 4 failed, 2 skipped", 1],
  ["nothing wrong", ["tests", "-t", "^passes$"], "1 passed, 0 failed, 2 skipped", 0],
])("%s", (_name, filters, line, status) => {
  const args = ["exec", "vitest", "run", "--config", "test/counting/vitest.config.ts", ...filters];
  const run = spawnSync("pnpm", args, { cwd: ROOT, encoding: "utf8" });
  expect([run.stdout.trimEnd().split("\n").at(-1), run.status]).toEqual([line, status]);
});

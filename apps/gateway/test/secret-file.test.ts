/** Files with secrets: whole or not there. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeSecretFile } from "../src/secret-file.ts";

function freshDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "interchange-secret-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test("it is its owner's alone, is replaced whole, and leaves nothing beside", () => {
  const dir = freshDir();
  const file = join(dir, "keys.json");
  writeSecretFile(file, "a first and longer text");
  writeSecretFile(file, "a second");
  expect(readFileSync(file, "utf8")).toBe("a second");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir)).toEqual(["keys.json"]);
});

test("a write that fails leaves what was there before", () => {
  const file = join(freshDir(), "keys.json");
  writeSecretFile(file, "the first");
  mkdirSync(`${file}.new`);
  expect(() => writeSecretFile(file, "the second")).toThrow("EISDIR");
  expect(readFileSync(file, "utf8")).toBe("the first");
});

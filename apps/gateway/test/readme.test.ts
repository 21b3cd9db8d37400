/** Goal: the README's example starts a gateway and stops it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the example in the README", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-readme-"));
  try {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const example = readme.match(/```ts\n([\s\S]*?)```/)?.[1] ?? "";
    const flags = ["--conditions=@interchange/source", "--input-type=module-typescript", "--eval", example];
    const env = { ...process.env, PORT: "0", INTERCHANGE_DATA_DIR: dataDir };
    const cwd = new URL("..", import.meta.url);
    expect(execFileSync(process.execPath, flags, { cwd, env, encoding: "utf8" })).toMatch(/^http:\/\/[\w.]+:\d+\n$/);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

/** Goal: a shell offers what may be said next. Method: the words are asked for as the scripts do, and bash runs its script. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { SHELLS } from "../src/completion/scripts.ts";
import { runWith } from "./desk.ts";

async function offered(...words: string[]): Promise<string[]> {
  const { code, stdout } = await runWith(["complete", "--", ...words], {});
  expect(code).toBe(0);
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
}

describe("what may be said next", () => {
  test.each([
    [["sup"], ["suppliers"]],
    [["suppliers", "p"], ["pause"]],
    [
      ["auto-buy", ""],
      ["list", "set", "remove", "help"],
    ],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [
      ["chat", "--surface", ""],
      ["chat-completions", "messages"],
    ],
    [["chat", "-s", "m"], ["messages"]],
    [["--url", "http://x", "keys", "cr"], ["create"]],
    [
      ["usage", "list", "--key"],
      ["--key-id", "--key"],
    ],
    [["usage", "summary", "--by", "d"], ["day"]],
    [["chat", "--model", ""], []],
    [["nothing", "of", "--url", ""], []],
  ])("after %j", async (words, want) => expect(await offered(...words)).toEqual(want));

  test("everything, before a word", async () => {
    const all = await offered("");
    expect(all).toEqual(expect.arrayContaining(["chat", "doctor", "keys", "login", "help"]));
    expect(all).not.toContain("complete");
  });

  test("options of the command, and of the program", async () => {
    expect(await offered("keys", "list", "-")).toEqual(
      expect.arrayContaining(["--account", "--limit", "--url", "--json", "--help"]),
    );
  });
});

test.each(SHELLS)("the script of %s asks for them", async (shell) => {
  const { code, stdout } = await runWith(["completion", shell], {});
  expect([code, stdout.includes("interchange complete -- ")]).toEqual([0, true]);
});

test.each(SHELLS)("%s understands its script", async (shell) => {
  const { stdout } = await runWith(["completion", shell], {});
  if (spawnSync(shell, ["-c", "true"]).status !== 0) return expect(stdout).not.toBe("");
  const { status, stderr } = spawnSync(shell, shell === "bash" ? ["--norc", "-n"] : ["-n"], {
    input: stdout,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});

test("bash completes a word", async ({ skip }) => {
  if (spawnSync("bash", ["-c", "true"]).status !== 0) skip("there is no bash on this machine");
  const bin = mkdtempSync(join(tmpdir(), "interchange-bin-"));
  onTestFinished(() => rmSync(bin, { recursive: true, force: true }));
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const program = join(bin, "interchange");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" --conditions=@interchange/source "${main}" "$@"\n`);
  chmodSync(program, 0o755);
  const script = (await runWith(["completion", "bash"], {})).stdout;
  const ask = `${script}
COMP_WORDS=(interchange usage s); COMP_CWORD=2; _interchange; printf '%s ' "\${COMPREPLY[@]}"`;
  const env = { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
  expect(execFileSync("bash", ["--norc", "-c", ask], { encoding: "utf8", env })).toBe("summary show ");
});

/**
 * Goal: Claude Code, over a supplier that speaks Chat Completions alone, completes a turn that calls a tool and reads its
 * result. Method: installs it, runs the README's own lines in an empty home, and looks at every side of what happened.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installClaudeCode } from "./installation.ts";
import { startMarket } from "./market.ts";
import { type Proof, proofsOf } from "./proof.ts";
import { shellLinesOf } from "./readme-section.ts";

const VERSION = "2.1.330";
const INSTRUMENT = "text-prime";
const SECRET = "vermilion-4711";
const RUN_MS_MAX = 120_000;

/** The bases that a user may choose, and what the gateway answers to the two requests of the turn under each. */
const BASES = [
  { name: "redirected", base: "", statuses: [307, 200, 307, 200] },
  { name: "inline", base: "/inline", statuses: [200, 200] },
];

const { binDir, isFresh } = await installClaudeCode(VERSION);
say(`Claude Code ${VERSION} (${isFresh ? "installed" : "installed before"})`);
let failed = false;
for (const { name, base, statuses } of BASES) {
  const proofs = await prove(base, statuses);
  say(`\n${name}\n${proofs.map(lineOf).join("\n")}`);
  failed ||= proofs.some(({ against }) => against !== undefined);
}
process.exitCode = failed ? 1 : 0;

async function prove(base: string, statuses: readonly number[]): Promise<Proof[]> {
  const work = mkdtempSync(join(tmpdir(), "interchange-claude-code-"));
  const file_path = join(work, "README.md");
  writeFileSync(file_path, `The colour of the day is ${SECRET}.\n`);
  const market = await startMarket("chat-completions", INSTRUMENT);
  market.supplier.program({ tool: "Read", arguments: JSON.stringify({ file_path }) });
  const lines = shellLinesOf("Claude Code").replaceAll("http://localhost:4000", `${market.baseUrl}${base}`);
  const ended = await runLines(lines, market.key, work);
  const requests = [...market.supplier.requests];
  const books = await market.close();
  rmSync(work, { recursive: true });
  const turn = { ...ended, requests, answered: market.answered(), books };
  say(`\n$ ${lines.trim().replaceAll("\n", "\n$ ")}\n${ended.stdout.trim()}`);
  return proofsOf(turn, { tool: "Read", secret: SECRET, statuses });
}

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
}

/** Runs the lines in a shell that knows nothing of its user but the key and where the client is. */
function runLines(lines: string, key: string, work: string): Promise<Ended> {
  const home = mkdtempSync(join(tmpdir(), "interchange-home-"));
  const child = spawn("sh", ["-eu", "-c", lines], {
    cwd: work,
    env: { PATH: `${binDir}:${process.env["PATH"]}`, HOME: home, KEY: key },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: RUN_MS_MAX,
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (exitCode) => {
      rmSync(home, { recursive: true, force: true });
      resolve({ exitCode, stdout });
    });
  });
}

function lineOf({ sentence, against }: Proof): string {
  return against === undefined ? `  ✓ ${sentence}` : `  ✗ ${sentence}: ${against}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

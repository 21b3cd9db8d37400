/** A client from the registry, pinned and kept in the user's cache. */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Installation {
  /** The folder to put on the PATH. */
  readonly binDir: string;
  /** False when it was there from an earlier run. */
  readonly isFresh: boolean;
}

/** About 400 MB on the disk the first time. Throws what npm says. */
export async function installClaudeCode(version: string): Promise<Installation> {
  const folder = join(
    process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    "interchange",
    `claude-code-${version}`,
  );
  const binDir = join(folder, "node_modules", ".bin");
  if (await answers(binDir, version)) return { binDir, isFresh: false };
  mkdirSync(folder, { recursive: true });
  const packages = [`@anthropic-ai/claude-code@${version}`, "--ignore-scripts", "--no-audit", "--no-fund"];
  await run("npm", ["install", "--prefix", folder, ...packages], { cwd: folder });
  // The package's one script, which puts the machine's own binary in place; npm alone may or may not be allowed to run it.
  await run(process.execPath, [join(folder, "node_modules/@anthropic-ai/claude-code/install.cjs")]);
  if (!(await answers(binDir, version))) throw new Error(`Claude Code ${version} was installed and does not run`);
  return { binDir, isFresh: true };
}

async function answers(binDir: string, version: string): Promise<boolean> {
  const said = await run(join(binDir, "claude"), ["--version"]).catch(() => undefined);
  return said?.stdout.startsWith(version) === true;
}

/** A document beside what was last released of it: `redocly diff`, and what that does not see. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Bundle } from "../document.ts";
import { type Change, readChanges, type ToldChange } from "./change.ts";
import { framingChanges } from "./framing.ts";

const run = promisify(execFile);
const redocly = join(dirname(createRequire(import.meta.url).resolve("@redocly/cli/package.json")), "bin/cli.js");

/**
 * Every change from what was released to what stands now. The configuration has to extend `diff-recommended`, without which
 * nothing is rated. Throws where Redocly has nothing to report, with its own words.
 */
export async function compareBundles(configFile: string, released: Bundle, current: Bundle): Promise<Change[]> {
  const folder = await mkdtemp(join(tmpdir(), "interchange-diff-"));
  const [before, after, report] = ["released.json", "current.json", "report.json"].map((file) => join(folder, file));
  try {
    await writeFile(before as string, JSON.stringify(released));
    await writeFile(after as string, JSON.stringify(current));
    const told = await diff(configFile, before as string, after as string, report as string);
    return [
      ...told.flatMap((change) => readChanges(change, [released, current])),
      ...framingChanges(released, current),
    ].filter(isToCallers);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function diff(configFile: string, before: string, after: string, report: string): Promise<ToldChange[]> {
  const quiet = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const command = [redocly, "diff", before, after, "--config", configFile, "--fail-on", "none"];
  try {
    await run(process.execPath, [...command, "--format", "json", "-o", report], { env: { ...process.env, ...quiet } });
    return (JSON.parse(await readFile(report, "utf8")) as { changes: ToldChange[] }).changes;
  } catch (failure) {
    const words = failure instanceof Error && "stderr" in failure ? String(failure.stderr).trim() : String(failure);
    throw new Error(`The documents cannot be compared: ${words}`, { cause: failure });
  }
}

/** A version that is raised is the answer to a change, and none itself. */
function isToCallers({ where, what }: Change): boolean {
  return !(where === "#/info" && what.includes("`version`"));
}

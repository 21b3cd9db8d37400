/** The compiler as a user has it, over pieces of code that import what we publish. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const HERE = fileURLToPath(new URL("../", import.meta.url));

/** What the compiler says of samples, each as a file beside the packages that it imports. */
export async function faultsOf(
  samples: readonly { readonly name: string; readonly source: string }[],
): Promise<string[]> {
  const folder = mkdtempSync(join(HERE, "node_modules/.samples-"));
  try {
    for (const [index, { source }] of samples.entries()) writeFileSync(join(folder, `${index}.ts`), source);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: OPTIONS, include: ["*.ts"] }));
    const tsc = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));
    const { stdout } = await run(tsc, ["-p", folder, "--pretty", "false"], { maxBuffer: 2 ** 26 }).catch(
      (error: { stdout: string }) => error,
    );
    const faults = [...stdout.matchAll(/(\d+)\.ts\(\d+,\d+\): error (.*)/g)];
    if (stdout !== "" && faults.length === 0) throw new Error(stdout);
    return faults.map(([, index, problem]) => `${samples[Number(index)]?.name}: ${problem}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A user's, but for finding our own packages without a build. */
const OPTIONS = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: "nodenext",
  target: "es2024",
  lib: ["es2024", "esnext.disposable"],
  types: ["node"],
  customConditions: ["@interchange/source"],
  allowImportingTsExtensions: true,
};

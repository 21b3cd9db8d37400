/** Publishes what the registry does not have yet. Without `--really` it packs, checks, and tells what would go out. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problemsOf } from "./problems.ts";
import { type Manifest, pack, publishedFolders, ROOT, type Tarball } from "./tarball.ts";

/** Until the first `pnpm release:version` a package has no version. */
const UNVERSIONED = "0.0.0";

const folder = mkdtempSync(join(tmpdir(), "interchange-release-"));

function main(args: readonly string[]): number {
  const wrong = args.filter((arg) => arg !== "--really");
  if (wrong.length > 0) return refuse([`${wrong.join(" ")} is not understood; there is --really, and nothing else`], 2);
  const tarballs = publishedFolders().map((each) => pack(each, folder));
  for (const tarball of tarballs) process.stdout.write(describe(tarball));
  const published = new Set(tarballs.map(({ manifest }) => manifest.name));
  const problems = tarballs.flatMap((tarball) => problemsOf(tarball, published));
  if (problems.length > 0) return refuse(problems, 1);
  return args.includes("--really") ? publish(tarballs) : tell(tarballs);
}

function refuse(problems: readonly string[], code: number): number {
  process.stderr.write(`Nothing was published:\n${problems.map((problem) => `  ${problem}\n`).join("")}`);
  return code;
}

function describe({ manifest, bytes, files }: Tarball): string {
  const kilobytes = (bytes / 1_024).toFixed(1);
  const head = `${manifest.name}@${manifest.version}  ${kilobytes} kB packed, ${files.length} files\n`;
  return head + files.map((file) => `  ${file}\n`).join("");
}

function tell(tarballs: readonly Tarball[]): number {
  for (const { manifest } of tarballs) process.stdout.write(`${manifest.name}: ${FATE[standingOf(manifest)]}\n`);
  process.stdout.write("This was a rehearsal: nothing was published. --really publishes.\n");
  return 0;
}

type Standing = "unversioned" | "there" | "new" | "unknown";

const FATE: Readonly<Record<Standing, string>> = {
  unversioned: `has the version ${UNVERSIONED}, so it waits for pnpm release:version`,
  there: "is on the registry in this version, so it stays as it is",
  new: "would be published",
  unknown: "the registry did not answer, so nobody knows whether it has this version",
};

/** A version that is not there of a package that is, is told by silence; a package that is not there, by an error. */
function standingOf({ name, version }: Manifest): Standing {
  if (version === UNVERSIONED) return "unversioned";
  const { status, stdout, stderr } = spawnSync("npm", ["view", `${name}@${version}`, "version"], { encoding: "utf8" });
  if (status === 0) return stdout.trim() === version ? "there" : "new";
  return stderr.includes("E404") ? "new" : "unknown";
}

/** What GitHub gives a job that may prove who it is (`id-token: write`). */
const IDENTITY = "ACTIONS_ID_TOKEN_REQUEST_URL";

/** Provenance ties each to the commit and the run that made it; it needs the identity that only the workflow has. */
function publish(tarballs: readonly Tarball[]): number {
  if (!process.env[IDENTITY])
    return refuse(
      ["what is published bears its provenance, so the workflow Release publishes, and nobody else can"],
      1,
    );
  const standing = tarballs.map((tarball) => ({ tarball, is: standingOf(tarball.manifest) }));
  const unknown = standing
    .filter(({ is }) => is === "unknown")
    .map(({ tarball }) => `${tarball.manifest.name}: ${FATE.unknown}`);
  if (unknown.length > 0) return refuse(unknown, 1);
  const fresh = standing.filter(({ is }) => is === "new").map(({ tarball }) => tarball);
  for (const { file, manifest } of fresh) {
    const { status } = spawnSync("npm", ["publish", file, "--provenance", "--access", "public"], { stdio: "inherit" });
    if (status === 0) continue;
    process.stderr.write(
      `npm did not publish ${manifest.name}@${manifest.version}, and says why above. What went out before it stays.\n`,
    );
    return 1;
  }
  if (fresh.length === 0) process.stdout.write("There is nothing new to publish.\n");
  else execFileSync("pnpm", ["exec", "changeset", "git-tag"], { cwd: ROOT, stdio: "inherit" });
  return 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} finally {
  rmSync(folder, { recursive: true });
}

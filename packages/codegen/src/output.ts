/** The generated files on disk: written whole, or compared with what would be written. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Files } from "./file.ts";

/** Folders in which nothing is written by hand: what the emitters no longer make is removed from them. */
const ownedFolders = ["packages/contract/src", "packages/stubs/src/generated", "packages/client/src/generated"];

/** How the disk differs from what the contract says, as paths from the root in the order of the alphabet. */
export interface Difference {
  readonly stale: readonly string[];
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** Compares without writing. */
export async function compare(root: string, files: Files): Promise<Difference> {
  const paths = Object.keys(files).sort();
  const texts = new Map(await Promise.all(paths.map(async (path) => [path, await textOf(root, path)] as const)));
  return {
    stale: paths.filter((path) => texts.get(path) !== undefined && texts.get(path) !== files[path]),
    missing: paths.filter((path) => texts.get(path) === undefined),
    extra: (await ownedFiles(root)).filter((path) => !(path in files)).sort(),
  };
}

/** Writes what differs and removes what is no longer made; returns what it did. */
export async function write(root: string, files: Files): Promise<Difference> {
  const difference = await compare(root, files);
  for (const path of [...difference.stale, ...difference.missing]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), files[path] ?? "");
  }
  for (const path of difference.extra) await rm(join(root, path));
  return difference;
}

const textOf = (root: string, path: string): Promise<string | undefined> =>
  readFile(join(root, path), "utf8").catch(unlessAbsent(undefined));

async function ownedFiles(root: string): Promise<string[]> {
  const listings = ownedFolders.map(async (folder) => {
    const found = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(unlessAbsent([]));
    return found
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
  });
  return (await Promise.all(listings)).flat();
}

/** What stands for a file or folder that is not there; any other failure is passed on. */
const unlessAbsent =
  <Value>(value: Value) =>
  (failure: unknown): Value => {
    if (failure instanceof Error && "code" in failure && failure.code === "ENOENT") return value;
    throw failure;
  };

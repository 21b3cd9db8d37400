/** A package as it would be published: packed, and read back from its tarball. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly description?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports?: unknown;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Tarball {
  readonly file: string;
  readonly bytes: number;
  /** The manifest that is inside. */
  readonly manifest: Manifest;
  /** Paths within the package, sorted. */
  readonly files: readonly string[];
}

/** Folders of the packages that are for others to install: those that are not private. */
export function publishedFolders(): string[] {
  const folders = ["packages", "apps"].flatMap((top) =>
    readdirSync(join(ROOT, top)).map((name) => join(ROOT, top, name)),
  );
  return folders.filter((folder) => {
    const manifest = join(folder, "package.json");
    return existsSync(manifest) && (JSON.parse(readFileSync(manifest, "utf8")) as Manifest).private !== true;
  });
}

/** Packs a package, which must have been built, into a folder. */
export function pack(folder: string, into: string): Tarball {
  const told = execFileSync("pnpm", ["pack", "--json", "--pack-destination", into], { cwd: folder, encoding: "utf8" });
  const { filename } = JSON.parse(told.slice(told.indexOf("{"))) as { filename: string };
  return readTarball(join(into, filename.split("/").at(-1) ?? filename));
}

export function readTarball(file: string): Tarball {
  const tar = (...args: string[]) => execFileSync("tar", args, { encoding: "utf8", maxBuffer: 64 * 1_024 * 1_024 });
  const files = tar("-tzf", file)
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
  const manifest = JSON.parse(tar("-xzOf", file, "package/package.json")) as Manifest;
  return { file, bytes: readFileSync(file).length, manifest, files: files.toSorted() };
}

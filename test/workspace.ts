/** The workspace as its tests see it: packages, their manifests, their source files and what these import. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  /** Without the scope: `ledger`, `gateway`. */
  readonly name: string;
  /** From the root: `packages/ledger`, `apps/gateway`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** One import, re-export or `import()` of a file. */
export interface Import {
  /** The importing file, from the root. */
  readonly from: string;
  /** What stands between the quotes. */
  readonly specifier: string;
  /** The names taken; empty for a namespace, a bare import or `import()`. */
  readonly names: readonly string[];
}

export const SCOPE = "@interchange/";

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** Names in a folder, sorted; none when there is no such folder. */
export function readNames(folder: string): string[] {
  try {
    return readdirSync(join(ROOT, folder)).sort();
  } catch {
    return [];
  }
}

/** Every package of the workspace, sorted by folder. */
export function readPackages(): Package[] {
  const folders = [...["packages", "apps"].flatMap((top) => readNames(top).map((name) => `${top}/${name}`)), "bench"];
  return folders
    .filter((folder) => readNames(folder).includes("package.json"))
    .map((folder) => {
      const manifest = JSON.parse(readText(`${folder}/package.json`)) as Manifest;
      return { name: manifest.name.slice(SCOPE.length), folder, manifest };
    });
}

const SOURCE = /\.(?:tsx?|mjs|js)$/;
const SET_ASIDE = /(?:^|\/)(?:node_modules|dist|__snapshots__|captures|transcripts)(?:\/|$)/;

/** Every source file under a folder, from the root, sorted; installed, built and recorded ones are left out. */
export function readSources(folder: string): string[] {
  let entries: string[];
  try {
    entries = readdirSync(join(ROOT, folder), { recursive: true }) as string[];
  } catch {
    return [];
  }
  return entries
    .filter((entry) => SOURCE.test(entry) && !SET_ASIDE.test(entry))
    .map((entry) => join(folder, entry))
    .sort();
}

/** What a file imports, in any of the forms the language has. */
export function readImports(file: string): Import[] {
  const text = readText(file);
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const stated = module.staticImports.map((each) => ({
    from: file,
    specifier: each.moduleRequest.value,
    names: each.entries.flatMap((entry) => entry.importName.name ?? []),
  }));
  const passedOn = module.staticExports.flatMap((each) =>
    each.entries.flatMap((entry) =>
      entry.moduleRequest
        ? { from: file, specifier: entry.moduleRequest.value, names: [entry.importName.name ?? []].flat() }
        : [],
    ),
  );
  const called = module.dynamicImports.flatMap((each) => {
    const literal = /^["'`](.*)["'`]$/.exec(text.slice(each.moduleRequest.start, each.moduleRequest.end));
    return literal?.[1] === undefined ? [] : { from: file, specifier: literal[1], names: [] };
  });
  return [...stated, ...passedOn, ...called];
}

/** The file, from the root, that a relative import means. */
export function resolveRelative({ from, specifier }: Import): string {
  return relative(ROOT, resolve(ROOT, dirname(from), specifier));
}

/** The package that a bare import means: `@scope/name` or `name`; undefined for a relative one. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("/")) return undefined;
  if (specifier.startsWith("node:")) return specifier;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

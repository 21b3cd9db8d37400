/** What keeps a tarball from being published, in sentences. */
import type { Manifest, Tarball } from "./tarball.ts";

const SCOPE = "@interchange/";

/** `published` are the names that go out together. */
export function problemsOf(tarball: Pick<Tarball, "manifest" | "files">, published: ReadonlySet<string>): string[] {
  return [
    ...manifestProblems(tarball.manifest),
    ...dependencyProblems(tarball.manifest, published),
    ...fileProblems(tarball),
  ].map((problem) => `${tarball.manifest.name}: ${problem}`);
}

function manifestProblems(manifest: Manifest): string[] {
  const missing = (["license", "description", "engines"] as const).filter((word) => manifest[word] === undefined);
  return [
    ...(manifest.private === true ? ["is private"] : []),
    ...missing.map((word) => `package.json does not say its ${word}`),
  ];
}

/** Whoever installs it has no workspace and no catalogue, and can install nothing that stays here. */
function dependencyProblems(manifest: Manifest, published: ReadonlySet<string>): string[] {
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  return Object.entries({ ...dependencies, ...peerDependencies, ...optionalDependencies }).flatMap(
    ([name, version]) => {
      if (/^(?:workspace|catalog|file|link):/.test(version))
        return [`depends on ${name} as ${version}, which means nothing elsewhere`];
      if (name.startsWith(SCOPE) && !published.has(name)) return [`depends on ${name}, which is not published`];
      return [];
    },
  );
}

const WANTED = ["README.md", "LICENSE"];
const UNWANTED = /^(?:src|test)\/|\.test\.|\.tsbuildinfo$|(?:^|\/)\.env/;

function fileProblems({ manifest, files }: Pick<Tarball, "manifest" | "files">): string[] {
  const has = new Set(files);
  const pointed = [...targetsOf(manifest.exports), ...Object.values(binOf(manifest))].map((path) =>
    path.replace(/^\.\//, ""),
  );
  return [
    ...WANTED.filter((file) => !has.has(file)).map((file) => `has no ${file}`),
    ...files.filter((file) => UNWANTED.test(file)).map((file) => `carries ${file}, which is for us alone`),
    ...pointed
      .filter((file) => !file.includes("*") && !has.has(file))
      .map((file) => `points at ${file}, which is not in it`),
  ];
}

/** Conditions of ours lead to sources, which only the workspace has. */
function targetsOf(exports: unknown): string[] {
  if (typeof exports === "string") return [exports];
  if (typeof exports !== "object" || exports === null) return [];
  return Object.entries(exports).flatMap(([key, value]) => (key.startsWith(SCOPE) ? [] : targetsOf(value)));
}

function binOf({ name, bin = {} }: Manifest): Readonly<Record<string, string>> {
  return typeof bin === "string" ? { [name]: bin } : bin;
}

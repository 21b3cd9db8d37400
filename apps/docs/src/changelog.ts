/** What has changed for whoever uses what we publish: what is not released yet, then every release (changesets' files). */
import { readdir, readFile } from "node:fs/promises";
import { parse } from "yaml";

/** How much a change asks of a user's code. */
const BUMPS = ["major", "minor", "patch"] as const;
type Bump = (typeof BUMPS)[number];

const HEADS: Readonly<Record<Bump, string>> = {
  major: "Your code must change",
  minor: "New",
  patch: "Mended",
};

export interface Change {
  /** Without the name of the house. */
  readonly packages: readonly string[];
  /** The largest of any package. */
  readonly bump: Bump;
  /** Markdown. */
  readonly text: string;
}

const ROOT = new URL("../../../", import.meta.url);

/** One Markdown text, without a title. */
export async function readChangelog(root = ROOT): Promise<string> {
  const unreleased = await readUnreleased(new URL(".changeset/", root));
  const releases = await readReleases(root);
  return [unreleasedOf(unreleased), ...releases].join("\n\n");
}

async function readUnreleased(folder: URL): Promise<Change[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".md") && file !== "README.md").sort();
  return Promise.all(files.map(async (file) => readChange(file, await readFile(new URL(file, folder), "utf8"))));
}

/** Throws, naming the file, when the head names no package. */
export function readChange(file: string, text: string): Change {
  const [, head, body = ""] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  const bumps = (parse(head ?? "") ?? {}) as Readonly<Record<string, Bump>>;
  const bump = BUMPS.find((each) => Object.values(bumps).includes(each));
  if (bump === undefined) throw new Error(`${file}: the head must name a package and major, minor or patch`);
  return { packages: Object.keys(bumps).map((name) => name.replace("@interchange/", "")), bump, text: body.trim() };
}

export function unreleasedOf(changes: readonly Change[]): string {
  const groups = BUMPS.flatMap((bump) => {
    const own = changes.filter((change) => change.bump === bump);
    return own.length === 0 ? [] : [`### ${HEADS[bump]}\n\n${own.map(lineOf).join("\n")}`];
  });
  return ["## Unreleased", ...(groups.length === 0 ? ["Nothing."] : groups)].join("\n\n");
}

function lineOf({ packages, text }: Change): string {
  return `- **${packages.join(", ")}**: ${text.replaceAll(/\n(?=.)/g, "\n  ")}`;
}

/** The releases of every package that has some, each under its own heading. */
async function readReleases(root: URL): Promise<string[]> {
  const folders = await Promise.all(
    ["packages/", "apps/"].map(async (floor) =>
      (await readdir(new URL(floor, root))).map((name) => new URL(`${floor}${name}/CHANGELOG.md`, root)),
    ),
  );
  const texts = await Promise.all(folders.flat().map((file) => readFile(file, "utf8").catch(() => undefined)));
  return texts.filter((text) => text !== undefined).flatMap(releasesIn);
}

/** `## 0.2.0` under `# @interchange/client` → `## client 0.2.0`. */
export function releasesIn(text: string): string[] {
  const name = /^# (?:@interchange\/)?(\S+)/.exec(text)?.[1] ?? "";
  return text
    .split(/^## /m)
    .slice(1)
    .map((release) => `## ${name} ${release.trim()}`);
}

/** Whether a document may stand as it is after what was released of it, and if not, why and what to do. */
import { isDeepStrictEqual } from "node:util";
import type { Bundle, Document } from "../document.ts";
import { readDocuments } from "../document.ts";
import type { Change } from "./change.ts";
import { compareBundles } from "./comparison.ts";
import { readReleased } from "./release.ts";
import { compareVersions, type Impact, nextVersion } from "./version.ts";

export interface Verdict {
  readonly name: string;
  /** None where it is in no release. */
  readonly released?: string;
  /** None where the document is gone. */
  readonly document?: Document;
  readonly changes: readonly Change[];
  /** The hardest of the changes. */
  readonly impact: Impact;
  /** Sentences for whoever made the change; none where all is well. */
  readonly problem?: string;
}

const IMPACTS: readonly Impact[] = ["none", "patch", "minor", "major"];

/** One for each document of redocly.yaml, and one for each that was released and is there no more. */
export async function judgeDocuments(configFile: string, releasedFolder: string): Promise<Verdict[]> {
  const [documents, released] = await Promise.all([readDocuments(configFile), readReleased(releasedFolder)]);
  const gone = [...released.keys()].filter((name) => !documents.some((document) => document.name === name));
  const standing = documents.map((document) => judge(configFile, document, released.get(document.name)));
  return [...(await Promise.all(standing)), ...gone.map(goneVerdict)];
}

async function judge(configFile: string, document: Document, released: Bundle | undefined): Promise<Verdict> {
  const { name, bundle } = document;
  if (released === undefined) {
    const problem = `${name} was never released, so that nobody can tell what would break: run \`pnpm release:contract\`.`;
    return { name, document, changes: [], impact: "none", problem };
  }
  const isSame = isDeepStrictEqual(released, bundle);
  const changes = isSame ? [] : await compareBundles(configFile, released, bundle);
  const impact = IMPACTS.findLast((each) => changes.some((change) => change.impact === each)) ?? "none";
  const problem = problemOf(document, released.info.version, changes, impact);
  const verdict = { name, document, released: released.info.version, changes, impact };
  return problem === undefined ? verdict : { ...verdict, problem };
}

function goneVerdict(name: string): Verdict {
  const problem = [
    `${name} was released, and spec/redocly.yaml lists it no more: everybody who calls it breaks.`,
    `Put it back; or, if it is to go, remove spec/released/${name}.json too and say so in a changeset.`,
  ].join("\n");
  return { name, changes: [], impact: "major", problem };
}

function problemOf(
  document: Document,
  released: string,
  changes: readonly Change[],
  impact: Impact,
): string | undefined {
  const { name, source } = document;
  const current = document.bundle.info.version;
  const least = nextVersion(released, impact);
  const order = compareVersions(current, released);
  if (order < 0) return `${name} is ${current} in ${source}, and ${released} is released: a version never goes back.`;
  // What breaks nobody waits for the release that raises the version; what breaks says so in the change that brings it.
  if (impact !== "major" && order === 0) return undefined;
  if (compareVersions(current, least) >= 0) return undefined;
  return [headOf(name, impact, released, current), ...linesOf(changes, impact), wayOut(impact, source, least)].join(
    "\n",
  );
}

function headOf(name: string, impact: Impact, released: string, current: string): string {
  const what = impact === "major" ? "breaks its callers" : "gives its callers something new";
  return `${name} ${what}, and its version does not say so (released: ${released}, now: ${current}):`;
}

function linesOf(changes: readonly Change[], impact: Impact): string[] {
  return changes
    .filter((change) => change.impact === impact)
    .map(({ where, what, rule }) => `  ${where}: ${what} [${rule}]`);
}

function wayOut(impact: Impact, source: string, least: string): string {
  const raise = `raise \`info.version\` in ${source} to ${least}`;
  if (impact !== "major") return `What to do: ${raise}.`;
  return `What to do: keep what callers rely on; or, if it has to break, ${raise} and tell callers in a changeset what to change.`;
}

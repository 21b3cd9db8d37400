/** A release of the contract: what the documents say now becomes what later changes are held against. */
import type { Document } from "../document.ts";
import { writeReleased } from "./release.ts";
import type { Verdict } from "./verdict.ts";
import { compareVersions, nextVersion } from "./version.ts";

export interface Releasing {
  /** A line for each document that was written. */
  readonly written: readonly string[];
  /** Why nothing was written; none where something was. */
  readonly problems: readonly string[];
}

/** Writes the documents whose version moved, and those that were never released. All or none. */
export async function releaseDocuments(folder: string, verdicts: readonly Verdict[]): Promise<Releasing> {
  const due = verdicts.flatMap((verdict) =>
    verdict.document !== undefined && isDue(verdict) ? [verdict.document] : [],
  );
  const problems = verdicts.flatMap(refusalOf);
  if (problems.length > 0) return { written: [], problems };
  if (due.length === 0) return { written: [], problems: [`There is nothing to release: ${standing(verdicts)}.`] };
  for (const { name, bundle } of due) await writeReleased(folder, name, bundle);
  return { written: due.map(lineOf), problems: [] };
}

function isDue({ released, document }: Verdict): boolean {
  if (released === undefined || document === undefined) return document !== undefined;
  return compareVersions(document.bundle.info.version, released) > 0;
}

function refusalOf(verdict: Verdict): string[] {
  const { name, released, document, impact, problem } = verdict;
  if (released === undefined && document !== undefined) return [];
  if (problem !== undefined) return [problem];
  if (document === undefined || released === undefined || isDue(verdict) || impact === "none") return [];
  const least = nextVersion(released, impact);
  return [
    `${name} has changed since ${released}, and its version has not moved: raise \`info.version\` in ${document.source} to ${least}.`,
  ];
}

function standing(verdicts: readonly Verdict[]): string {
  return verdicts.map(({ name, released }) => `${name} is as released in ${released}`).join(", ");
}

function lineOf({ name, bundle }: Document): string {
  return `spec/released/${name}.json is ${bundle.info.version} now.`;
}

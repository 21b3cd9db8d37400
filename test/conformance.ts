/** Which of the committed cases a test run has proved: a test that proves a case has the case's ID in its title. */
import { readFileSync } from "node:fs";
import type { TestCase, TestModule } from "vitest/node";
import { parse } from "yaml";

export interface Commitment {
  /** What each case demands, by its ID: `S08`. */
  readonly cases: Readonly<Record<string, string>>;
  /** How many of them a whole run must prove. */
  readonly proved: number;
}

/** Throws where the file is none, or names no case. */
export function readCommitment(file: string): Commitment {
  const { cases, proved } = parse(readFileSync(file, "utf8")) as Partial<Commitment>;
  if (cases === undefined || !Number.isSafeInteger(proved)) throw new Error(`${file} must have cases and proved.`);
  return { cases, proved: proved as number };
}

/** IDs of which every test that has them passed, in the order of the list. A suite's title counts for all its tests. */
export function provedIn(modules: readonly TestModule[], { cases }: Commitment): string[] {
  const passed = new Map<string, boolean>();
  for (const module of modules)
    for (const test of module.children.allTests())
      for (const id of idsOf(test)) passed.set(id, (passed.get(id) ?? true) && test.result().state === "passed");
  return Object.keys(cases).filter((id) => passed.get(id) === true);
}

/** Of the test's own title and of those of the suites round it. */
function idsOf({ fullName }: TestCase): ReadonlySet<string> {
  return new Set(fullName.match(/\b[A-Z]\d\d\b/g));
}

/** `conformance: 98 of 99 (missing: S22)`. */
export function lineOf(proved: readonly string[], { cases }: Commitment): string {
  const ids = Object.keys(cases);
  const missing = ids.filter((id) => !proved.includes(id));
  return `conformance: ${proved.length} of ${ids.length}${missing.length > 0 ? ` (missing: ${missing.join(", ")})` : ""}`;
}

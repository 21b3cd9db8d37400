/** A document's version: which step of it says what kind of change. */

/** How a change of a document meets those who hold the document before it, as semantic versions name it. */
export type Impact = "none" | "patch" | "minor" | "major";

const STEPS = ["major", "minor", "patch"] as const;
type Numbers = readonly [major: number, minor: number, patch: number];

/** Throws where a document's `info.version` is not three numbers. */
function readVersion(text: string): Numbers {
  const found = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text);
  if (found === null) throw new Error(`\`info.version\` has to be three numbers such as 0.2.0, and is ${text}.`);
  return [Number(found[1]), Number(found[2]), Number(found[3])];
}

/** Less than 0 where the first is the older one, 0 where they are the same. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [readVersion(one), readVersion(other)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at === -1 ? 0 : (left[at] as number) - (right[at] as number);
}

/**
 * The least version that may follow. From 1.0.0 on the step is the impact's own. Below it nothing is promised for good, and
 * the steps move one to the right: what breaks is told by the second number, everything else by the third (semver.org §4).
 */
export function nextVersion(released: string, impact: Impact): string {
  if (impact === "none") return released;
  const numbers = readVersion(released);
  const at = STEPS.indexOf(impact);
  const step = numbers[0] === 0 ? Math.min(at + 1, 2) : at;
  return numbers.map((number, index) => (index < step ? number : index === step ? number + 1 : 0)).join(".");
}

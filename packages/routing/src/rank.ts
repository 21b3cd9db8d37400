/** Rank: the order in which eligible offers are tried. */
import type { Offer } from "./offer.ts";

/** An offer that may fill the order. */
export interface Candidate {
  readonly offer: Offer;
  /** What speaks against it and makes it a last resort; undefined when nothing does. */
  readonly doubt: string | undefined;
}

/** Offers that nothing speaks against come first, the cheapest ask before the others, equal asks by supplier's name. */
export function rank(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.length < 2 ? candidates : candidates.toSorted(compareCandidates);
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    Number(a.doubt !== undefined) - Number(b.doubt !== undefined) ||
    a.offer.askMicros - b.offer.askMicros ||
    compareNames(a.offer.supplier, b.offer.supplier)
  );
}

/** By code units, so that it does not depend on the machine's language. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

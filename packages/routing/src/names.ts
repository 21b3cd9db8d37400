/** Names: sets of suppliers that an order lists, against which every supplier is held. */
import { hashOf } from "./bits.ts";

/** With one bit for each name, shared by some: most suppliers are told apart from all of them without a search. */
export interface Names {
  readonly bits: number;
  readonly all: ReadonlySet<string>;
}

/** Absent where nothing is listed. */
export function namesOf(names: Iterable<string> | undefined): Names | undefined {
  if (names === undefined) return undefined;
  let bits = 0;
  for (const name of names) bits |= bitOf(hashOf(name));
  return { bits, all: names instanceof Set ? names : new Set(names) };
}

export function isNamed(names: Names, { supplier, bit }: { readonly supplier: string; readonly bit: number }): boolean {
  return (names.bits & bit) !== 0 && names.all.has(supplier);
}

export function bitOf(hash: number): number {
  return 1 << (hash & 31);
}

/** Sets of features as bits, and names as numbers, so that a decision compares and draws without a search. */
import { FEATURES, type Feature } from "@interchange/inference";

/** Bitwise operators know 32 bits, and there are fewer features. */
const BITS = Object.fromEntries(FEATURES.map((feature, place) => [feature, 1 << place])) as Readonly<
  Record<Feature, number>
>;

export function bitsOf(features: Iterable<Feature>): number {
  let bits = 0;
  for (const feature of features) bits |= BITS[feature];
  return bits;
}

/** FNV-1a over UTF-16 code units, stirred: 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  return stir(hash);
}

/** The finalizer of MurmurHash3: each bit of the input changes half of the output's. */
export function stir(number: number): number {
  let hash = number;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

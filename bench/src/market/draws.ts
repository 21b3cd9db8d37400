/** Draws: chance from a seed, the same on every machine. */

/** A stream of chance (the generator is mulberry32: small, quick, and far from needed for secrets). */
export class Draws {
  #state: number;

  constructor(...seeds: readonly number[]) {
    this.#state = seeds.reduce((mixed, seed) => stir(mixed ^ stir(seed + 0x9e3779b9)), 0x2545f491);
  }

  /** From 0 up to, but not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** As many between 1 and 2 as between 2 and 4. */
  logBetween(low: number, high: number): number {
    return low * (high / low) ** this.next();
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * normalOf(this.next(), this.next()));
  }
}

/** 32 bits of numbers, evenly spread: the same numbers always give the same ones. */
export function bitsOf(...numbers: readonly number[]): number {
  return numbers.reduce((mixed, number) => stir(mixed ^ stir(number + 0x9e3779b9)), 0x1b873593);
}

/** Chance that belongs to what is named by the numbers, whenever it is asked for: normal, with mean 0 and deviation 1. */
export function normalFor(...numbers: readonly number[]): number {
  const bits = bitsOf(...numbers);
  return normalOf(bits / 2 ** 32, stir(bits ^ 0x85ebca6b) / 2 ** 32);
}

/** Box and Muller (1958). */
function normalOf(one: number, other: number): number {
  return Math.sqrt(-2 * Math.log(1 - one)) * Math.cos(2 * Math.PI * other);
}

/** The finalizer of MurmurHash3. */
function stir(number: number): number {
  let mixed = number | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A place, one balance of one account in one instrument, as the book of a set has it. */

import type { Balance } from "../../balance.ts";
import type { Amounts } from "../../movement.ts";
import { Stock } from "./stock.ts";

export type PlaceNumbers = {
  accountId: string;
  instrument: string;
  deposited: number;
  available: number;
  held: number;
  used: number;
  lapsed: number;
  /** No lot with something left is over before. */
  nextExpiryMs: number;
};

export class Place {
  readonly accountId: string;
  readonly instrument: string;
  readonly stock = new Stock();
  /** Made in this set: not in the store yet. */
  readonly isNew: boolean;
  deposited: number;
  available: number;
  held: number;
  used: number;
  lapsed: number;
  nextExpiryMs: number;
  changed = false;

  constructor(numbers: PlaceNumbers, isNew: boolean) {
    this.accountId = numbers.accountId;
    this.instrument = numbers.instrument;
    this.deposited = numbers.deposited;
    this.available = numbers.available;
    this.held = numbers.held;
    this.used = numbers.used;
    this.lapsed = numbers.lapsed;
    this.nextExpiryMs = numbers.nextExpiryMs;
    this.isNew = isNew;
  }

  /** Adds a movement's amounts. The journal counts what was deposited below zero, since tokens come from there. */
  add({ deposited = 0, available = 0, held = 0, used = 0, lapsed = 0 }: Amounts): void {
    this.deposited -= deposited;
    this.available += available;
    this.held += held;
    this.used += used;
    this.lapsed += lapsed;
    this.changed = true;
  }

  expireAt(nextExpiryMs: number): void {
    // Where open holds keep what is over, nothing changes until they end.
    if (nextExpiryMs === this.nextExpiryMs) return;
    this.nextExpiryMs = nextExpiryMs;
    this.changed = true;
  }

  get balance(): Balance {
    const { instrument, deposited, used, held, available, lapsed } = this;
    return { instrument, deposited, used, held, available, lapsed };
  }
}

/** Names a place in maps; no text that the ledger takes has a NUL. */
export function placeKey(accountId: string, instrument: string): string {
  return `${accountId}\0${instrument}`;
}

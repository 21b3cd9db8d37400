/** Sums over everything the ledger holds, for its invariants. */

export type Totals = {
  accounts: number;
  deposited: number;
  used: number;
  held: number;
  available: number;
  lapsed: number;
  /** The sum of all movements over all books: 0. */
  movementsSum: number;
  /** The cost of all draws, in micro-dollars. */
  drawnMicros: number;
};

/** One kept total that differs from what the journal says; a sound ledger has none. */
export type Discrepancy = { where: string; kept: number; derived: number };

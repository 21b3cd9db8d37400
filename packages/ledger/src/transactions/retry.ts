/** Retry: another gateway has changed what this transaction has read without a lock. Its group is rolled back and runs again. */

export class Retry extends Error {
  override readonly name = "Retry";
}

/** How often a group runs at most; after that the store counts as unavailable to it. */
export const RUNS_MAX = 8;

/** A tally of what is under way, for those who wait until nothing is. */
export interface Tally {
  readonly begin: () => void;
  readonly end: () => void;
  /** Resolves at once when nothing is under way, else with the last end. */
  readonly empty: () => Promise<void>;
}

export function createTally(): Tally {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    begin: () => {
      count += 1;
    },
    end: () => {
      count -= 1;
      if (count > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    empty: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

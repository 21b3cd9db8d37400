/** A shared counter insured by one in memory: a store of limits that cannot be reached stops nobody. */
import type { Logger } from "pino";
import type { Counter, Counters } from "./counter.ts";
import type { SharedCounter } from "./shared-counter.ts";

/** How long a store that failed is left alone. */
const AWAY_MS = 1_000;

/**
 * While the store is away each gateway counts for itself, from nothing. The insurance that comes with the store's limiter is
 * not used: one must know who counted what, so that it is taken back there and nowhere else.
 */
export function insured(shared: SharedCounter, own: Counter, log: Logger): Counters {
  let isAway = false;
  let againAtMs = 0;
  const attempt = async <T>(ask: (counter: Counter) => Promise<T>): Promise<T> => {
    if (isAway && Date.now() < againAtMs) return ask(own);
    // One asks whether it is back; the others do not wait for that.
    againAtMs = Date.now() + AWAY_MS;
    try {
      const answer = await ask(shared);
      if (isAway) log.info("limits are counted for all gateways together again");
      isAway = false;
      return answer;
    } catch (error) {
      if (!isAway) log.warn({ err: error }, "limits cannot be counted in the database: this gateway counts for itself");
      isAway = true;
      againAtMs = Date.now() + AWAY_MS;
      return ask(own);
    }
  };
  return {
    add: (name, points) => attempt((counter) => counter.add(name, points)),
    peek: (name) => attempt((counter) => counter.peek(name)),
    home: shared,
    close: () => shared.close(),
  };
}

/** The ledger as a whole: whether it answers, what it sums to, its end. */

import type { Discrepancy, Totals } from "../totals.ts";
import type { Parts } from "./parts.ts";

export type Checks = {
  /** Resolves when the store answers, at the price of an answer. */
  ping(): Promise<void>;

  /** Sums over every entry, so not for the hot path. */
  totals(): Promise<Totals>;

  /** Derives every kept total from the journal again and lists what differs; reads everything, so not for the hot path. */
  audit(): Promise<Discrepancy[]>;

  /** Finishes what is under way, then closes the store. Calls after it are refused with `LedgerUnavailable`. */
  close(): Promise<void>;
};

export function checksOf({ store, submit }: Parts): Checks {
  let closing: Promise<void> | undefined;
  return {
    ping: async () => {
      await submit("ping", {});
    },
    totals: async () => submit("totals", {}),
    audit: async () => submit("audit", {}),
    close: () => {
      closing ??= store.close();
      return closing;
    },
  };
}

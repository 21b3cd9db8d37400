/** A ledger that goes away and comes back, as a relay sees it. */
import { type Ledger, LedgerUnavailable } from "@interchange/ledger";
import type { RelayOptions } from "../src/index.ts";

export interface Outage {
  readonly seen: (ledger: Ledger) => RelayOptions["ledger"];
  begin(): void;
  end(): void;
  /** How often it was asked for anything while it was away. */
  readonly asked: () => number;
}

/** While it is away, what is asked of it is refused; with `late`, it is carried out and then refused. */
export function outage({ late = false }: { late?: boolean } = {}): Outage {
  let isAway = false;
  let asked = 0;
  const unless = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    if (!isAway) return work();
    asked += 1;
    if (late) await work();
    throw new LedgerUnavailable("away");
  };
  return {
    seen: (ledger) => ({
      settle: (request) => unless(() => ledger.settle(request)),
      release: (release) => unless(() => ledger.release(release)),
      renew: (renewal) => unless(() => ledger.renew(renewal)),
    }),
    begin: () => {
      isAway = true;
    },
    end: () => {
      isAway = false;
    },
    asked: () => asked,
  };
}

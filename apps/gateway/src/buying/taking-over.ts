/** Taking over: what another gateway, or this one before it was started again, began and did not see through. */
import type { Ledger } from "@interchange/ledger";
import type { Logger } from "pino";
import { LEASE_MS } from "./leases.ts";
import type { Purchases } from "./purchases.ts";
import type { Reloads } from "./reloads.ts";
import { type Rounds, startRounds } from "./rounds.ts";

export interface TakingOverParts {
  readonly ledger: Pick<Ledger, "takeOverPurchases" | "takeOverReloads">;
  readonly purchases: Purchases;
  readonly reloads: Reloads;
  readonly clock: () => number;
  readonly log: Logger;
}

/** How often it is looked for. Callers are asked to come again meanwhile. */
const LOOK_EVERY_MS = 1_000;

/** Taken over at once: so many that others find some as well. */
const TAKEN_MAX = 32;

/** Looks at once, and then again and again. What was taken over goes on when it is stopped. */
export function startTakingOver(parts: TakingOverParts): Rounds {
  const rounds = startRounds(() => look(parts), LOOK_EVERY_MS);
  rounds.begin();
  return rounds;
}

async function look({ ledger, purchases, reloads, clock, log }: TakingOverParts): Promise<void> {
  try {
    const nowMs = clock();
    // One that could not be renewed in time is taken over by this gateway as by any other.
    const [reloadsLeft, purchasesLeft] = await Promise.all([
      ledger.takeOverReloads({ limit: TAKEN_MAX, leaseUntilMs: nowMs + LEASE_MS }),
      ledger.takeOverPurchases({ limit: TAKEN_MAX, leaseUntilMs: nowMs + LEASE_MS }),
    ]);
    for (const reload of reloadsLeft) {
      if (reloads.find(reload.id) === undefined) log.info({ reloadId: reload.id }, "a reload is taken over");
      void reloads.seeThrough(reload);
    }
    for (const purchase of purchasesLeft) {
      if (purchases.find(purchase.id) === undefined) log.info({ purchaseId: purchase.id }, "a purchase is taken over");
      purchases.seeThrough(purchase);
    }
  } catch (error) {
    log.error({ err: error }, "purchases could not be looked after");
  }
}

/** Leases: while a gateway lives, what it sees through is left to it; when it has died, others take that over soon. */
import type { Ledger } from "@interchange/ledger";
import type { Logger } from "pino";
import { type Rounds, startRounds } from "./rounds.ts";

/**
 * A gateway that dies leaves its purchases and reloads to others for so long. Two that see one through do no harm: it is
 * filled once, and charged once per reference.
 */
export const LEASE_MS = 5_000;

const RENEW_EVERY_MS = 1_000;

interface UnderWay {
  ids(): readonly string[];
}

export interface LeaseParts {
  readonly ledger: Pick<Ledger, "renewPurchases" | "renewReloads">;
  readonly purchases: UnderWay;
  readonly reloads: UnderWay;
  readonly clock: () => number;
  readonly log: Logger;
}

export function startLeases(parts: LeaseParts): Rounds {
  return startRounds(() => renew(parts), RENEW_EVERY_MS);
}

async function renew({ ledger, purchases, reloads, clock, log }: LeaseParts): Promise<void> {
  const leaseUntilMs = clock() + LEASE_MS;
  const [ofPurchases, ofReloads] = [purchases.ids(), reloads.ids()];
  try {
    if (ofPurchases.length > 0) await ledger.renewPurchases({ ids: ofPurchases, leaseUntilMs });
    if (ofReloads.length > 0) await ledger.renewReloads({ ids: ofReloads, leaseUntilMs });
  } catch (error) {
    log.warn({ err: error }, "leases of purchases could not be renewed");
  }
}

/** How a purchase of auto-buy begins, or why it does not. */
import type { NotBought } from "@interchange/inference";
import { type AutoPurchaseOutcome, type Ledger, LedgerError } from "@interchange/ledger";
import { LEASE_MS } from "./leases.ts";
import type { Place } from "./place.ts";
import type { Rests } from "./rests.ts";

export type Begun = AutoPurchaseOutcome | { readonly kind: "not-bought"; readonly why: NotBought };

export interface BeginParts {
  readonly ledger: Pick<Ledger, "beginPurchase">;
  readonly rests: Rests;
  /** Micro-dollars per Unit; undefined where nobody offers the instrument. */
  readonly price: (instrument: string) => number | undefined;
  readonly clock: () => number;
}

/** Begins what a request needs, or, with 0, what is bought before anybody needs it. */
export async function begin(parts: BeginParts, place: Place, neededTokens: number): Promise<Begun> {
  const priceMicrosPerUnit = parts.price(place.instrument);
  if (priceMicrosPerUnit === undefined) return { kind: "not-bought", why: { kind: "not-sold" } };
  const why = await parts.rests.find(place, neededTokens, priceMicrosPerUnit);
  if (why !== undefined) return { kind: "not-bought", why };
  const { accountId, instrument } = place;
  const leaseUntilMs = parts.clock() + LEASE_MS;
  const wanted = { accountId, instrument, neededTokens, priceMicrosPerUnit, leaseUntilMs };
  // What is set may be more than the books can count; nothing is begun then.
  return parts.ledger.beginPurchase(wanted).catch((error: unknown) => {
    if (error instanceof LedgerError && error.code === "bad-input")
      return { kind: "not-bought", why: { kind: "too-much" } };
    throw error;
  });
}

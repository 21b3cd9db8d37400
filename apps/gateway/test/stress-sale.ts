/** A sale: a balance for exactly fifty requests, five hundred callers who want them, and something that happens in the middle. */
import { expect } from "vitest";
import { type Crowd, gather } from "./stress-crowd.ts";
import { type Office, openPurse, type Watch, watch } from "./stress-office.ts";
import { expectPaid, priceAt, tokensFor } from "./stress-price.ts";

/** Another one tries other callers' luck. */
export const SEED = Number(process.env["INTERCHANGE_STRESS_SEED"] ?? 4);
export const REQUESTS = 50;
const CALLERS = 500;
/** In the middle some have been served, some are being served, and most wait. */
const MIDDLE = 15;

export interface Sale {
  /** Where callers find gateways. */
  readonly urls: readonly string[];
  /** Where the operator asks. */
  readonly office: Office;
  /** A key that can pay for a look at the price. */
  readonly key: string;
  /** Is called once, in the middle. */
  readonly interrupt?: () => Promise<void>;
}

/** Sells, and holds the books against what the callers got. */
export async function sell({ urls, office, key, interrupt }: Sale): Promise<Crowd> {
  const price = await priceAt(office, key);
  const purse = await openPurse(office, tokensFor(REQUESTS, price));
  const watched = watch(office, purse, price);
  const { onDelivered, done } = interruption(interrupt);
  const { isSoldOut } = watched;
  const crowd = await gather({ urls, key: purse.key, callers: CALLERS, seed: SEED, isSoldOut, onDelivered });
  await done();
  await expectNoFault(watched, crowd);
  expect(crowd.delivered.size + crowd.unheard.size).toBe(REQUESTS);
  await expectPaid(office, purse, price, crowd);
  return crowd;
}

async function expectNoFault(watched: Watch, crowd: Crowd): Promise<void> {
  const { looks, faults } = await watched.end();
  expect([...crowd.faults, ...faults]).toEqual([]);
  expect(looks).toBeGreaterThan(10);
}

function interruption(interrupt: Sale["interrupt"]): { onDelivered: () => void; done: () => Promise<void> } {
  let delivered = 0;
  let done: Promise<void> | undefined;
  return {
    onDelivered() {
      delivered += 1;
      if (delivered === MIDDLE) done = interrupt?.();
    },
    done: async () => done,
  };
}

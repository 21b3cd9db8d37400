/**
 * Goal: however many callers want the last tokens of a balance at once, whatever their supplier does and whenever a gateway
 * dies, exactly what was delivered is paid, once, and never more is promised than there is. Method: a balance for exactly
 * fifty requests, five hundred callers on both surfaces and both legs, faults by a seed, and an operator who watches.
 */
import { startPostgres } from "@interchange/postgres-server";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRig } from "./rig.ts";
import { type Crowd, gather } from "./stress-crowd.ts";
import { openShops, type Shop } from "./stress-gateway.ts";
import { ask, type Office, openPurse, purchasesOf, standingOf, type Watch, watch } from "./stress-office.ts";
import { expectPaid, priceAt, tokensFor } from "./stress-price.ts";

const SEED = Number(process.env["INTERCHANGE_STRESS_SEED"] ?? 4);
const CALLERS = 500;
const REQUESTS = 50;
/** In the middle: some have been served, some are being served, most wait. */
const KILLED_AT = 15;
const TIMEOUT = { timeout: 60_000 };

interface Sale {
  readonly urls: readonly string[];
  /** Where the operator asks. */
  readonly office: Office;
  /** A key that can pay for a look at the price. */
  readonly key: string;
  /** Is called once, in the middle. */
  readonly interrupt?: () => Promise<void>;
}

/** Sells fifty requests to five hundred callers, and holds the books against what they got. */
async function sell({ urls, office, key, interrupt }: Sale): Promise<Crowd> {
  const price = await priceAt(office, key);
  const purse = await openPurse(office, tokensFor(REQUESTS, price));
  const watched = watch(office, purse, price);
  const middle = interruption(interrupt);
  const { isSoldOut } = watched;
  const crowd = await gather({ urls, key: purse.key, callers: CALLERS, seed: SEED, isSoldOut, ...middle });
  await middle.done();
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
      if (delivered === KILLED_AT) done = interrupt?.();
    },
    done: async () => done,
  };
}

async function killAndRestart(shop: Shop): Promise<void> {
  await shop.kill();
  await shop.restart();
}

describe("a balance for exactly fifty requests and five hundred callers", () => {
  let supplier: Supplier;
  beforeAll(async () => {
    supplier = await startSupplier();
  });
  afterAll(() => supplier.close());

  test("one gateway", TIMEOUT, async () => {
    const rig = await startRig();
    const crowd = await sell({ urls: [rig.url], office: rig, key: rig.key });
    expect([crowd.cut, crowd.unheard.size]).toEqual([0, 0]);
    await rig.close();
  });

  test("one gateway that is killed in the middle and comes back", TIMEOUT, async () => {
    const [shop] = (await openShops(1, { supplierUrl: supplier.url })) as [Shop];
    const crowd = await sell({ ...shop, urls: [shop.url], office: shop, interrupt: () => killAndRestart(shop) });
    expect(crowd.cut).toBeGreaterThan(0);
  });

  test("two gateways on one database, of which one is killed in the middle and comes back", TIMEOUT, async () => {
    const server = await startPostgres();
    try {
      const shops = await openShops(2, { supplierUrl: supplier.url, databaseUrl: await server.createDatabase() });
      const [one, other] = shops as [Shop, Shop];
      const urls = shops.map(({ url }) => url);
      const crowd = await sell({ ...one, urls, office: one, interrupt: () => killAndRestart(other) });
      expect(crowd.cut).toBeGreaterThan(0);
    } finally {
      await server.stop();
    }
  });
});

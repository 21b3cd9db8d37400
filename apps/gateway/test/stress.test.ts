/**
 * Goal: however many callers want the last tokens of a balance at once, whatever their supplier does and whenever a gateway
 * dies, exactly what was delivered is paid, once, and never more is promised than there is. Method: a balance for exactly
 * fifty requests, five hundred callers on both surfaces and both legs, faults by a seed, and an operator who watches.
 */
import { startPostgres } from "@interchange/postgres-server";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startRig } from "./rig.ts";
import { gather } from "./stress-crowd.ts";
import { openShops, type Shop } from "./stress-gateway.ts";
import { openBuyer, purchasesOf, standingOf } from "./stress-office.ts";
import { expectPaid, priceAt } from "./stress-price.ts";
import { REQUESTS, SEED, sell } from "./stress-sale.ts";

let supplier: Supplier;
beforeAll(async () => {
  supplier = await startSupplier();
});
afterAll(() => supplier.close());

async function killAndRestart(shop: Shop): Promise<void> {
  await shop.kill();
  await shop.restart();
}

/** Two gateways on one database. */
async function openTwo(): Promise<{ one: Shop; other: Shop; urls: readonly string[] }> {
  const server = await startPostgres();
  onTestFinished(() => server.stop());
  const shops = await openShops(2, { supplierUrl: supplier.url, databaseUrl: await server.createDatabase() });
  const [one, other] = shops as [Shop, Shop];
  return { one, other, urls: shops.map(({ url }) => url) };
}

test("one gateway", async () => {
  const rig = await startRig();
  const crowd = await sell({ urls: [rig.url], office: rig, key: rig.key });
  expect([crowd.cut, crowd.unheard.size]).toEqual([0, 0]);
  await rig.close();
});

test("one gateway that is killed in the middle and comes back", async () => {
  const [shop] = (await openShops(1, { supplierUrl: supplier.url })) as [Shop];
  const crowd = await sell({ ...shop, urls: [shop.url], office: shop, interrupt: () => killAndRestart(shop) });
  expect(crowd.cut).toBeGreaterThan(0);
});

test("two gateways on one database, of which one is killed in the middle and comes back", async () => {
  const { one, other, urls } = await openTwo();
  const crowd = await sell({ ...one, urls, office: one, interrupt: () => killAndRestart(other) });
  expect(crowd.cut).toBeGreaterThan(0);
});

test("two gateways and an account without tokens: one purchase, however many need it", async () => {
  const { one, urls } = await openTwo();
  const price = await priceAt(one, one.key);
  // For all of them at once, so that nobody has a reason to buy more; and credits for a hundred times as much.
  const tokens = 2 * REQUESTS * price.heldMax;
  const purse = await openBuyer(one, tokens, "1.000000");
  const crowd = await gather({ urls, key: purse.key, callers: REQUESTS, seed: SEED, isSoldOut: () => false });
  expect(crowd.faults).toEqual([]);
  expect(crowd.delivered.size).toBe(REQUESTS);
  expect(crowd.statuses.get(503)).toBeGreaterThan(0);
  expect((await purchasesOf(one, purse)).map(({ status }) => status)).toEqual(["filled"]);
  expect((await standingOf(one, purse)).deposited).toBe(tokens);
  await expectPaid(one, purse, price, crowd);
});

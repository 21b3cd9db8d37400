/**
 * Goal: gateways that share their books buy once between them, and one sees through what the other leaves.
 * Method: two gateways on one PostgreSQL, callers on both, and a payment provider that knows what it was asked.
 */

import { FORMATS, type Format } from "@interchange/config";
import { type PostgresServer, startPostgres } from "@interchange/postgres-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askShort, type BuyingPurse, openBuyingPurse, PRICE_MICROS, persist, UNIT } from "./buying-purse.ts";
import { type PaymentProvider, paymentsAt, startPaymentProvider } from "./payment-provider.ts";
import { type Rig, startRig } from "./rig.ts";

let server: PostgresServer;
let provider: PaymentProvider;
let markets: Rig[];
beforeAll(async () => {
  server = await startPostgres();
  provider = await startPaymentProvider("pay");
  const options = { payments: paymentsAt(provider.url), config: { databaseUrl: await server.createDatabase() } };
  markets = [await startRig(options), await startRig(options)];
});
afterAll(async () => {
  for (const market of markets) await market.close();
  await provider.close();
  await server.stop();
});

const BASES = ["", "/inline"] as const;

/** So many callers on every gateway, surface and leg, until each has its answer. */
function crowd(purse: BuyingPurse, size: number): Promise<number[][]> {
  const callers = Array.from({ length: size }, (_, index) => {
    const market = markets[index % 2] as Rig;
    const surface = FORMATS[Math.floor(index / 2) % 2] as Format;
    return persist(() => askShort(market, purse, surface, { base: BASES[Math.floor(index / 4) % 2] ?? "" }));
  });
  return Promise.all(callers);
}

const open = (orders: Parameters<typeof openBuyingPurse>[1]) =>
  openBuyingPurse((markets[0] as Rig).gateway.engine.ledger, orders);

test("40 callers on two gateways make one purchase", async () => {
  const purse = await open({ autoBuy: {}, creditsMicros: 10 * PRICE_MICROS });
  const statuses = await crowd(purse, 40);
  expect(statuses.map((seen) => seen.at(-1))).toEqual(statuses.map(() => 200));
  expect(await purse.purchases()).toMatchObject([{ state: "filled", tokens: UNIT }]);
  expect(await purse.credits()).toMatchObject({ spentMicros: PRICE_MICROS });
});

test("and one charge, however slow it is and however often its answer is lost", async () => {
  const purse = await open({ autoBuy: {}, autoReload: {} });
  provider.behave(500, "pay-and-die", "pay");
  const statuses = await crowd(purse, 40);
  expect(statuses.map((seen) => seen.at(-1))).toEqual(statuses.map(() => 200));
  expect(await purse.purchases()).toMatchObject([{ state: "filled" }]);
  expect(await purse.reloads()).toMatchObject([{ state: "paid" }]);
  expect(provider.charged.size).toBe(1);
  expect(await purse.credits()).toEqual({ depositedMicros: 5_000, availableMicros: 4_000, spentMicros: 1_000 });
});

test("what one gateway began and does not see through, both may take over, and it is filled once", async () => {
  const purse = await open({ autoBuy: {}, creditsMicros: 10 * PRICE_MICROS });
  const { ledger, accountId } = purse;
  const wish = { accountId, instrument: "text-max", priceMicrosPerUnit: PRICE_MICROS, neededTokens: 1 };
  expect((await ledger.beginPurchase({ ...wish, leaseUntilMs: Date.now() + 500 })).kind).toBe("begun");
  expect((await crowd(purse, 8)).map((seen) => seen.at(-1))).toEqual(Array.from({ length: 8 }, () => 200));
  expect(await purse.purchases()).toMatchObject([{ state: "filled" }]);
  expect(await purse.credits()).toMatchObject({ spentMicros: PRICE_MICROS });
  expect(await ledger.audit()).toEqual([]);
});

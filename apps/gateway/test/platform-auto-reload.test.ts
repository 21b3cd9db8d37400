/** Who may say how much auto-reload charges: an operator where it is owed, the account itself where it is collected. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Payments } from "../src/buying/index.ts";
import { type PaymentProvider, paymentsAt, startPaymentProvider } from "./payment-provider.ts";
import { type Ask, asker, type House, openHouse } from "./platform.ts";
import { type Rig, startRig } from "./rig.ts";

const WISH = { enabled: true, amount_usd: "20", below_usd: "0", monthly_limit_usd: "100" };

interface Place {
  readonly ask: Ask;
  readonly house: House;
  /** As the account's own key asks. */
  put(change?: Partial<typeof WISH>): Promise<[status: number, said: string]>;
  grant(change?: Partial<typeof WISH>): Promise<number>;
}

async function open(rig: Rig): Promise<Place> {
  const ask = asker(rig);
  const house = await openHouse(rig);
  const path = { account_id: house.accountId };
  return {
    ask,
    house,
    async put(change) {
      const { status, body } = await ask("putAutoReload", { key: house.key, body: { ...WISH, ...change } });
      return [status, status === 200 ? body.monthly_limit_usd : body.error.message];
    },
    grant: async (change) => (await ask("putAutoReload", { path, body: { ...WISH, ...change } })).status,
  };
}

describe("where what is charged is owed", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.close());

  const FIRST =
    "What auto-reload charges is owed to the operator, so an operator has to set it first; this key may then lower it.";
  const MOST =
    "What auto-reload charges is owed to the operator, who has set at most 20.000000 USD at a time and 100.000000 USD a month; only an operator can raise that.";

  test("an account gives itself no credits", async () => {
    const { ask, house, put } = await open(rig);
    expect(await put({ below_usd: "1000", monthly_limit_usd: "1000000" })).toEqual([403, FIRST]);
    expect(await put({ enabled: false })).toEqual([403, FIRST]);
    expect((await ask("retrieveAutoReload", { key: house.key })).status).toBe(404);
    expect((await ask("retrieveCredits", { key: house.key })).body.available_usd).toBe("0.000000");
    expect((await ask("listInvoices", { key: house.key })).body.data).toEqual([]);
  });

  test("it lowers what an operator has set, and sets it again, and no more", async () => {
    const { ask, house, put, grant } = await open(rig);
    expect(await grant()).toBe(200);
    expect(await put({ amount_usd: "1", monthly_limit_usd: "2" })).toEqual([200, "2.000000"]);
    expect(await put({ enabled: false })).toEqual([200, "100.000000"]);
    expect(await put()).toEqual([200, "100.000000"]);
    expect(await put({ amount_usd: "20.000001" })).toEqual([403, MOST]);
    expect(await put({ monthly_limit_usd: "100.000001" })).toEqual([403, MOST]);
    expect((await ask("retrieveAutoReload", { key: house.key })).body).toMatchObject({
      amount_usd: "20.000000",
      monthly_limit_usd: "100.000000",
    });
  });

  test("deleting and putting anew does not get round it", async () => {
    const { ask, house, put, grant } = await open(rig);
    await grant();
    expect((await ask("deleteAutoReload", { key: house.key })).status).toBe(204);
    expect(await put({ monthly_limit_usd: "101" })).toEqual([403, MOST]);
    expect(await put()).toEqual([200, "100.000000"]);
  });

  test("an operator takes back what it has let", async () => {
    const { ask, house, put, grant } = await open(rig);
    await grant();
    expect(await grant({ monthly_limit_usd: "50" })).toBe(200);
    expect((await put())[0]).toBe(403);
    expect(await put({ monthly_limit_usd: "50" })).toEqual([200, "50.000000"]);
    expect((await ask("deleteAutoReload", { path: { account_id: house.accountId } })).status).toBe(204);
    expect(await put({ monthly_limit_usd: "50" })).toEqual([403, FIRST]);
  });
});

describe("where a provider collects what is charged", () => {
  let provider: PaymentProvider;
  let payments: Payments;
  let rig: Rig;
  beforeAll(async () => {
    provider = await startPaymentProvider("pay");
    payments = paymentsAt(provider.url);
    rig = await startRig({ payments });
  });
  afterAll(async () => {
    await rig.close();
    await provider.close();
  });

  test("the account sets it by itself", async () => {
    const { put, grant } = await open(rig);
    expect(await put()).toEqual([200, "100.000000"]);
    expect(await grant({ monthly_limit_usd: "50" })).toBe(200);
    expect(await put({ monthly_limit_usd: "1000" })).toEqual([200, "1000.000000"]);
  });
});

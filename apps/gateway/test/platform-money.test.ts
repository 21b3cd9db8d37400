/** Tokens and dollars, managed over HTTP: amounts are exact, the same reference twice is once, what cannot be is refused whole. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OperationId } from "../src/platform/operation.ts";
import { type Ask, asker, type House, openHouse } from "./platform.ts";
import { INSTRUMENT, type Rig, startRig } from "./rig.ts";

/** Of a Unit, in dollars: what the rig's one supplier asks. */
const PRICE = "0.001000";

let rig: Rig;
let ask: Ask;
beforeAll(async () => {
  rig = await startRig();
  ask = asker(rig);
});
afterAll(() => rig.close());

const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const ID = expect.stringMatching(/^\w+$/);

const pathOf = ({ accountId }: House) => ({ account_id: accountId });
const balanceOf = async (house: House) => (await ask("listBalances", { key: house.key })).body.data[0];
const creditsOf = async (house: House) => (await ask("retrieveCredits", { key: house.key })).body;

describe("tokens", () => {
  test("are put in and listed", async () => {
    const house = await openHouse(rig, { tokens: 1 });
    const expires_at = new Date(rig.nowMs() + 60_000).toISOString();
    const wish = { instrument: "Text-Max", tokens: "1000000", cost_usd: "12.5", expires_at, reference: "order-1" };
    const { status, body } = await ask("depositTokens", { path: pathOf(house), body: wish });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: ID,
      account_id: house.accountId,
      instrument: INSTRUMENT,
      tokens: "1000000",
      remaining: "1000000",
      cost_usd: "12.500000",
      created_at: INSTANT,
      expires_at,
      reference: "order-1",
    });
    const listed = await ask("listLots", { key: house.key, query: { instrument: "TEXT-MAX" } });
    expect(listed.body.data[0]).toEqual(body);
    expect((await ask("listLots", { key: house.key, query: { instrument: "code-max" } })).body.data).toEqual([]);
    expect(await balanceOf(house)).toMatchObject({
      instrument: INSTRUMENT,
      deposited: "1000001",
      available: "1000001",
    });
  });

  test("that lapse are told", async () => {
    const house = await openHouse(rig, { tokens: 1 });
    const expires_at = new Date(rig.nowMs() + 1_000).toISOString();
    await ask("depositTokens", { path: pathOf(house), body: { instrument: INSTRUMENT, tokens: "5", expires_at } });
    rig.later(1_001);
    expect(await balanceOf(house)).toMatchObject({ deposited: "6", available: "1", lapsed: "5" });
    expect((await ask("listLots", { key: house.key })).body.data).toMatchObject([
      { remaining: "0" },
      { remaining: "1" },
    ]);
  });

  test("are gifts where no cost is named", async () => {
    const house = await openHouse(rig);
    const { body } = await ask("depositTokens", { path: pathOf(house), body: { instrument: INSTRUMENT, tokens: "1" } });
    expect(body).toMatchObject({ cost_usd: "0.000000", expires_at: null, reference: null });
  });

  test.each([
    ["an instrument of no catalogue", { instrument: "text-premium" }, "instrument"],
    ["an expiry that is over", { expires_at: "2020-01-01T00:00:00Z" }, "expires_at"],
    ["an expiry of no calendar", { expires_at: "2030-04-31T00:00:00Z" }, "expires_at"],
    ["an empty reference", { reference: "" }, "reference"],
  ])("are not put in with %s", async (_, change, param) => {
    const house = await openHouse(rig);
    const body = { instrument: INSTRUMENT, tokens: "1", ...change };
    const told = await ask("depositTokens", { path: pathOf(house), body });
    expect([told.status, told.body.error.param]).toEqual([422, param]);
    expect(await balanceOf(house)).toMatchObject({ deposited: "1000000" });
  });

  test("never come to more than the books can hold", async () => {
    // Its own, since the sum over all accounts is looked at when a rig closes.
    const full = await startRig();
    const give = async (tokens: number) => {
      const body = { instrument: INSTRUMENT, tokens: String(tokens) };
      return (await asker(full)("depositTokens", { body })).status;
    };
    const { deposited } = await full.balance();
    const rest = Number.MAX_SAFE_INTEGER - deposited;
    expect([await give(rest + 1), await give(rest), await give(1)]).toEqual([422, 201, 422]);
    expect((await full.balance()).deposited).toBe(Number.MAX_SAFE_INTEGER);
    await full.close();
  });
});

describe("credits", () => {
  test("are put in, seen and spent", async () => {
    const house = await openHouse(rig, { tokens: 1 });
    expect(await creditsOf(house)).toEqual({
      deposited_usd: "0.000000",
      available_usd: "0.000000",
      spent_usd: "0.000000",
    });
    const { status, body } = await ask("depositCredits", {
      path: pathOf(house),
      body: { amount_usd: "1.5", reference: "r" },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: ID,
      account_id: house.accountId,
      amount_usd: "1.500000",
      source: "deposit",
      reference: "r",
      created_at: INSTANT,
    });
    await ask("createPurchase", { key: house.key, body: { instrument: INSTRUMENT, tokens: "1000000000" } });
    expect(await creditsOf(house)).toEqual({
      deposited_usd: "1.500000",
      available_usd: "0.500000",
      spent_usd: "1.000000",
    });
  });
});

describe("a purchase", () => {
  test("is filled at the price of now, found and listed", async () => {
    const house = await openHouse(rig, { tokens: 1, creditsMicros: 1_000_000 });
    const { status, body } = await ask("createPurchase", {
      key: house.key,
      body: { instrument: "TEXT-max", tokens: "1001" },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: ID,
      account_id: house.accountId,
      instrument: INSTRUMENT,
      tokens: "1001",
      // 1.001 micro-dollars, rounded up.
      cost_usd: "0.000002",
      price_usd_per_unit: PRICE,
      automatic: false,
      status: "filled",
      problem: null,
      lot_id: ID,
      reference: null,
      created_at: INSTANT,
      resolved_at: INSTANT,
    });
    expect((await ask("retrievePurchase", { key: house.key, path: { purchase_id: body.id } })).body).toEqual(body);
    expect((await ask("listPurchases", { key: house.key })).body.data).toEqual([body]);
    expect((await ask("listLots", { key: house.key })).body.data[0]).toMatchObject({ id: body.lot_id, tokens: "1001" });
    expect(await balanceOf(house)).toMatchObject({ available: "1002" });
  });

  test("tells the caller's own reference", async () => {
    const house = await openHouse(rig, { creditsMicros: 1_000 });
    const wish = { instrument: INSTRUMENT, tokens: "5", reference: "top-up-7" };
    const { body } = await ask("createPurchase", { key: house.key, body: wish });
    expect(body.reference).toBe("top-up-7");
    expect((await ask("retrievePurchase", { key: house.key, path: { purchase_id: body.id } })).body).toEqual(body);
  });

  test("is not made on too few credits", async () => {
    const house = await openHouse(rig, { creditsMicros: 1 });
    const { status, body } = await ask("createPurchase", {
      key: house.key,
      body: { instrument: INSTRUMENT, tokens: "1001" },
    });
    expect([status, body.error.message]).toEqual([
      402,
      expect.stringMatching(/needs 0\.000002 USD, 0\.000001 are available/),
    ]);
    expect(await creditsOf(house)).toMatchObject({ available_usd: "0.000001" });
    expect((await ask("listPurchases", { key: house.key })).body.data).toEqual([]);
  });

  test("is made of what somebody offers", async () => {
    const alone = await startRig({ suppliers: [] });
    const { key } = await openHouse(alone, { creditsMicros: 1_000_000 });
    const { status } = await asker(alone)("createPurchase", { key, body: { instrument: INSTRUMENT, tokens: "1" } });
    expect(status).toBe(503);
    await alone.close();
  });

  test("is made of an instrument that there is", async () => {
    const { status, body } = await ask("createPurchase", { body: { instrument: "text-premium", tokens: "1" } });
    expect([status, body.error.param]).toEqual([422, "instrument"]);
  });

  test("of nobody is not there", async () => {
    const { status, body } = await ask("retrievePurchase", { path: { purchase_id: "pur_nobodys" } });
    expect([status, body.error.param]).toEqual([404, "purchase_id"]);
  });
});

interface Creation {
  readonly operation: OperationId;
  readonly body: Record<string, string>;
  readonly other: Record<string, string>;
}

const CREATIONS: readonly Creation[] = [
  { operation: "depositTokens", body: { instrument: INSTRUMENT, tokens: "7" }, other: { tokens: "8" } },
  { operation: "depositCredits", body: { amount_usd: "7" }, other: { amount_usd: "7.000001" } },
  { operation: "createPurchase", body: { instrument: INSTRUMENT, tokens: "7" }, other: { tokens: "8" } },
];

describe.each(CREATIONS)("$operation by a reference", ({ operation, body, other }) => {
  const wish = { ...body, reference: "once" };

  test("is done once, however often and however many at once", async () => {
    const house = await openHouse(rig, { tokens: 1, creditsMicros: 1_000_000 });
    const told = await Promise.all(
      Array.from({ length: 20 }, () => ask(operation, { path: pathOf(house), body: wish })),
    );
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(told.map(({ body: { id } }) => id)).size).toBe(1);
    const after = [await balanceOf(house), await creditsOf(house)];
    const conflict = await ask(operation, { path: pathOf(house), body: { ...wish, ...other } });
    expect(conflict.status).toBe(409);
    expect([await balanceOf(house), await creditsOf(house)]).toEqual(after);
  });

  test("counts for one account", async () => {
    const [one, another] = [await openHouse(rig, { creditsMicros: 100 }), await openHouse(rig, { creditsMicros: 100 })];
    const ids = [
      await ask(operation, { path: pathOf(one), body: wish }),
      await ask(operation, { path: pathOf(another), body: { ...wish, ...other } }),
    ].map(({ body: { id } }) => id);
    expect(new Set(ids).size).toBe(2);
  });
});

test("a purchase that is asked for again is the one that was made, whatever the price has become", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-price-"));
  const pricedAt = (priceMicrosPerUnit: number) => {
    const instruments = rig.gateway.engine.config.instruments.map((row) => ({ ...row, priceMicrosPerUnit }));
    return startRig({ dataDir, config: { instruments } });
  };
  const body = { instrument: INSTRUMENT, tokens: "7", reference: "once" };
  const before = await pricedAt(1_000_000);
  const house = await openHouse(before, { creditsMicros: 100 });
  const first = await asker(before)("createPurchase", { key: house.key, body });
  await before.close();
  const after = await pricedAt(9_000_000);
  const second = await asker(after)("createPurchase", { key: house.key, body });
  await after.close();
  rmSync(dataDir, { recursive: true });
  expect([second.status, second.body]).toEqual([201, first.body]);
});

describe("auto-buy", () => {
  const wish = { enabled: true, tokens: "1000", below_tokens: "10", price_usd_per_unit_max: "2.5" };

  test("is put, listed and deleted", async () => {
    const house = await openHouse(rig);
    const path = { instrument: "Text-Prime" };
    const { status, body } = await ask("putAutoBuy", { key: house.key, path, body: wish });
    expect([status, body]).toEqual([
      200,
      { instrument: "text-prime", ...wish, price_usd_per_unit_max: "2.500000", updated_at: INSTANT },
    ]);
    const off = { enabled: false, tokens: "1", below_tokens: "0" };
    const again = await ask("putAutoBuy", { key: house.key, path, body: off });
    expect(again.body).toMatchObject({ ...off, price_usd_per_unit_max: null });
    expect((await ask("listAutoBuys", { key: house.key })).body.data).toEqual([again.body]);
    for (const _ of "twice") expect((await ask("deleteAutoBuy", { key: house.key, path })).status).toBe(204);
    expect((await ask("listAutoBuys", { key: house.key })).body.data).toEqual([]);
  });

  test("is deleted also where its instrument has left the market", async () => {
    const house = await openHouse(rig);
    const { accountId } = house;
    const gone = { accountId, instrument: "text-gone", enabled: true, tokens: 1, belowTokens: 1 };
    await rig.gateway.engine.ledger.putAutoBuy(gone);
    const listed = await ask("listAutoBuys", { key: house.key });
    expect(listed.body.data).toMatchObject([{ instrument: "text-gone" }]);
    const mine = { key: house.key, path: { instrument: "text-gone" } };
    expect((await ask("deleteAutoBuy", mine)).status).toBe(204);
    expect((await ask("listAutoBuys", { key: house.key })).body.data).toEqual([]);
    expect((await ask("deleteAutoBuy", mine)).status).toBe(404);
  });

  test("is for an instrument that there is", async () => {
    const path = { instrument: "text-premium" };
    expect((await ask("putAutoBuy", { path, body: wish })).status).toBe(404);
    expect((await ask("deleteAutoBuy", { path })).status).toBe(404);
  });
});

describe("auto-reload", () => {
  const wish = { enabled: true, amount_usd: "20", below_usd: "0", monthly_limit_usd: "100.000001" };

  test("is put, seen and deleted", async () => {
    const house = await openHouse(rig);
    const mine = { key: house.key };
    expect((await ask("retrieveAutoReload", mine)).status).toBe(404);
    const { status, body } = await ask("putAutoReload", { path: pathOf(house), body: wish });
    expect([status, body]).toEqual([
      200,
      {
        enabled: true,
        amount_usd: "20.000000",
        below_usd: "0.000000",
        monthly_limit_usd: "100.000001",
        reloaded_this_month_usd: "0.000000",
        paused_until: null,
        updated_at: INSTANT,
      },
    ]);
    expect((await ask("retrieveAutoReload", mine)).body).toEqual(body);
    for (const _ of "twice") expect((await ask("deleteAutoReload", mine)).status).toBe(204);
    expect((await ask("retrieveAutoReload", mine)).status).toBe(404);
  });

  test("charges no more at a time than in a month", async () => {
    const house = await openHouse(rig);
    const path = pathOf(house);
    const { status, body } = await ask("putAutoReload", { path, body: { ...wish, amount_usd: "100.000002" } });
    expect([status, body.error.param, body.error.message]).toEqual([
      422,
      "amount_usd",
      "amount_usd must be at most monthly_limit_usd; more than that is never charged.",
    ]);
    expect((await ask("retrieveAutoReload", { path })).status).toBe(404);
    expect((await ask("putAutoReload", { path, body: { ...wish, amount_usd: "100.000001" } })).status).toBe(200);
  });

  test("begins where little is left already: when it is put, and when a purchase is refused for it", async () => {
    const house = await openHouse(rig);
    const available = async () => (await creditsOf(house)).available_usd;
    const eager = { ...wish, below_usd: "1" };
    await ask("putAutoReload", { path: pathOf(house), body: eager });
    await expect.poll(available).toBe("20.000000");
    const other = await openHouse(rig);
    await rig.gateway.engine.ledger.putAutoReload({
      accountId: other.accountId,
      enabled: true,
      amountMicros: 20_000_000,
      belowMicros: 1,
      monthlyLimitMicros: 20_000_000,
    });
    const body = { instrument: INSTRUMENT, tokens: "1001" };
    expect((await ask("createPurchase", { key: other.key, body })).status).toBe(402);
    await expect.poll(async () => (await ask("createPurchase", { key: other.key, body })).status).toBe(201);
  });

  test("leaves invoices, and credits where they were paid", async () => {
    const house = await openHouse(rig);
    const { accountId } = house;
    const { ledger } = rig.gateway.engine;
    await ask("putAutoReload", { path: pathOf(house), body: wish });
    const begin = async (neededMicros: number) => {
      const begun = await ledger.beginReload({ accountId, neededMicros, leaseUntilMs: rig.nowMs() + 60_000 });
      if (begun.kind !== "begun") throw new Error(begun.kind);
      return begun.reload.id;
    };
    const paid = await begin(25_000_000);
    expect((await ask("listInvoices", { key: house.key })).body.data).toMatchObject([{ id: paid, status: "pending" }]);
    await ledger.resolveReload({ reloadId: paid, kind: "paid", payment: "pay_1" });
    const declined = await begin(26_000_000);
    const pausedUntilMs = rig.nowMs() + 3_600_000;
    await ledger.resolveReload({ reloadId: declined, kind: "declined", problem: "card expired", pausedUntilMs });
    expect((await ask("listInvoices", { key: house.key })).body.data).toMatchObject([
      { id: declined, status: "declined", payment: null, problem: "card expired", resolved_at: INSTANT },
      { id: paid, account_id: accountId, amount_usd: "25.000000", status: "paid", payment: "pay_1", problem: null },
    ]);
    expect(await creditsOf(house)).toMatchObject({ available_usd: "25.000000" });
    const { body } = await ask("retrieveAutoReload", { key: house.key });
    const paused_until = new Date(pausedUntilMs).toISOString();
    expect(body).toMatchObject({ reloaded_this_month_usd: "25.000000", paused_until });
  });
});

/** Every amount that can be given, with a body around it that is good. */
const AMOUNTS: readonly [operation: OperationId, name: string, unit: "tokens" | "usd", least: 0 | 1][] = [
  ["depositTokens", "tokens", "tokens", 1],
  ["depositTokens", "cost_usd", "usd", 0],
  ["depositCredits", "amount_usd", "usd", 1],
  ["createPurchase", "tokens", "tokens", 1],
  ["putAutoBuy", "tokens", "tokens", 1],
  ["putAutoBuy", "below_tokens", "tokens", 0],
  ["putAutoBuy", "price_usd_per_unit_max", "usd", 1],
  ["putAutoReload", "amount_usd", "usd", 1],
  ["putAutoReload", "below_usd", "usd", 0],
  ["putAutoReload", "monthly_limit_usd", "usd", 1],
];

const GOOD: Partial<Record<OperationId, object>> = {
  depositTokens: { instrument: INSTRUMENT, tokens: "1", cost_usd: "1" },
  depositCredits: { amount_usd: "1" },
  createPurchase: { instrument: INSTRUMENT, tokens: "1" },
  putAutoBuy: { enabled: false, tokens: "1", below_tokens: "1", price_usd_per_unit_max: "1" },
  putAutoReload: { enabled: false, amount_usd: "0.000001", below_usd: "1", monthly_limit_usd: "9007199254.740991" },
};

const OPTIONAL: ReadonlySet<string> = new Set(["cost_usd", "price_usd_per_unit_max"]);

const MALFORMED = ["", " ", "-1", "+1", "1e3", "0x1", "NaN", "Infinity", "1,0", "01", "1 ", "9".repeat(400), "１"];

describe.each(AMOUNTS)("%s %s", (operation, name, unit, least) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(rig, { creditsMicros: 1_000_000 });
  });

  const give = async (amount: unknown) => {
    const body = { ...GOOD[operation], [name]: amount };
    return ask(operation, { path: { ...pathOf(house), instrument: INSTRUMENT }, body });
  };
  const state = async () => [
    await balanceOf(house),
    await creditsOf(house),
    (await ask("listAutoBuys", { key: house.key })).body,
    (await ask("retrieveAutoReload", { key: house.key })).body.amount_usd,
  ];

  const wrong = [
    ...MALFORMED,
    ...(unit === "tokens" ? ["1.5", "1.0", "9007199254740992"] : ["1.1234567", "1.", ".5", "9007199254.740992"]),
    ...(least === 1 ? ["0"] : []),
    ...(least === 1 && unit === "usd" ? ["0.000000"] : []),
  ];

  test("takes nothing that is no such amount", async () => {
    const before = await state();
    for (const amount of wrong) {
      const { status, body } = await give(amount);
      expect([amount, status, body.error.param]).toEqual([amount, 422, name]);
    }
    for (const amount of [1, 0.1, true, [], {}, ["1"]]) {
      const { status, body } = await give(amount);
      expect([amount, status, body.error.param]).toEqual([amount, 400, name]);
    }
    if (!OPTIONAL.has(name)) expect((await give(undefined)).status).toBe(400);
    expect(await state()).toEqual(before);
  });

  test("takes the least that is one", async () => {
    const amount = least === 0 ? "0" : unit === "tokens" ? "1" : "0.000001";
    expect((await give(amount)).status).toBeLessThan(300);
  });
});

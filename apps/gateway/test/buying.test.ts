/**
 * Goal: tokens that run low are bought, once however many ask for them, and who cannot have them hears exactly why.
 * Method: real callers over HTTP, a payment provider over HTTP that does as it is told, and the books afterwards.
 */
import Anthropic from "@anthropic-ai/sdk";
import { FORMATS, type Format } from "@interchange/config";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  askShort,
  type BuyingPurse,
  type Orders,
  openBuyingPurse,
  PRICE_MICROS,
  persist,
  UNIT,
} from "./buying-purse.ts";
import { PAYMENT_SECRET, type PaymentProvider, paymentsAt, startPaymentProvider } from "./payment-provider.ts";
import { INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";
import { OPERATIONS } from "./stream.ts";
import { faultsOfRefusal } from "./wire.ts";

let rig: Rig;
let provider: PaymentProvider;
beforeAll(async () => {
  provider = await startPaymentProvider("pay");
  rig = await startRig({ payments: paymentsAt(provider.url) });
});
afterAll(async () => {
  expect(rig.log()).not.toContain(PAYMENT_SECRET);
  await rig.close();
  await provider.close();
});

const BASES = ["", "/inline"] as const;

const open = (orders: Orders): Promise<BuyingPurse> => openBuyingPurse(rig.gateway.engine.ledger, orders);

/** What a provider was asked for an account. */
const chargesOf = ({ accountId }: BuyingPurse) => provider.asked.filter((charge) => charge.accountId === accountId);

const LOW = { autoBuy: {}, creditsMicros: 10 * PRICE_MICROS };

describe("no tokens, credits, and auto-buy on", () => {
  /** Asks with an SDK as anybody would, and gives the text and every status on the way. */
  const SDKS = {
    openai: async (base: string, apiKey: string, seen: typeof fetch) => {
      const client = new OpenAI({ baseURL: `${rig.url}${base}/v1`, apiKey, fetch: seen });
      const messages = [{ role: "user" as const, content: "Hello" }];
      return (await client.chat.completions.create({ model: INSTRUMENT, messages })).choices[0]?.message.content;
    },
    anthropic: async (base: string, apiKey: string, seen: typeof fetch) => {
      const client = new Anthropic({ baseURL: `${rig.url}${base}`, apiKey, fetch: seen });
      const messages = [{ role: "user" as const, content: "Hello" }];
      const { content } = await client.messages.create({ model: INSTRUMENT, max_tokens: 100, messages });
      return content[0]?.type === "text" ? content[0].text : undefined;
    },
  } as const;

  test.each(BASES.flatMap((base) => (["openai", "anthropic"] as const).map((sdk) => [sdk, base] as const)))(
    "%s at base %j hears 503 once and then its answer, without any code of its user",
    async (sdk, base) => {
      const purse = await open(LOW);
      const statuses: number[] = [];
      const seen: typeof fetch = async (url, init) => {
        const response = await fetch(url, init);
        statuses.push(response.status);
        return response;
      };
      expect(await SDKS[sdk](base, purse.key, seen)).toContain("Hello");
      expect(statuses).toEqual([503, 200]);
      expect(await purse.purchases()).toMatchObject([
        { state: "filled", automatic: true, tokens: UNIT, costMicros: PRICE_MICROS, priceMicrosPerUnit: PRICE_MICROS },
      ]);
      expect(await purse.credits()).toMatchObject({ spentMicros: PRICE_MICROS, availableMicros: 9 * PRICE_MICROS });
    },
  );

  test("the 503 says what is bought, on both surfaces and both legs, and asks to be tried again", async () => {
    for (const surface of FORMATS) {
      for (const base of BASES) {
        const response = await askShort(rig, await open(LOW), surface, { base });
        const headers = Object.fromEntries(response.headers);
        const reply = { status: response.status, headers, text: await response.text() };
        expect(reply.status).toBe(503);
        expect(reply.headers).toMatchObject({ "retry-after": "1" });
        expect(reply.headers).not.toHaveProperty("x-should-retry");
        expect(faultsOfRefusal(surface, OPERATIONS[surface], reply)).toEqual([]);
        expect(reply.text).toContain("1000000 tokens of text-max are being bought for this account");
      }
    }
  });

  test("50 callers on both surfaces and both legs make one purchase, and all are answered", async () => {
    const purse = await open(LOW);
    const callers = Array.from({ length: 50 }, (_, index) => {
      const surface = FORMATS[index % 2] as Format;
      const base = BASES[Math.floor(index / 2) % 2] ?? "";
      return persist(() => askShort(rig, purse, surface, { base }));
    });
    const statuses = await Promise.all(callers);
    expect(statuses.map((seen) => seen.at(-1))).toEqual(statuses.map(() => 200));
    expect(statuses.filter((seen) => seen[0] === 503).length).toBeGreaterThan(0);
    expect(await purse.purchases()).toHaveLength(1);
    expect(await purse.credits()).toMatchObject({ spentMicros: PRICE_MICROS });
  });

  test("a request that needs more than is bought at a time has as much bought as it needs", async () => {
    const purse = await open({ creditsMicros: PRICE_MICROS, autoBuy: { tokens: 10 } });
    expect(await persist(() => askShort(rig, purse, "messages", { tokensMax: 500 }))).toEqual([503, 200]);
    const [bought] = await purse.purchases();
    expect(bought?.tokens).toBeGreaterThan(500);
    expect(bought?.tokens).toBeLessThan(2_000);
  });
});

interface NotBought {
  readonly name: string;
  readonly orders: Orders;
  readonly says: RegExp;
  /** How many purchases are in the books afterwards, all of them failed. */
  readonly failed: number;
  readonly tokensMax?: number;
}

const NOT_BOUGHT: readonly NotBought[] = [
  { name: "without a setting", orders: { creditsMicros: UNIT }, says: /auto-buy is off for it/, failed: 0 },
  {
    name: "with auto-buy switched off",
    orders: { creditsMicros: UNIT, autoBuy: { enabled: false } },
    says: /auto-buy is off for it.* switch auto-buy on/,
    failed: 0,
  },
  {
    name: "with auto-buy of another instrument",
    orders: { creditsMicros: UNIT, autoBuy: { instrument: "text-prime" } },
    says: /auto-buy is off for it/,
    failed: 0,
  },
  {
    name: "when it is too dear",
    orders: { creditsMicros: UNIT, autoBuy: { priceMicrosPerUnitMax: PRICE_MICROS - 1 } },
    says: /auto-buy may pay 0\.000999 USD a Unit where the price is 0\.001000 USD\. Raise the most/,
    failed: 0,
  },
  {
    name: "without credits",
    orders: { autoBuy: {} },
    says: /1000000 more cost 0\.001000 USD where 0\.000000 USD of credits are available, and auto-reload is off/,
    failed: 1,
  },
  {
    name: "with credits for less than is bought at a time",
    orders: { creditsMicros: PRICE_MICROS - 1, autoBuy: {} },
    says: /where 0\.000999 USD of credits are available/,
    failed: 1,
  },
  {
    name: "that needs more than the credits reach for",
    orders: { creditsMicros: 10, autoBuy: { tokens: 100 } },
    tokensMax: 100_000,
    says: /, and 10\d{4} more cost 0\.0001\d\d USD where 0\.000010 USD of credits are available/,
    failed: 1,
  },
  {
    name: "when auto-reload is switched off",
    orders: { autoBuy: {}, autoReload: { enabled: false } },
    says: /and auto-reload is off\. Have more credits put in, switch auto-reload on/,
    failed: 1,
  },
  {
    name: "when the month's limit leaves too little",
    orders: { autoBuy: { tokens: 100 * UNIT }, autoReload: { monthlyLimitMicros: 99_999 } },
    says: /auto-reload has charged 0\.000000 USD of the 0\.099999 USD that it may charge this month/,
    failed: 1,
  },
  {
    name: "when more is to be bought than can be counted",
    orders: { tokens: 1, creditsMicros: 10_000_000_000_000, autoBuy: { tokens: Number.MAX_SAFE_INTEGER } },
    says: /auto-buy is set to buy more than can be counted\. Have auto-buy buy fewer tokens/,
    failed: 0,
  },
  {
    name: "when more would be charged than can be counted",
    orders: {
      creditsMicros: 1_000_000,
      autoBuy: { tokens: Number.MAX_SAFE_INTEGER - 1_000_000 },
      autoReload: { amountMicros: Number.MAX_SAFE_INTEGER, monthlyLimitMicros: Number.MAX_SAFE_INTEGER },
    },
    says: /auto-reload is set to charge more than can be counted\. .*, have auto-reload charge less/,
    failed: 1,
  },
];

describe.each(FORMATS)("a request of %s for which no tokens are bought", (surface) => {
  test.each(NOT_BOUGHT)("$name is a 402 that says why", async ({ orders, says, failed, tokensMax = 200 }) => {
    const purse = await open(orders);
    for (const base of BASES) {
      const response = await askShort(rig, purse, surface, { base, tokensMax });
      const reply = {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        text: await response.text(),
      };
      expect(reply.status).toBe(402);
      expect(faultsOfRefusal(surface, OPERATIONS[surface], reply)).toEqual([]);
      expect(reply.headers).toMatchObject({ "x-should-retry": "false" });
      expect(reply.headers).not.toHaveProperty("retry-after");
      expect(reply.text).toMatch(says);
    }
    // The second caller hears what the first heard, without another purchase that fails.
    const purchases = await purse.purchases();
    expect(purchases.map(({ state, problem }) => [state, typeof problem])).toEqual(
      Array.from({ length: failed }, () => ["failed", "string"]),
    );
    expect(await purse.credits()).toMatchObject({ spentMicros: 0 });
    expect(chargesOf(purse)).toEqual([]);
  });
});

describe("what mends it is seen at once", () => {
  test.each<[string, Orders, (purse: BuyingPurse) => Promise<unknown>]>([
    [
      "credits",
      { autoBuy: {} },
      ({ ledger, accountId }) => ledger.depositCredits({ accountId, amountMicros: PRICE_MICROS }),
    ],
    [
      "auto-reload",
      { autoBuy: {} },
      ({ ledger, accountId }) =>
        ledger.putAutoReload({
          accountId,
          enabled: true,
          amountMicros: 5_000,
          belowMicros: 0,
          monthlyLimitMicros: 5_000,
        }),
    ],
    [
      "a higher price",
      { creditsMicros: UNIT, autoBuy: { priceMicrosPerUnitMax: 1 } },
      ({ ledger, accountId }) =>
        ledger.putAutoBuy({ accountId, instrument: INSTRUMENT, enabled: true, tokens: UNIT, belowTokens: 0 }),
    ],
    [
      "a smaller purchase",
      { creditsMicros: 10, autoBuy: {} },
      ({ ledger, accountId }) =>
        ledger.putAutoBuy({ accountId, instrument: INSTRUMENT, enabled: true, tokens: 2_000, belowTokens: 0 }),
    ],
  ])("%s", async (_, orders, mend) => {
    const purse = await open(orders);
    expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([402]);
    await mend(purse);
    expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([503, 200]);
  });

  test("a smaller request, where a larger one was too much", async () => {
    const purse = await open({ creditsMicros: 10, autoBuy: { tokens: 100 } });
    expect(await persist(() => askShort(rig, purse, "messages", { tokensMax: 100_000 }))).toEqual([402]);
    expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([503, 200]);
  });
});

describe("auto-reload", () => {
  const RELOADING = { autoBuy: {}, autoReload: {} };

  test("charges what is set, and the purchase goes on", async () => {
    const purse = await open(RELOADING);
    expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([503, 200]);
    const [reload, ...others] = await purse.reloads();
    expect(others).toEqual([]);
    expect(reload).toMatchObject({ state: "paid", amountMicros: 5_000, payment: `pay_${reload?.id}` });
    expect(chargesOf(purse)).toEqual([{ accountId: purse.accountId, amountMicros: 5_000, reference: reload?.id }]);
    expect(await purse.credits()).toEqual({ depositedMicros: 5_000, availableMicros: 4_000, spentMicros: 1_000 });
  });

  test("charges more than is set where a purchase needs more", async () => {
    const purse = await open({ autoBuy: { tokens: 20 * UNIT }, autoReload: {}, creditsMicros: 3_000 });
    expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([503, 200]);
    expect(chargesOf(purse)).toMatchObject([{ amountMicros: 17_000 }]);
    expect(await purse.credits()).toMatchObject({ availableMicros: 0, spentMicros: 20_000 });
  });

  test("charges ahead when a purchase leaves little", async () => {
    const purse = await open({ autoBuy: {}, autoReload: { belowMicros: 10_000 }, creditsMicros: 10_000 });
    expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([503, 200]);
    await expect.poll(async () => (await purse.credits()).availableMicros).toBe(14_000);
    expect(chargesOf(purse)).toHaveLength(1);
  });

  test("charges ahead as well when an account that bought by itself has little left", async () => {
    const purse = await open({ autoReload: { belowMicros: 10_000 }, creditsMicros: 10_000 });
    const response = await fetch(`${rig.url}/v1/accounts/me/purchases`, {
      method: "POST",
      headers: { authorization: `Bearer ${purse.key}`, "content-type": "application/json" },
      body: JSON.stringify({ instrument: INSTRUMENT, tokens: String(UNIT) }),
    });
    expect(response.status).toBe(201);
    await expect.poll(async () => (await purse.credits()).availableMicros).toBe(14_000);
    expect(chargesOf(purse)).toHaveLength(1);
  });

  test("does not while enough is left", async () => {
    const purse = await open({ autoBuy: {}, autoReload: { belowMicros: 9_000 }, creditsMicros: 10_000 });
    expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([503, 200]);
    expect(chargesOf(purse)).toEqual([]);
  });

  test("is one charge for purchases of two instruments at once", async () => {
    const purse = await open(RELOADING);
    const { ledger, accountId } = purse;
    await ledger.putAutoBuy({ accountId, instrument: "text-prime", enabled: true, tokens: UNIT, belowTokens: 0 });
    provider.behave(300, "pay");
    const models = [INSTRUMENT, "text-prime"];
    const answers = models.map((model) => {
      const body = QUESTIONS.messages.body({ model });
      return persist(() => askShort(rig, purse, "messages", { body }));
    });
    expect((await Promise.all(answers)).map((statuses) => statuses.at(-1))).toEqual([200, 200]);
    expect(chargesOf(purse)).toHaveLength(1);
    expect(await purse.purchases()).toMatchObject([{ state: "filled" }, { state: "filled" }]);
  });

  test("callers of a slow provider are asked to come again, and it is charged once", async () => {
    const purse = await open(RELOADING);
    provider.behave(1_500, "pay");
    const statuses = await Promise.all(FORMATS.map((surface) => persist(() => askShort(rig, purse, surface))));
    expect(statuses).toEqual(FORMATS.map(() => [503, 200]));
    expect(chargesOf(purse)).toHaveLength(1);
    expect(await purse.purchases()).toHaveLength(1);
  });

  test.each([
    ["that charges and dies before it answers", ["pay-and-die", "pay"], 2],
    ["that dies before it charges, twice", ["die", "die", "pay"], 3],
  ] as const)("a provider %s is asked again with the same reference", async (_, manners, asked) => {
    const purse = await open(RELOADING);
    provider.behave(...manners);
    expect((await persist(() => askShort(rig, purse, "messages"))).at(-1)).toBe(200);
    const charges = chargesOf(purse);
    expect(charges).toHaveLength(asked);
    expect(new Set(charges.map(({ reference }) => reference)).size).toBe(1);
    expect([...provider.charged.values()].filter(({ accountId }) => accountId === purse.accountId)).toHaveLength(1);
    expect(await purse.credits()).toEqual({ depositedMicros: 5_000, availableMicros: 4_000, spentMicros: 1_000 });
  });

  test("a declined payment fails the purchase, is told, and is not tried again until it is put again", async () => {
    const purse = await open(RELOADING);
    const { ledger, accountId } = purse;
    provider.behave("decline");
    expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([503, 402]);
    const again = await askShort(rig, purse, "chat-completions");
    expect(await again.text()).toContain(
      "and the payment method was declined: The card has expired. Have more credits put in, mend the payment method and put auto-reload again, or ask for a shorter answer.",
    );
    expect(again.headers.get("x-should-retry")).toBe("false");
    expect(chargesOf(purse)).toHaveLength(1);
    expect(await purse.reloads()).toMatchObject([{ state: "declined", problem: "The card has expired." }]);
    const purchases = await purse.purchases();
    expect(purchases.map(({ state }) => state)).toEqual(purchases.map(() => "failed"));
    expect(purchases[0]?.problem).toContain("the payment method was declined: The card has expired");
    provider.behave("pay");
    await ledger.putAutoReload({
      accountId,
      enabled: true,
      amountMicros: 5_000,
      belowMicros: 0,
      monthlyLimitMicros: 5_000,
    });
    expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([503, 200]);
    expect(chargesOf(purse)).toHaveLength(2);
  });

  test("reloads as invoices where there is no provider", async () => {
    const market = await startRig();
    try {
      const purse = await openBuyingPurse(market.gateway.engine.ledger, RELOADING);
      expect(await persist(() => askShort(market, purse, "messages"))).toEqual([503, 200]);
      const [reload] = await purse.reloads();
      expect(reload).toMatchObject({ state: "paid", amountMicros: 5_000, payment: `invoice ${reload?.id}` });
    } finally {
      await market.close();
    }
  });
});

describe("a balance that runs low", () => {
  test("is filled up in the background, once, and no caller hears of it", async () => {
    const purse = await open({ ...LOW, tokens: 50_000, autoBuy: { belowTokens: 50_000 } });
    const statuses = await Promise.all(
      Array.from({ length: 20 }, () => persist(() => askShort(rig, purse, "messages"))),
    );
    expect(statuses).toEqual(statuses.map(() => [200]));
    await expect.poll(async () => (await purse.balance()).deposited).toBe(50_000 + UNIT);
    expect(await purse.purchases()).toMatchObject([{ state: "filled", tokens: UNIT }]);
  });

  test("is left alone while it is not", async () => {
    const purse = await open({ ...LOW, tokens: 50_000, autoBuy: { belowTokens: 10_000 } });
    expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([200]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await purse.purchases()).toEqual([]);
  });

  test.each([
    ["without credits", { creditsMicros: 0 }, 1],
    ["when it is too dear", { creditsMicros: UNIT, autoBuy: { belowTokens: 50_000, priceMicrosPerUnitMax: 1 } }, 0],
  ])("%s costs nobody anything, and is not tried for each request", async (_, orders, failed) => {
    const purse = await open({ tokens: 50_000, autoBuy: { belowTokens: 50_000 }, ...orders });
    for (let asked = 0; asked < 5; asked += 1) {
      expect(await persist(() => askShort(rig, purse, "messages"))).toEqual([200]);
    }
    const purchases = await purse.purchases();
    expect(purchases.map(({ state }) => state)).toEqual(Array.from({ length: failed }, () => "failed"));
  });

  test("is not looked up in the books for each request", async () => {
    const { ledger } = rig.gateway.engine;
    const looked: string[] = [];
    const { autoBuys } = ledger;
    ledger.autoBuys = (accountId) => {
      looked.push(accountId);
      return autoBuys(accountId);
    };
    try {
      const purses = await Promise.all([open({ tokens: UNIT }), open({ tokens: UNIT, autoBuy: { belowTokens: 10 } })]);
      for (const purse of purses) {
        for (let asked = 0; asked < 10; asked += 1) await (await askShort(rig, purse, "messages")).text();
      }
      expect(looked).toEqual(purses.map(({ accountId }) => accountId));
    } finally {
      ledger.autoBuys = autoBuys;
    }
  });
});

describe("the price", () => {
  test.each([
    ["the operator's own", 7_000, 7_000],
    ["nothing, for which no credits are needed", 0, 0],
  ])("is %s", async (_, priceMicrosPerUnit, costMicros) => {
    const instruments = rig.gateway.engine.config.instruments.map((row) => ({ ...row, priceMicrosPerUnit }));
    const market = await startRig({ config: { instruments } });
    try {
      const purse = await openBuyingPurse(market.gateway.engine.ledger, { autoBuy: {}, creditsMicros: 7_000 });
      expect(await persist(() => askShort(market, purse, "messages"))).toEqual([503, 200]);
      expect(await purse.purchases()).toMatchObject([{ state: "filled", priceMicrosPerUnit, costMicros }]);
      expect(await purse.credits()).toMatchObject({ spentMicros: costMicros });
    } finally {
      await market.close();
    }
  });
});

describe("a caller for whom nobody could run it", () => {
  test.each([
    ["hears so, where tokens would be bought", LOW, 400, /No supplier of this instrument can honour logprobs/],
    ["hears of the tokens first, where they would not", {}, 402, /Not enough tokens/],
  ] as const)("%s", async (_, orders, status, says) => {
    const market = await startRig({ lacks: ["logprobs"] });
    try {
      const purse = await openBuyingPurse(market.gateway.engine.ledger, orders);
      const body = QUESTIONS["chat-completions"].body({ logprobs: true });
      const response = await askShort(market, purse, "chat-completions", { body });
      expect([response.status, await response.text()]).toEqual([status, expect.stringMatching(says)]);
      expect(await purse.purchases()).toEqual([]);
    } finally {
      await market.close();
    }
  });
});

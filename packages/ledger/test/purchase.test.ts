/** Goal: credits become tokens, both or neither, once per reference; automatic purchases begin once however many ask. */

import { type AutoBuySetting, costOf, type Ledger, type Purchase } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { lifeFrom, type Sample, START_MS } from "./sample.ts";

const MOST = Number.MAX_SAFE_INTEGER;
const UNIT = 1_000_000;

const ORDER = { accountId: "ada", instrument: "text", tokens: 2 * UNIT, priceMicrosPerUnit: 30 };
const SETTING = { accountId: "ada", instrument: "text", enabled: true, tokens: 500, belowTokens: 100 };
const WISH = { accountId: "ada", instrument: "text", priceMicrosPerUnit: 10_000, leaseUntilMs: START_MS + 50 };

test.each<[number, number, number]>([
  [UNIT, 30, 30],
  [1, 30, 1],
  [1, 0, 0],
  [UNIT / 2, 1, 1],
  [UNIT + 1, UNIT, UNIT + 1],
  [333_333, 3, 1],
  [333_334, 3, 2],
  [MOST, UNIT, MOST],
  [MOST, 1, 9_007_199_255],
])("%i tokens at %i a unit cost %i", (tokens, price, want) => {
  expect(costOf(tokens, price)).toBe(want);
});

describe.each(ENGINES)("on $name", ({ openSample, openThreaded }) => {
  async function open(creditsMicros: number, opening = openSample): Promise<Sample> {
    const sample = await opening();
    await sample.ledger.openAccount({ id: "ada", name: "Ada" });
    if (creditsMicros > 0) await sample.ledger.depositCredits({ accountId: "ada", amountMicros: creditsMicros });
    return sample;
  }

  describe("bought at once", () => {
    test("tokens for credits", async () => {
      const { ledger } = await open(100);
      const outcome = await ledger.buy({ ...ORDER, reference: "first" });
      if (outcome.kind !== "filled") throw new Error(outcome.kind);
      const { purchase } = outcome;
      expect(purchase).toEqual({
        id: expect.stringMatching(/^pur_[0-9a-z]{20}$/),
        ...ORDER,
        costMicros: 60,
        automatic: false,
        state: "filled",
        lotId: expect.stringMatching(/^lot_[0-9a-z]{20}$/),
        reference: "first",
        createdAtMs: START_MS,
        resolvedAtMs: START_MS,
      });
      expect(await ledger.purchase(purchase.id)).toEqual(purchase);
      expect(await ledger.credits("ada")).toEqual({ depositedMicros: 100, availableMicros: 40, spentMicros: 60 });
      expect(await ledger.balance("ada", "text")).toMatchObject({ deposited: 2 * UNIT, available: 2 * UNIT });
      expect((await ledger.lots("ada", { limit: 2 })).data).toEqual([
        {
          id: purchase.lotId,
          accountId: "ada",
          instrument: "text",
          tokens: 2 * UNIT,
          remaining: 2 * UNIT,
          costMicros: 60,
          reference: purchase.id,
          createdAtMs: START_MS,
        },
      ]);
      expect(await ledger.audit()).toEqual([]);
    });

    test("to the last micro-dollar, and not one beyond", async () => {
      const { ledger } = await open(60);
      const low = { kind: "credits-too-low", availableMicros: 60, neededMicros: 61 };
      expect(await ledger.buy({ ...ORDER, tokens: 2 * UNIT + 1 })).toEqual(low);
      expect((await ledger.buy(ORDER)).kind).toBe("filled");
      expect(await ledger.buy({ ...ORDER, tokens: 1 })).toMatchObject({ availableMicros: 0, neededMicros: 1 });
      expect((await ledger.purchases("ada", { limit: 10 })).data).toHaveLength(1);
    });

    test("for nothing without any credits", async () => {
      const { ledger } = await open(0);
      expect(await ledger.buy({ ...ORDER, priceMicrosPerUnit: 0 })).toMatchObject({ purchase: { costMicros: 0 } });
      expect(await ledger.balance("ada", "text")).toMatchObject({ available: 2 * UNIT });
      expect(await ledger.audit()).toEqual([]);
    });

    test("once per reference in an account", async () => {
      const { ledger } = await open(1_000);
      await ledger.openAccount({ id: "bob", name: "Bob" });
      const order = { ...ORDER, reference: "first" };
      const all = await Promise.all(Array.from({ length: 20 }, () => ledger.buy(order)));
      expect(new Set(all.map((outcome) => "purchase" in outcome && outcome.purchase.id)).size).toBe(1);
      expect(await ledger.credits("ada")).toMatchObject({ spentMicros: 60 });
      for (const change of [{ tokens: 1 }, { instrument: "code" }]) {
        await expect(ledger.buy({ ...order, ...change })).rejects.toMatchObject({ code: "conflict" });
      }
      expect(await ledger.buy({ ...order, priceMicrosPerUnit: 31 })).toEqual(all[0]);
      expect(await ledger.buy({ ...order, accountId: "bob" })).toMatchObject({ kind: "credits-too-low" });
    });

    test("once per reference in two ledgers", async () => {
      const { ledger, place } = await open(1_000, openThreaded);
      const { ledger: other } = await openThreaded(place);
      const order = { ...ORDER, reference: "first" };
      const all = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? ledger : other).buy(order)));
      expect(new Set(all.map((outcome) => "purchase" in outcome && outcome.purchase.id)).size).toBe(1);
      expect(await ledger.credits("ada")).toMatchObject({ spentMicros: 60 });
      expect(await other.balance("ada", "text")).toMatchObject({ deposited: 2 * UNIT });
      expect(await ledger.audit()).toEqual([]);
    });

    test("a reference that credits did not reach may be asked again", async () => {
      const { ledger } = await open(0);
      const order = { ...ORDER, reference: "first" };
      expect((await ledger.buy(order)).kind).toBe("credits-too-low");
      await ledger.depositCredits({ accountId: "ada", amountMicros: 60 });
      expect((await ledger.buy(order)).kind).toBe("filled");
    });

    test("never more than there are credits, whoever asks at once", async () => {
      const { ledger } = await open(300);
      const all = await Promise.all(Array.from({ length: 20 }, () => ledger.buy(ORDER)));
      expect(all.filter(({ kind }) => kind === "filled")).toHaveLength(5);
      expect(await ledger.credits("ada")).toEqual({ depositedMicros: 300, availableMicros: 0, spentMicros: 300 });
      expect(await ledger.balance("ada", "text")).toMatchObject({ available: 10 * UNIT });
      expect(await ledger.audit()).toEqual([]);
    });

    test.each<[string, object, string]>([
      ["no tokens", { tokens: 0 }, "bad-input"],
      ["fewer than none", { tokens: -1 }, "bad-input"],
      ["half a token", { tokens: 0.5 }, "bad-input"],
      ["2^53 tokens", { tokens: MOST + 1 }, "bad-input"],
      ["a text", { tokens: "7" }, "bad-input"],
      ["an amount left out", { tokens: undefined }, "bad-input"],
      ["a negative price", { priceMicrosPerUnit: -1 }, "bad-input"],
      ["half a price", { priceMicrosPerUnit: 0.5 }, "bad-input"],
      ["a price left out", { priceMicrosPerUnit: undefined }, "bad-input"],
      ["a cost of 2^53", { tokens: MOST, priceMicrosPerUnit: UNIT + 1 }, "bad-input"],
      ["an instrument left out", { instrument: undefined }, "bad-input"],
      ["an account that is not there", { accountId: "nobody" }, "unknown-account"],
    ])("not: %s", async (_, change, code) => {
      const { ledger } = await open(MOST);
      await expect(ledger.buy({ ...ORDER, ...change } as never)).rejects.toMatchObject({ name: "LedgerError", code });
      expect(await ledger.credits("ada")).toMatchObject({ spentMicros: 0 });
    });

    test("not more tokens than a balance takes: then the credits stay as well", async () => {
      const { ledger } = await open(100);
      await ledger.deposit({ accountId: "ada", instrument: "text", tokens: MOST, costMicros: 0 });
      await expect(ledger.buy(ORDER)).rejects.toMatchObject({ code: "bad-input" });
      expect(await ledger.credits("ada")).toMatchObject({ availableMicros: 100 });
      expect((await ledger.purchases("ada", { limit: 1 })).data).toEqual([]);
      expect(await ledger.audit()).toEqual([]);
    });
  });

  describe("auto-buy", () => {
    test("is put, read and deleted", async () => {
      const { ledger, clock } = await open(0);
      const read = { instrument: "text", enabled: true, tokens: 500, belowTokens: 100, updatedAtMs: START_MS };
      expect(await ledger.autoBuys("ada")).toEqual([]);
      expect(await ledger.putAutoBuy({ ...SETTING, priceMicrosPerUnitMax: 0 })).toEqual({
        ...read,
        priceMicrosPerUnitMax: 0,
      });
      await ledger.putAutoBuy({ ...SETTING, instrument: "code", enabled: false });
      clock.nowMs++;
      expect(await ledger.putAutoBuy(SETTING)).toEqual({ ...read, updatedAtMs: START_MS + 1 });
      expect(await ledger.autoBuys("ada")).toEqual([
        { ...read, instrument: "code", enabled: false },
        { ...read, updatedAtMs: START_MS + 1 },
      ]);
      expect(await ledger.deleteAutoBuy("ada", "text")).toBe(true);
      expect(await ledger.deleteAutoBuy("ada", "text")).toBe(false);
      expect(await ledger.autoBuys("ada")).toMatchObject([{ instrument: "code" }]);
    });

    test.each<[string, object, string]>([
      ["no tokens", { tokens: 0 }, "bad-input"],
      ["half a token", { tokens: 1.5 }, "bad-input"],
      ["a negative threshold", { belowTokens: -1 }, "bad-input"],
      ["a threshold of 2^53", { belowTokens: MOST + 1 }, "bad-input"],
      ["a negative price", { priceMicrosPerUnitMax: -1 }, "bad-input"],
      ["neither on nor off", { enabled: undefined }, "bad-input"],
      ["a number for on", { enabled: 1 }, "bad-input"],
      ["an instrument left out", { instrument: "" }, "bad-input"],
      ["an account that is not there", { accountId: "nobody" }, "unknown-account"],
    ])("not put: %s", async (_, change, code) => {
      const { ledger } = await open(0);
      await expect(ledger.putAutoBuy({ ...SETTING, ...change } as never)).rejects.toMatchObject({ code });
      expect(await ledger.autoBuys("ada")).toEqual([]);
    });

    test("of an account that is not there is neither read nor deleted", async () => {
      const { ledger } = await openSample();
      await expect(ledger.autoBuys("nobody")).rejects.toMatchObject({ code: "unknown-account" });
      await expect(ledger.deleteAutoBuy("nobody", "text")).rejects.toMatchObject({ code: "unknown-account" });
    });
  });

  describe("beginning", () => {
    test.each<[string, Partial<AutoBuySetting> | undefined, object, object]>([
      ["without a setting", undefined, { neededTokens: 1 }, { kind: "off" }],
      ["switched off", { enabled: false }, { neededTokens: 1 }, { kind: "off" }],
      ["with enough for the request", {}, { neededTokens: 60 }, { kind: "enough" }],
      ["one token short", {}, { neededTokens: 61 }, { kind: "begun", purchase: { tokens: 500, costMicros: 5 } }],
      ["low", {}, { neededTokens: 0 }, { kind: "begun", purchase: { tokens: 500 } }],
      ["just not low", { belowTokens: 60 }, { neededTokens: 0 }, { kind: "enough" }],
      ["just low", { belowTokens: 61 }, { neededTokens: 0 }, { kind: "begun" }],
      ["a greater need", {}, { neededTokens: 501 }, { kind: "begun", purchase: { tokens: 501, costMicros: 6 } }],
      ["at the greatest price", { priceMicrosPerUnitMax: 10_000 }, { neededTokens: 0 }, { kind: "begun" }],
      [
        "too dear",
        { priceMicrosPerUnitMax: 9_999 },
        { neededTokens: 0 },
        { kind: "price-too-high", priceMicrosPerUnit: 10_000, priceMicrosPerUnitMax: 9_999 },
      ],
    ])("%s", async (_, setting, wish, want) => {
      const { ledger } = await open(0);
      await ledger.deposit({ accountId: "ada", instrument: "text", tokens: 60, costMicros: 0 });
      if (setting) await ledger.putAutoBuy({ ...SETTING, ...setting });
      const outcome = await ledger.beginPurchase({ ...WISH, neededTokens: 0, ...wish });
      expect(outcome).toMatchObject(want);
      const pending = "purchase" in outcome ? [outcome.purchase] : [];
      expect((await ledger.purchases("ada", { limit: 10 })).data).toEqual(pending);
      expect(await ledger.credits("ada")).toMatchObject({ spentMicros: 0 });
    });

    test("tells of a pending purchase all that is known", async () => {
      const { ledger } = await open(0);
      await ledger.putAutoBuy(SETTING);
      expect(await ledger.beginPurchase({ ...WISH, neededTokens: 0 })).toEqual({
        kind: "begun",
        purchase: {
          id: expect.stringMatching(/^pur_/),
          accountId: "ada",
          instrument: "text",
          tokens: 500,
          costMicros: 5,
          priceMicrosPerUnit: 10_000,
          automatic: true,
          state: "pending",
          createdAtMs: START_MS,
        },
      });
    });

    test("lots past their expiry do not count", async () => {
      const { ledger, clock } = await open(0);
      await ledger.putAutoBuy(SETTING);
      const lot = { accountId: "ada", instrument: "text", tokens: 1_000, costMicros: 0, expiresAtMs: START_MS + 5 };
      await ledger.deposit(lot);
      expect((await ledger.beginPurchase({ ...WISH, neededTokens: 0 })).kind).toBe("enough");
      clock.nowMs += 5;
      expect((await ledger.beginPurchase({ ...WISH, neededTokens: 0 })).kind).toBe("begun");
    });

    test("of a hundred at once one begins, of every account and instrument", async () => {
      const { ledger } = await open(1_000, openThreaded);
      await ledger.openAccount({ id: "bob", name: "Bob" });
      const places = ["ada text", "ada code", "bob text"].map((name) => name.split(" ") as [string, string]);
      for (const [accountId, instrument] of places) await ledger.putAutoBuy({ ...SETTING, accountId, instrument });
      const all = await Promise.all(
        places.flatMap(([accountId, instrument]) =>
          Array.from({ length: 100 }, () =>
            ledger.beginPurchase({ ...WISH, accountId, instrument, neededTokens: 100 }),
          ),
        ),
      );
      expect(all.filter(({ kind }) => kind === "begun")).toHaveLength(3);
      expect(all.filter(({ kind }) => kind === "under-way")).toHaveLength(297);
      expect(new Set(all.map((outcome) => "purchase" in outcome && outcome.purchase.id)).size).toBe(3);
    });

    test("in two ledgers at once, filled as soon as begun: nobody buys what another has bought", async () => {
      const { ledger, place } = await open(1_000, openThreaded);
      const { ledger: other } = await openThreaded(place);
      await ledger.putAutoBuy(SETTING);
      const buy = async (one: Ledger): Promise<string> => {
        const outcome = await one.beginPurchase({ ...WISH, neededTokens: 400 });
        return outcome.kind === "begun" ? (await one.fillPurchase(outcome.purchase.id)).kind : outcome.kind;
      };
      const all = await Promise.all(Array.from({ length: 60 }, (_, i) => buy(i % 2 ? ledger : other)));
      expect(all.filter((kind) => kind === "filled")).toHaveLength(1);
      expect(await buy(other)).toBe("enough");
      expect(await ledger.credits("ada")).toMatchObject({ spentMicros: 5 });
      expect(await ledger.balance("ada", "text")).toMatchObject({ available: 500 });
      expect(await ledger.audit()).toEqual([]);
    });

    test("not what could never be filled", async () => {
      const { ledger } = await open(100);
      await ledger.putAutoBuy(SETTING);
      const place = { accountId: "ada", instrument: "text" };
      await ledger.deposit({ ...place, tokens: MOST - 499, costMicros: 0 });
      await ledger.hold({ ...place, requestId: "r1", tokens: MOST - 499, expiresAtMs: lifeFrom(START_MS) });
      const beginning = ledger.beginPurchase({ ...WISH, neededTokens: 0 });
      await expect(beginning).rejects.toMatchObject({ code: "bad-input" });
      expect((await ledger.purchases("ada", { limit: 1 })).data).toEqual([]);
    });

    test.each<[string, object, string]>([
      ["a negative price", { priceMicrosPerUnit: -1 }, "bad-input"],
      ["half a price", { priceMicrosPerUnit: 0.5 }, "bad-input"],
      ["a negative need", { neededTokens: -1 }, "bad-input"],
      ["a need of 2^53", { neededTokens: MOST + 1 }, "bad-input"],
      ["a cost of 2^53", { neededTokens: MOST, priceMicrosPerUnit: MOST }, "bad-input"],
      ["no lease", { leaseUntilMs: undefined }, "bad-input"],
      ["an account that is not there", { accountId: "nobody" }, "unknown-account"],
    ])("not: %s", async (_, change, code) => {
      const { ledger } = await open(0);
      await ledger.putAutoBuy(SETTING);
      const beginning = ledger.beginPurchase({ ...WISH, neededTokens: 1, ...change } as never);
      await expect(beginning).rejects.toMatchObject({ code });
      expect((await ledger.purchases("ada", { limit: 1 })).data).toEqual([]);
    });
  });

  describe("seeing a purchase through", () => {
    async function openBegun(creditsMicros: number): Promise<Sample & { purchase: Purchase }> {
      const sample = await open(creditsMicros);
      await sample.ledger.putAutoBuy(SETTING);
      const outcome = await sample.ledger.beginPurchase({ ...WISH, neededTokens: 0 });
      if (outcome.kind !== "begun") throw new Error(outcome.kind);
      return { ...sample, purchase: outcome.purchase };
    }

    test("it is filled once, however many try", async () => {
      const { ledger, purchase, clock } = await openBegun(7);
      clock.nowMs++;
      const all = await Promise.all(Array.from({ length: 20 }, () => ledger.fillPurchase(purchase.id)));
      const filled = {
        ...purchase,
        state: "filled",
        lotId: expect.stringMatching(/^lot_/),
        resolvedAtMs: START_MS + 1,
      };
      expect(all.filter(({ kind }) => kind === "filled")).toEqual([{ kind: "filled", purchase: filled }]);
      expect(all.filter(({ kind }) => kind === "resolved")).toHaveLength(19);
      expect(all.every((outcome) => "purchase" in outcome && outcome.purchase.state === "filled")).toBe(true);
      expect(await ledger.credits("ada")).toMatchObject({ spentMicros: 5, availableMicros: 2 });
      expect(await ledger.balance("ada", "text")).toMatchObject({ deposited: 500 });
      expect(await ledger.failPurchase({ purchaseId: purchase.id, problem: "late" })).toEqual(filled);
      expect(await ledger.audit()).toEqual([]);
    });

    test("without enough credits it stays pending, and is filled when there are", async () => {
      const { ledger, purchase } = await openBegun(4);
      const low = { kind: "credits-too-low", availableMicros: 4, neededMicros: 5 };
      expect(await ledger.fillPurchase(purchase.id)).toEqual(low);
      expect(await ledger.purchase(purchase.id)).toEqual(purchase);
      await ledger.depositCredits({ accountId: "ada", amountMicros: 1 });
      expect((await ledger.fillPurchase(purchase.id)).kind).toBe("filled");
      expect(await ledger.credits("ada")).toMatchObject({ availableMicros: 0 });
    });

    test("one that failed says why, costs nothing, and makes way for the next", async () => {
      const { ledger, purchase } = await openBegun(100);
      const failed = { ...purchase, state: "failed", problem: "no payment", resolvedAtMs: START_MS };
      expect(await ledger.failPurchase({ purchaseId: purchase.id, problem: "no payment" })).toEqual(failed);
      expect(await ledger.failPurchase({ purchaseId: purchase.id, problem: "other" })).toEqual(failed);
      expect(await ledger.fillPurchase(purchase.id)).toEqual({ kind: "resolved", purchase: failed });
      expect(await ledger.credits("ada")).toMatchObject({ spentMicros: 0 });
      const next = await ledger.beginPurchase({ ...WISH, neededTokens: 0 });
      expect(next).toMatchObject({ kind: "begun", purchase: { id: expect.not.stringMatching(purchase.id) } });
      expect(await ledger.audit()).toEqual([]);
    });

    test("one of an account that was closed in the meantime fails and costs nothing", async () => {
      const { ledger, purchase } = await openBegun(100);
      await ledger.closeAccount("ada");
      const problem = "the account is closed";
      const failed = { ...purchase, state: "failed", problem, resolvedAtMs: START_MS };
      expect(await ledger.fillPurchase(purchase.id)).toEqual({ kind: "resolved", purchase: failed });
      expect(await ledger.beginPurchase({ ...WISH, neededTokens: 0 })).toEqual({ kind: "off" });
      expect(await ledger.credits("ada")).toMatchObject({ spentMicros: 0 });
      expect(await ledger.audit()).toEqual([]);
    });

    test("one under way is told even when auto-buy was deleted since", async () => {
      const { ledger, purchase } = await openBegun(100);
      await ledger.deleteAutoBuy("ada", "text");
      expect(await ledger.beginPurchase({ ...WISH, neededTokens: 0 })).toEqual({ kind: "under-way", purchase });
      await ledger.fillPurchase(purchase.id);
      expect(await ledger.beginPurchase({ ...WISH, neededTokens: 0 })).toEqual({ kind: "off" });
    });

    test("one that does not exist", async () => {
      const { ledger } = await openSample();
      expect(await ledger.fillPurchase("nothing")).toEqual({ kind: "unknown" });
      expect(await ledger.failPurchase({ purchaseId: "nothing", problem: "p" })).toBeUndefined();
      expect(await ledger.purchase("nothing")).toBeUndefined();
      await expect(ledger.failPurchase({ purchaseId: "nothing", problem: "" })).rejects.toMatchObject({
        code: "bad-input",
      });
    });

    test("tokens bought can be held at once, and are drawn at their price", async () => {
      const { ledger, purchase } = await openBegun(100);
      await ledger.fillPurchase(purchase.id);
      const hold = { requestId: "r1", accountId: "ada", instrument: "text", tokens: 500 };
      expect((await ledger.hold({ ...hold, expiresAtMs: lifeFrom(START_MS) })).kind).toBe("held");
      expect(await ledger.settle({ requestId: "r1", tokens: 500 })).toMatchObject({ draws: [{ costMicros: 5 }] });
    });

    test("what nobody has seen through in time is taken over, the oldest first, by one", async () => {
      const { ledger, purchase, clock } = await openBegun(100);
      await ledger.putAutoBuy({ ...SETTING, instrument: "code" });
      const second = await ledger.beginPurchase({ ...WISH, instrument: "code", neededTokens: 0 });
      const third = { ...WISH, instrument: "later", leaseUntilMs: START_MS + 500 };
      await ledger.putAutoBuy({ ...SETTING, instrument: "later" });
      await ledger.beginPurchase({ ...third, neededTokens: 0 });
      const taking = { limit: 10, leaseUntilMs: START_MS + 100 };
      clock.nowMs = START_MS + 49;
      expect(await ledger.takeOverPurchases(taking)).toEqual([]);
      clock.nowMs = START_MS + 50;
      expect(await ledger.takeOverPurchases({ ...taking, limit: 1 })).toEqual([purchase]);
      const taken = await Promise.all(Array.from({ length: 5 }, () => ledger.takeOverPurchases(taking)));
      expect(taken.flat()).toEqual(["purchase" in second && second.purchase]);
      clock.nowMs = START_MS + 100;
      await ledger.fillPurchase(purchase.id);
      expect(await ledger.takeOverPurchases({ ...taking, leaseUntilMs: START_MS + 200 })).toHaveLength(1);
    });

    test("what is renewed in time is taken over by nobody, unless it is resolved", async () => {
      const { ledger, purchase, clock } = await openBegun(100);
      await ledger.putAutoBuy({ ...SETTING, instrument: "code" });
      const left = await ledger.beginPurchase({ ...WISH, instrument: "code", neededTokens: 0 });
      const taking = { limit: 10, leaseUntilMs: START_MS + 1_000 };
      await ledger.renewPurchases({ ids: [], leaseUntilMs: START_MS + 100 });
      await ledger.renewPurchases({ ids: [purchase.id, "unknown"], leaseUntilMs: START_MS + 100 });
      clock.nowMs = START_MS + 99;
      expect(await ledger.takeOverPurchases(taking)).toEqual(["purchase" in left && left.purchase]);
      clock.nowMs = START_MS + 100;
      expect(await ledger.takeOverPurchases(taking)).toEqual([purchase]);
      await ledger.fillPurchase(purchase.id);
      await ledger.renewPurchases({ ids: [purchase.id], leaseUntilMs: 0 });
      expect(await ledger.takeOverPurchases(taking)).toEqual([]);
      for (const change of [{ ids: [""] }, { leaseUntilMs: 0.5 }]) {
        const renewal = { ids: [], leaseUntilMs: 1, ...change };
        await expect(ledger.renewPurchases(renewal)).rejects.toMatchObject({ code: "bad-input" });
        await expect(ledger.renewReloads(renewal)).rejects.toMatchObject({ code: "bad-input" });
      }
    });

    test.each<[string, object]>([
      ["none", { limit: 0 }],
      ["too many", { limit: 1_001 }],
      ["half of one", { limit: 0.5 }],
      ["without a lease", { leaseUntilMs: undefined }],
    ])("not taken over: %s", async (_, change) => {
      const { ledger } = await openSample();
      const taking = { limit: 1, leaseUntilMs: START_MS, ...change } as never;
      await expect(ledger.takeOverPurchases(taking)).rejects.toMatchObject({ code: "bad-input" });
      await expect(ledger.takeOverReloads(taking)).rejects.toMatchObject({ code: "bad-input" });
    });
  });
});

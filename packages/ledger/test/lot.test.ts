/** Goal: lots are deposited once, drawn in their order, priced to the last micro-dollar, and lapse without taking what is held. */

import { LedgerError } from "@interchange/ledger";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { proratedCost } from "../src/lot.ts";
import { ENGINES } from "./engines.ts";
import { lifeFrom, START_MS } from "./sample.ts";

describe.each(ENGINES)("on $name", ({ openFunded, openSample }) => {
  describe("deposit", () => {
    test("makes a lot and a balance", async () => {
      const { ledger } = await openSample();
      const { id } = await ledger.openAccount({ name: "Ada" });
      const deposit = { accountId: id, instrument: "text", tokens: 500, costMicros: 90, expiresAtMs: START_MS + 1 };
      const lot = await ledger.deposit({ ...deposit, reference: "inv_1" });
      expect(lot).toEqual({ ...deposit, remaining: 500, id: lot.id, createdAtMs: START_MS, reference: "inv_1" });
      expect(await ledger.balances(id)).toEqual([
        { instrument: "text", deposited: 500, used: 0, held: 0, available: 500, lapsed: 0 },
      ]);
    });

    test("is done once per reference and account, also when asked for at once and after it has lapsed", async () => {
      const { ledger, clock } = await openSample();
      const [ada, bob] = await Promise.all(["Ada", "Bob"].map((name) => ledger.openAccount({ name })));
      const deposit = { instrument: "text", tokens: 5, costMicros: 9, reference: "inv_1", expiresAtMs: START_MS + 1 };
      const lots = await Promise.all([1, 2, 3].map(() => ledger.deposit({ accountId: ada?.id ?? "", ...deposit })));
      expect(new Set(lots.map((lot) => lot.id)).size).toBe(1);
      const other = await ledger.deposit({ accountId: bob?.id ?? "", ...deposit });
      expect(other.id).not.toBe(lots[0]?.id);
      clock.nowMs += 10;
      expect(await ledger.deposit({ accountId: ada?.id ?? "", ...deposit })).toEqual(lots[0]);
      expect(await ledger.totals()).toMatchObject({ accounts: 2, deposited: 10, movementsSum: 0 });
    });

    test.each<[string, object, string]>([
      ["no tokens", { tokens: 0 }, "bad-input"],
      ["fewer than none", { tokens: -1 }, "bad-input"],
      ["half a token", { tokens: 0.5 }, "bad-input"],
      ["not a number", { tokens: Number.NaN }, "bad-input"],
      ["a text for a number", { tokens: "5" }, "bad-input"],
      ["more than 2^53 - 1", { tokens: 2 ** 53 }, "bad-input"],
      ["a negative cost", { costMicros: -1 }, "bad-input"],
      ["a fractional cost", { costMicros: 0.1 }, "bad-input"],
      ["an expiry that is now", { expiresAtMs: START_MS }, "bad-input"],
      ["no instrument", { instrument: "" }, "bad-input"],
      ["an instrument with a NUL", { instrument: "te\0xt" }, "bad-input"],
      ["half a surrogate pair", { instrument: "\ud800" }, "bad-input"],
      ["a reference without end", { reference: "r".repeat(257) }, "bad-input"],
      ["an unknown account", { accountId: "nobody" }, "unknown-account"],
      ["a reference of more tokens", { reference: "first", tokens: 6 }, "conflict"],
      ["a reference at another cost", { reference: "first", costMicros: 1 }, "conflict"],
      ["a reference in another instrument", { reference: "first", instrument: "code" }, "conflict"],
      ["a reference with another expiry", { reference: "first", expiresAtMs: START_MS + 11 }, "conflict"],
      ["a reference without its expiry", { reference: "first", expiresAtMs: undefined }, "conflict"],
      ["more than a balance can count", { tokens: Number.MAX_SAFE_INTEGER }, "bad-input"],
    ])("refuses %s", async (_, change, code) => {
      const { ledger } = await openSample();
      const { id } = await ledger.openAccount({ name: "Ada" });
      const deposit = { accountId: id, instrument: "text", tokens: 5, costMicros: 0, expiresAtMs: START_MS + 10 };
      await ledger.deposit({ ...deposit, reference: "first" });
      const refused = ledger.deposit({ ...deposit, ...change });
      await expect(refused).rejects.toThrow(LedgerError);
      await expect(refused).rejects.toMatchObject({ code });
      expect(await ledger.totals()).toMatchObject({ deposited: 5, available: 5, movementsSum: 0 });
      expect(await ledger.audit()).toEqual([]);
    });
  });

  test("draws take the lot that expires first, then the oldest", async () => {
    const { ledger } = await openSample();
    const { id } = await ledger.openAccount({ name: "Ada" });
    const deposit = async (costMicros: number, expiresAtMs?: number): Promise<string> => {
      const lot = await ledger.deposit({
        accountId: id,
        instrument: "text",
        tokens: 100,
        costMicros,
        ...(expiresAtMs !== undefined && { expiresAtMs }),
      });
      return lot.id;
    };
    const [older, newer] = [await deposit(1_000), await deposit(2_000)];
    const [late, soon] = [await deposit(300, START_MS + 9_000_000), await deposit(50, START_MS + 5_000_000)];
    await ledger.hold({
      requestId: "r1",
      accountId: id,
      instrument: "text",
      tokens: 350,
      expiresAtMs: lifeFrom(START_MS),
    });
    expect(await ledger.settle({ requestId: "r1", tokens: 330 })).toMatchObject({
      draws: [
        { lotId: soon, tokens: 100, costMicros: 50 },
        { lotId: late, tokens: 100, costMicros: 300 },
        { lotId: older, tokens: 100, costMicros: 1_000 },
        { lotId: newer, tokens: 30, costMicros: 600 },
      ],
    });
  });

  describe("U07 cost", () => {
    test("of an uneven lot is rounded down on the way and exact at the end", async () => {
      const { ledger, account } = await openFunded(1);
      await ledger.hold({
        requestId: "r0",
        accountId: account.id,
        instrument: "text",
        tokens: 1,
        expiresAtMs: lifeFrom(START_MS),
      });
      await ledger.settle({ requestId: "r0", tokens: 1 });
      await ledger.deposit({ accountId: account.id, instrument: "text", tokens: 3, costMicros: 10 });
      const costs: number[] = [];
      for (const requestId of ["r1", "r2", "r3"]) {
        await ledger.hold({
          requestId,
          accountId: account.id,
          instrument: "text",
          tokens: 1,
          expiresAtMs: lifeFrom(START_MS),
        });
        await ledger.settle({ requestId, tokens: 1 });
        costs.push((await ledger.receipt(requestId))?.costMicros ?? -1);
      }
      expect(costs).toEqual([3, 3, 4]);
    });

    test("of all parts adds up to the lot's, however it is cut, up to the largest numbers", () => {
      const amounts = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
      const lots = fc.record({ tokens: amounts, costMicros: fc.oneof(fc.constant(0), amounts) });
      const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
      fc.assert(
        fc.property(lots, cuts, (lot, shares) => {
          let [taken, cost] = [0, 0];
          for (const share of [...shares, 1]) {
            const part = Math.floor((lot.tokens - taken) * share);
            const partCost = proratedCost(lot, taken, part);
            expect(partCost).toBeGreaterThanOrEqual(0);
            taken += part;
            cost += partCost;
            expect(cost).toBeLessThanOrEqual(lot.costMicros);
          }
          expect([taken, cost]).toEqual([lot.tokens, lot.costMicros]);
        }),
      );
    });
  });

  describe("past its expiry a lot", () => {
    const deposits = async (expiresAtMs: number) => {
      const sample = await openSample();
      const { id } = await sample.ledger.openAccount({ name: "Ada" });
      const dying = { accountId: id, instrument: "text", tokens: 100, costMicros: 100, expiresAtMs };
      const { id: lotId } = await sample.ledger.deposit(dying);
      const hold = (requestId: string, tokens: number) =>
        sample.ledger.hold({ requestId, accountId: id, instrument: "text", tokens, expiresAtMs: START_MS + 100_000 });
      return { ...sample, id, lotId, hold, balance: () => sample.ledger.balance(id, "text") };
    };

    test("counts to its last millisecond and not from its expiry on, without any sweep", async () => {
      const { hold, balance, clock } = await deposits(START_MS + 10);
      clock.nowMs += 9;
      expect(await balance()).toMatchObject({ available: 100, lapsed: 0 });
      clock.nowMs += 1;
      expect(await hold("r1", 1)).toEqual({ kind: "balance-too-low", available: 0, needed: 1 });
      expect(await balance()).toMatchObject({ deposited: 100, available: 0, lapsed: 100 });
    });

    test("still serves the holds that rely on it, and lapses with what they leave", async () => {
      const { ledger, hold, balance, clock, lotId } = await deposits(START_MS + 10);
      await hold("r1", 30);
      await hold("r2", 20);
      clock.nowMs += 10;
      expect(await balance()).toMatchObject({ held: 50, available: 0, lapsed: 50 });
      expect(await ledger.settle({ requestId: "r1", tokens: 25 })).toMatchObject({
        tokensSettled: 25,
        draws: [{ lotId, tokens: 25, costMicros: 25 }],
      });
      expect(await balance()).toMatchObject({ held: 20, used: 25, available: 0, lapsed: 55 });
      await ledger.release({ requestId: "r2", reason: "supplier-failed" });
      expect(await balance()).toMatchObject({ held: 0, used: 25, available: 0, lapsed: 75 });
      expect(await ledger.audit()).toEqual([]);
    });

    test("does not pay for an overrun, nor does a hold on it reach for more", async () => {
      const { ledger, hold, clock } = await deposits(START_MS + 10);
      await hold("r1", 30);
      clock.nowMs += 10;
      expect(await ledger.settle({ requestId: "r1", tokens: 80 })).toMatchObject({ tokensSettled: 30, overrun: 50 });
    });

    test("leaves later lots to new holds", async () => {
      const { ledger, hold, balance, clock, id } = await deposits(START_MS + 10);
      await ledger.deposit({ accountId: id, instrument: "text", tokens: 40, costMicros: 0 });
      await hold("r1", 30);
      clock.nowMs += 10;
      expect(await hold("r2", 41)).toEqual({ kind: "balance-too-low", available: 40, needed: 41 });
      expect((await hold("r3", 40)).kind).toBe("held");
      expect(await balance()).toMatchObject({ held: 70, available: 0, lapsed: 70 });
      expect(await ledger.audit()).toEqual([]);
    });

    /** A dying lot of 100 and a lasting one of `tokens`; `h1` holds 50 before the expiry, then `h2` 50 after it. */
    const outlived = async (tokens: number) => {
      const sample = await deposits(START_MS + 10);
      const { ledger, id, hold, clock } = sample;
      const lasting = await ledger.deposit({ accountId: id, instrument: "text", tokens, costMicros: 0 });
      await hold("h1", 50);
      clock.nowMs += 10;
      expect(await hold("h2", 50)).toMatchObject({ kind: "held" });
      return { ...sample, lastingId: lasting.id };
    };

    test("is not kept by holds taken since: what an older one gives back lapses", async () => {
      const { ledger, hold, balance, lastingId } = await outlived(120);
      await ledger.release({ requestId: "h1", reason: "supplier-failed" });
      expect(await hold("h3", 71)).toEqual({ kind: "balance-too-low", available: 70, needed: 71 });
      expect(await hold("h3", 50)).toMatchObject({ kind: "held" });
      expect(await balance()).toMatchObject({ held: 100, available: 20, lapsed: 100 });
      expect(await ledger.settle({ requestId: "h3", tokens: 50 })).toMatchObject({
        draws: [{ lotId: lastingId, tokens: 50 }],
      });
      expect(await ledger.audit()).toEqual([]);
    });

    test.each([
      ["h1", "h2"],
      ["h2", "h1"],
    ])("pays for the older hold alone, in the order %s, %s", async (...order) => {
      const { ledger, balance, lotId, lastingId } = await outlived(50);
      for (const requestId of order) {
        expect(await ledger.settle({ requestId, tokens: 60 })).toMatchObject({
          tokensSettled: 50,
          overrun: 10,
          draws: [{ lotId: requestId === "h1" ? lotId : lastingId, tokens: 50 }],
        });
      }
      expect(await balance()).toMatchObject({ used: 100, held: 0, available: 0, lapsed: 50 });
      expect(await ledger.audit()).toEqual([]);
    });

    test("is kept while the older hold is settled, and gone for the next", async () => {
      const { ledger, balance, lotId } = await outlived(50);
      expect(await ledger.settle({ requestId: "h1", tokens: 20 })).toMatchObject({ draws: [{ lotId, tokens: 20 }] });
      expect(await ledger.settle({ requestId: "h2", tokens: 60 })).toMatchObject({ tokensSettled: 50, overrun: 10 });
      expect(await balance()).toMatchObject({ used: 70, held: 0, available: 0, lapsed: 80 });
    });

    test("leaves nothing short when the clock was set back after the hold", async () => {
      const { ledger, hold, clock, id, lotId } = await deposits(START_MS + 100);
      clock.nowMs += 20;
      await hold("h1", 100);
      clock.nowMs -= 20;
      const brief = { accountId: id, instrument: "text", tokens: 30, costMicros: 0, expiresAtMs: START_MS + 10 };
      const { id: briefId } = await ledger.deposit(brief);
      expect(await ledger.settle({ requestId: "h1", tokens: 130 })).toMatchObject({
        tokensSettled: 130,
        draws: [
          { lotId: briefId, tokens: 30 },
          { lotId, tokens: 100 },
        ],
      });
      expect(await ledger.audit()).toEqual([]);
    });

    test("lapses at a sweep that nobody reads after", async () => {
      const { ledger } = await deposits(START_MS + 10);
      expect(await ledger.expire(START_MS + 10)).toBe(0);
      expect(await ledger.totals()).toMatchObject({ available: 0, lapsed: 100, movementsSum: 0 });
    });

    test("lapses for every balance of the account that is read", async () => {
      const { ledger, clock, id } = await deposits(START_MS + 10);
      await ledger.deposit({ accountId: id, instrument: "code", tokens: 7, costMicros: 0, expiresAtMs: START_MS + 5 });
      clock.nowMs += 10;
      expect(await ledger.balances(id)).toMatchObject([
        { instrument: "code", lapsed: 7, available: 0 },
        { instrument: "text", lapsed: 100, available: 0 },
      ]);
    });
  });
});

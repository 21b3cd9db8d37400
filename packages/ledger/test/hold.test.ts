/** Goal: a hold is taken once, redeemed once and resolved once, whoever asks again and whoever asks at the same time. */

import { type HoldOutcome, type Ledger, LedgerError, openLedger } from "@interchange/ledger";
import { describe, expect, test, vi } from "vitest";
import { ENGINES } from "./engines.ts";
import { lifeFrom, START_MS } from "./sample.ts";

describe.each(ENGINES)("on $name", ({ openFunded, freshPlace, optionsAt }) => {
  const LIFE_MS = lifeFrom(START_MS);

  async function openHeld(tokens = 100, held = 40, at?: string) {
    const sample = await openFunded(tokens, at);
    const hold = (requestId: string, amount: number): Promise<HoldOutcome> =>
      sample.ledger.hold({
        requestId,
        accountId: sample.account.id,
        instrument: "text",
        tokens: amount,
        expiresAtMs: LIFE_MS,
      });
    await hold("r1", held);
    return { ...sample, hold, balance: () => sample.ledger.balance(sample.account.id, "text") };
  }

  describe("hold", () => {
    test("keeps tokens aside", async () => {
      const { hold, balance, account } = await openHeld();
      expect(await balance()).toMatchObject({ deposited: 100, held: 40, available: 60 });
      expect(await hold("r2", 60)).toEqual({
        kind: "held",
        available: 0,
        hold: {
          requestId: "r2",
          accountId: account.id,
          instrument: "text",
          tokens: 60,
          state: "held",
          createdAtMs: START_MS,
          expiresAtMs: LIFE_MS,
        },
      });
    });

    test("asked for again is the first one", async () => {
      const { hold, balance, ledger } = await openHeld();
      const first = await hold("r1", 40);
      expect(first).toMatchObject({ kind: "held", hold: { state: "held" } });
      await ledger.redeem({ requestId: "r1", expiresAtMs: LIFE_MS });
      expect(await hold("r1", 40)).toMatchObject({ kind: "held", hold: { state: "redeemed" } });
      expect(await balance()).toMatchObject({ held: 40, available: 60 });
    });

    test("asked for again does not depend on what is available by now", async () => {
      const { hold } = await openHeld(100, 100);
      expect(await hold("r1", 100)).toMatchObject({ kind: "held" });
    });

    test.each<[number, string]>([
      [60, "held"],
      [61, "balance-too-low"],
    ])("of %i when 60 are available: %s", async (tokens, want) => {
      const { hold, balance } = await openHeld();
      expect((await hold("r2", tokens)).kind).toBe(want);
      expect(await balance()).toMatchObject(want === "held" ? { available: 0 } : { available: 60 });
    });

    test("of one instrument is never paid by another", async () => {
      const { ledger, account } = await openHeld();
      const code = { requestId: "r2", accountId: account.id, instrument: "code", tokens: 1, expiresAtMs: LIFE_MS };
      expect(await ledger.hold(code)).toEqual({ kind: "balance-too-low", available: 0, needed: 1 });
      await ledger.deposit({ accountId: account.id, instrument: "code", tokens: 5, costMicros: 5 });
      expect((await ledger.hold(code)).kind).toBe("held");
      expect(await ledger.settle({ requestId: "r2", tokens: 90 })).toMatchObject({ tokensSettled: 5, overrun: 85 });
      expect(await ledger.balances(account.id)).toMatchObject([
        { instrument: "code", used: 5, available: 0 },
        { instrument: "text", used: 0, available: 60, held: 40 },
      ]);
    });

    test("of many at once never exceeds the balance", async () => {
      const { hold, balance } = await openHeld(1_000, 1);
      const outcomes = await Promise.all(Array.from({ length: 300 }, (_, i) => hold(`m${i}`, 7)));
      expect(outcomes.filter(({ kind }) => kind === "held")).toHaveLength(Math.floor(999 / 7));
      expect(await balance()).toMatchObject({ held: 1 + 142 * 7, available: 999 - 142 * 7 });
    });

    test.each<[string, object, string]>([
      ["no tokens", { tokens: 0 }, "bad-input"],
      ["fewer than none", { tokens: -5 }, "bad-input"],
      ["half a token", { tokens: 1.5 }, "bad-input"],
      ["more tokens than can be counted", { tokens: 2 ** 53 }, "bad-input"],
      ["no number of tokens", { tokens: undefined }, "bad-input"],
      ["a limit of none at once", { runningMax: { key: 0 } }, "bad-input"],
      ["a limit of half a run", { runningMax: { account: 1.5 } }, "bad-input"],
      ["a request that is another account's", { requestId: "r1", accountId: "bob" }, "conflict"],
      ["a request that is another instrument's", { requestId: "r1", tokens: 40, instrument: "code" }, "conflict"],
      ["no request id", { requestId: "" }, "bad-input"],
      ["a life that is over", { expiresAtMs: START_MS }, "bad-input"],
      ["a life without end", { expiresAtMs: Number.POSITIVE_INFINITY }, "bad-input"],
      ["an unknown account", { accountId: "nobody" }, "unknown-account"],
      ["a request that holds something else", { requestId: "r1" }, "conflict"],
    ])("refuses %s, and nothing has moved", async (_, change, code) => {
      const { ledger, account, balance } = await openHeld();
      const request = { requestId: "r2", accountId: account.id, instrument: "text", tokens: 10, expiresAtMs: LIFE_MS };
      const refused = ledger.hold({ ...request, ...change });
      await expect(refused).rejects.toThrow(LedgerError);
      await expect(refused).rejects.toMatchObject({ code });
      expect(await balance()).toMatchObject({ held: 40, available: 60 });
      expect(await ledger.audit()).toEqual([]);
    });

    test("of what no balance can hold is too much, not a mistake", async () => {
      const { hold, balance } = await openHeld();
      const needed = Number.MAX_SAFE_INTEGER;
      expect(await hold("r2", needed)).toEqual({ kind: "balance-too-low", available: 60, needed });
      expect(await balance()).toMatchObject({ held: 40, available: 60 });
    });

    test("of an account that is closed is refused, also when the balance is too low; what runs is finished", async () => {
      const { hold, ledger, account, balance } = await openHeld();
      await ledger.closeAccount(account.id);
      expect(await hold("r2", 10)).toEqual({ kind: "account-closed" });
      expect(await hold("r2", 1_000)).toEqual({ kind: "account-closed" });
      expect(await hold("r1", 40)).toMatchObject({ kind: "held", hold: { state: "held" } });
      expect(await ledger.settle({ requestId: "r1", tokens: 25 })).toMatchObject({ tokensSettled: 25 });
      expect(await balance()).toMatchObject({ held: 0, used: 25, available: 75 });
    });

    test("comes with its settlement in the same turn", async () => {
      const { hold, ledger, balance } = await openHeld();
      const settle = (tokens: number) => ledger.settle({ requestId: "r2", tokens });
      const [early, held, settled, again] = await Promise.all([settle(9), hold("r2", 50), settle(55), settle(1)]);
      expect(early).toEqual({ kind: "unknown" });
      expect(held).toMatchObject({ kind: "held", available: 10 });
      expect(settled).toMatchObject({ tokensSettled: 55, draws: [{ tokens: 55, costMicros: 55 }] });
      expect(again).toEqual(settled);
      expect(await settle(1)).toEqual(settled);
      expect(await balance()).toMatchObject({ held: 40, used: 55, available: 5 });
      expect(await ledger.audit()).toEqual([]);
    });

    test("taken before the clock was set back is redeemed and settled as any other", async () => {
      const { ledger, clock, hold, balance } = await openHeld();
      clock.nowMs -= 5_000;
      expect(await ledger.redeem({ requestId: "r1", expiresAtMs: LIFE_MS })).toMatchObject({ kind: "redeemed" });
      expect(await hold("r2", 10)).toMatchObject({ kind: "held", hold: { createdAtMs: START_MS - 5_000 } });
      expect(await ledger.settle({ requestId: "r1", tokens: 40 })).toMatchObject({ tokensSettled: 40 });
      expect(await ledger.expire(clock.nowMs)).toBe(0);
      expect(await balance()).toMatchObject({ held: 10, used: 40, available: 50 });
      expect(await ledger.audit()).toEqual([]);
    });

    test("counts the open holds of its key, its account and its instrument", async () => {
      const { ledger, account } = await openHeld();
      const ask = (requestId: string, keyId: string, runningMax: object): Promise<HoldOutcome> =>
        ledger.hold({
          requestId,
          accountId: account.id,
          instrument: "text",
          tokens: 1,
          expiresAtMs: LIFE_MS,
          keyId,
          runningMax,
        });
      expect(await ask("a", "k1", { key: 1 })).toMatchObject({ kind: "held" });
      expect(await ask("b", "k1", { key: 1 })).toEqual({ kind: "too-many-running", of: "key", max: 1 });
      expect(await ask("b", "k2", { key: 1 })).toMatchObject({ kind: "held" });
      expect(await ask("c", "k3", { account: 3 })).toEqual({ kind: "too-many-running", of: "account", max: 3 });
      expect(await ask("c", "k3", { instrument: 3, key: 9 })).toEqual({
        kind: "too-many-running",
        of: "instrument",
        max: 3,
      });
      expect(await ask("a", "k1", { key: 1 })).toMatchObject({ kind: "held", hold: { requestId: "a" } });
      await ledger.release({ requestId: "r1", reason: "client-left" });
      expect(await ask("c", "k3", { account: 3 })).toMatchObject({ kind: "held" });
    });

    test("counts those that come with it in the same turn", async () => {
      const { ledger, account } = await openHeld();
      const asked = Array.from({ length: 9 }, (_, i) =>
        ledger.hold({
          ...{ requestId: `m${i}`, accountId: account.id, instrument: "text", tokens: 1, expiresAtMs: LIFE_MS },
          runningMax: { account: 4 },
        }),
      );
      const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
      expect(kinds).toEqual([...Array(3).fill("held"), ...Array(6).fill("too-many-running")]);
    });

    test("is not lost with a wrong one that came at the same time", async () => {
      const { hold, ledger, balance } = await openHeld();
      const [good, wrong, other] = await Promise.allSettled([
        hold("r2", 10),
        ledger.deposit({ accountId: "nobody", instrument: "text", tokens: 1, costMicros: 0 }),
        hold("r3", 10),
      ]);
      expect([good.status, wrong.status, other.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(await balance()).toMatchObject({ held: 60, available: 40 });
    });
  });

  describe("redeem", () => {
    const redeem = (ledger: Ledger, expiresAtMs = LIFE_MS) => ledger.redeem({ requestId: "r1", expiresAtMs });

    test("begins the second leg and prolongs the hold's life, never shortens it", async () => {
      const { ledger, hold, clock } = await openHeld();
      clock.nowMs += 5;
      expect(await redeem(ledger, LIFE_MS + 9)).toMatchObject({
        kind: "redeemed",
        hold: { requestId: "r1", state: "redeemed", redeemedAtMs: START_MS + 5, expiresAtMs: LIFE_MS + 9 },
      });
      await hold("r2", 1);
      expect(await ledger.redeem({ requestId: "r2", expiresAtMs: START_MS + 6 })).toMatchObject({
        hold: { expiresAtMs: LIFE_MS },
      });
    });

    test("is won by one of two that race", async () => {
      const { ledger } = await openHeld();
      const outcomes = await Promise.all([redeem(ledger), redeem(ledger)]);
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["redeemed", "spent"]);
    });

    test("is won by one of many in two processes' ledgers in one place", async () => {
      const { ledger, hold, place, clock } = await openHeld(100, 40, await freshPlace());
      const other = await openLedger({ ...optionsAt(place), clock: () => clock.nowMs });
      const ids = Array.from({ length: 20 }, (_, i) => `two${i}`);
      await Promise.all(ids.map((requestId) => hold(requestId, 1)));
      for (const requestId of ids) {
        const redemption = { requestId, expiresAtMs: LIFE_MS };
        const outcomes = await Promise.all([ledger, other, ledger, other].map((one) => one.redeem(redemption)));
        expect(outcomes.filter(({ kind }) => kind === "redeemed")).toHaveLength(1);
      }
      await other.close();
    });

    test.each<[string, (ledger: Ledger) => Promise<unknown>, string]>([
      ["redeemed before", (ledger) => redeem(ledger), "spent"],
      ["settled", (ledger) => ledger.settle({ requestId: "r1", tokens: 1 }), "spent"],
      ["released", (ledger) => ledger.release({ requestId: "r1", reason: "client-left" }), "spent"],
      ["expired", (ledger) => ledger.expire(LIFE_MS), "expired"],
    ])("of a hold that was %s", async (_, before, want) => {
      const { ledger } = await openHeld();
      await before(ledger);
      expect(await redeem(ledger)).toEqual({ kind: want });
    });

    test("of a hold past its life that no sweep has met yet", async () => {
      const { ledger, clock } = await openHeld();
      clock.nowMs = LIFE_MS;
      expect(await redeem(ledger, LIFE_MS + 1)).toEqual({ kind: "expired" });
    });

    test("of a hold that never was", async () => {
      const { ledger } = await openHeld();
      expect(await ledger.redeem({ requestId: "r9", expiresAtMs: LIFE_MS })).toEqual({ kind: "unknown" });
    });

    test("into the past is a mistake", async () => {
      const { ledger } = await openHeld();
      await expect(redeem(ledger, START_MS)).rejects.toMatchObject({ code: "bad-input" });
      expect((await redeem(ledger)).kind).toBe("redeemed");
    });
  });

  describe("renew", () => {
    test("lets open holds live on, never shorter than before, and says which are open", async () => {
      const { ledger, hold } = await openHeld();
      for (const requestId of ["r2", "r3", "r4"]) await hold(requestId, 1);
      await ledger.redeem({ requestId: "r2", expiresAtMs: LIFE_MS + 900 });
      await ledger.release({ requestId: "r3", reason: "client-left" });
      const requestIds = ["r1", "r2", "r3", "r9"];
      expect(await ledger.renew({ requestIds, expiresAtMs: LIFE_MS + 500 })).toEqual(["r1", "r2"]);
      expect(await ledger.expire(LIFE_MS + 499)).toBe(1);
      expect(await ledger.expire(LIFE_MS + 500)).toBe(1);
      expect(await ledger.expire(LIFE_MS + 899)).toBe(0);
      expect(await ledger.renew({ requestIds, expiresAtMs: LIFE_MS + 500 })).toEqual(["r2"]);
    });

    test.each<[string, object]>([
      ["into the past", { expiresAtMs: START_MS }],
      ["without an end", { expiresAtMs: undefined }],
      ["of what is no list", { requestIds: "r1" }],
      ["of a request without an id", { requestIds: ["r1", ""] }],
    ])("%s is a mistake, and nothing is renewed", async (_, change) => {
      const { ledger } = await openHeld();
      const refused = ledger.renew({ requestIds: ["r1"], expiresAtMs: LIFE_MS + 5, ...change });
      await expect(refused).rejects.toMatchObject({ name: "LedgerError", code: "bad-input" });
      expect(await ledger.expire(LIFE_MS)).toBe(1);
    });
  });

  describe("settle", () => {
    test.each<[string, number, object, object]>([
      ["less than held", 25, { tokensSettled: 25, overrun: 0 }, { used: 25, held: 0, available: 75 }],
      ["all that is held", 40, { tokensSettled: 40, overrun: 0 }, { used: 40, held: 0, available: 60 }],
      ["nothing", 0, { tokensSettled: 0, overrun: 0, draws: [] }, { used: 0, held: 0, available: 100 }],
      ["more than held", 70, { tokensSettled: 70, overrun: 0 }, { used: 70, held: 0, available: 30 }],
      [
        "as much as can be counted",
        2 ** 53 - 1,
        { tokensSettled: 100, overrun: 2 ** 53 - 101 },
        { used: 100, held: 0, available: 0 },
      ],
      ["more than there is", 130, { tokensSettled: 100, overrun: 30 }, { used: 100, held: 0, available: 0 }],
    ])("%s", async (_, tokens, want, left) => {
      const { ledger, balance } = await openHeld();
      expect(await ledger.settle({ requestId: "r1", tokens })).toMatchObject({ kind: "settled", ...want });
      expect(await balance()).toMatchObject(left);
      expect(await ledger.audit()).toEqual([]);
    });

    test("never takes what others hold", async () => {
      const { ledger, hold, balance } = await openHeld();
      await hold("r2", 50);
      expect(await ledger.settle({ requestId: "r1", tokens: 90 })).toMatchObject({ tokensSettled: 50, overrun: 40 });
      expect(await balance()).toMatchObject({ held: 50, used: 50, available: 0 });
      expect(await ledger.settle({ requestId: "r2", tokens: 50 })).toMatchObject({ tokensSettled: 50, overrun: 0 });
    });

    test("again gives the first settlement, whatever it says now", async () => {
      const { ledger, balance } = await openHeld();
      const first = await ledger.settle({ requestId: "r1", tokens: 25 });
      expect(await ledger.settle({ requestId: "r1", tokens: 39 })).toEqual(first);
      expect(await balance()).toMatchObject({ used: 25, available: 75 });
    });

    test.each<[string, (ledger: Ledger) => Promise<unknown>, string]>([
      ["a release", (ledger) => ledger.release({ requestId: "r1", reason: "supplier-failed" }), "released"],
      ["an expiry", (ledger) => ledger.expire(LIFE_MS), "expired"],
    ])("after %s changes nothing", async (_, before, want) => {
      const { ledger, balance } = await openHeld();
      await before(ledger);
      expect(await ledger.settle({ requestId: "r1", tokens: 25 })).toEqual({ kind: want });
      expect(await balance()).toMatchObject({ used: 0, held: 0, available: 100 });
    });

    test("of a hold that never was", async () => {
      const { ledger } = await openHeld();
      expect(await ledger.settle({ requestId: "r9", tokens: 1 })).toEqual({ kind: "unknown" });
    });

    test("past the hold's life still counts when no sweep came first", async () => {
      const { ledger, clock } = await openHeld();
      clock.nowMs = LIFE_MS + 1;
      expect(await ledger.settle({ requestId: "r1", tokens: 25 })).toMatchObject({ tokensSettled: 25 });
      expect(await ledger.expire(clock.nowMs)).toBe(0);
    });

    const circle: Record<string, unknown> = {};
    circle.itself = circle;

    test.each<[string, object]>([
      ["fewer than none", { tokens: -1 }],
      ["half a token", { tokens: 0.5 }],
      ["more tokens than can be counted", { tokens: 2 ** 53 }],
      ["no number of tokens", { tokens: undefined }],
      ["usage in a circle", { usage: circle }],
      ["usage that JSON cannot say", { usage: { tokens: 1n } }],
      ["usage that is a list", { usage: [1] }],
      ["what was dropped as one text", { dropped: "weather" }],
      ["what was dropped without a name", { dropped: ["weather", ""] }],
      ["what was dropped under an endless name", { dropped: ["x".repeat(257)] }],
      ["more that was dropped than a receipt has room for", { dropped: Array.from({ length: 101 }, () => "x") }],
      ["no request id", { requestId: "" }],
    ])("refuses %s, and the hold stays open", async (_, change) => {
      const { ledger, balance } = await openHeld();
      const refused = ledger.settle({ requestId: "r1", tokens: 1, ...change });
      await expect(refused).rejects.toMatchObject({ name: "LedgerError", code: "bad-input" });
      expect(await balance()).toMatchObject({ held: 40 });
    });
  });

  describe("release", () => {
    test("gives everything back, once, and keeps its first reason", async () => {
      const { ledger, balance } = await openHeld();
      const release = (reason: string) => ledger.release({ requestId: "r1", reason });
      expect(await release("supplier-failed")).toEqual({
        kind: "released",
        requestId: "r1",
        reason: "supplier-failed",
      });
      expect(await release("client-left")).toEqual({ kind: "released", requestId: "r1", reason: "supplier-failed" });
      expect(await balance()).toMatchObject({ held: 0, available: 100, used: 0 });
    });

    test.each<[string, (ledger: Ledger) => Promise<unknown>, string]>([
      ["a settlement", (ledger) => ledger.settle({ requestId: "r1", tokens: 25 }), "settled"],
      ["an expiry", (ledger) => ledger.expire(LIFE_MS), "expired"],
    ])("after %s changes nothing", async (_, before, want) => {
      const { ledger, balance } = await openHeld();
      await before(ledger);
      const after = await balance();
      expect(await ledger.release({ requestId: "r1", reason: "late" })).toEqual({ kind: want });
      expect(await balance()).toEqual(after);
    });

    test("of a hold that never was", async () => {
      const { ledger } = await openHeld();
      expect(await ledger.release({ requestId: "r9", reason: "late" })).toEqual({ kind: "unknown" });
    });

    test("racing a settlement: one of them happens", async () => {
      const { ledger, hold, balance } = await openHeld();
      const ends: string[] = [];
      for (let i = 0; i < 10; i++) {
        await hold(`x${i}`, 1);
        const settling = (): Promise<unknown> => ledger.settle({ requestId: `x${i}`, tokens: 1 });
        const releasing = (): Promise<unknown> => ledger.release({ requestId: `x${i}`, reason: "client-left" });
        await Promise.all(i % 2 ? [settling(), releasing()] : [releasing(), settling()]);
        ends.push((await ledger.receipt(`x${i}`))?.status ?? "");
      }
      expect(ends.filter((status) => status === "reconciled")).toHaveLength(5);
      expect(await balance()).toMatchObject({ used: 5, held: 40, available: 55 });
    });
  });

  describe("expire", () => {
    test.each<[string, number, number]>([
      ["a millisecond before the end of its life", LIFE_MS - 1, 0],
      ["at the end of its life", LIFE_MS, 1],
    ])("%s", async (_, nowMs, want) => {
      const { ledger, balance } = await openHeld();
      expect(await ledger.expire(nowMs)).toBe(want);
      expect(await ledger.expire(nowMs)).toBe(0);
      expect(await balance()).toMatchObject(want ? { held: 0, available: 100 } : { held: 40, available: 60 });
    });

    test("spares a redeemed hold until its prolonged life is over", async () => {
      const { ledger } = await openHeld();
      await ledger.redeem({ requestId: "r1", expiresAtMs: LIFE_MS + 500 });
      expect(await ledger.expire(LIFE_MS + 499)).toBe(0);
      expect(await ledger.expire(LIFE_MS + 500)).toBe(1);
    });

    test("ends more holds than one transaction takes", async () => {
      const { ledger, hold, balance } = await openHeld(1_000, 1);
      await Promise.all(Array.from({ length: 600 }, (_, i) => hold(`m${i}`, 1)));
      expect(await ledger.expire(LIFE_MS)).toBe(601);
      expect(await balance()).toMatchObject({ held: 0, available: 1_000 });
      expect(await ledger.audit()).toEqual([]);
    });

    test("is done by the sweeper until it is stopped", async () => {
      const { ledger, balance, clock, hold } = await openHeld();
      const stop = ledger.startSweeper({ everyMs: 2 });
      clock.nowMs = LIFE_MS;
      await vi.waitFor(async () => expect(await balance()).toMatchObject({ held: 0 }));
      stop();
      clock.nowMs = START_MS;
      await hold("r2", 5);
      clock.nowMs = LIFE_MS;
      await new Promise((later) => setTimeout(later, 20));
      expect(await balance()).toMatchObject({ held: 5 });
    });

    test("the sweeper tells of what fails", async () => {
      const { ledger } = await openHeld();
      const errors: unknown[] = [];
      const stop = ledger.startSweeper({ everyMs: 2, onError: (error) => errors.push(error) });
      await ledger.close();
      await vi.waitFor(() => expect(errors.length).toBeGreaterThan(1));
      stop();
      expect(errors[0]).toMatchObject({ name: "LedgerUnavailable" });
    });

    test.each([0, -1, 0.5, Number.NaN])("a sweeper every %d ms is a mistake", async (everyMs) => {
      const { ledger } = await openHeld();
      expect(() => ledger.startSweeper({ everyMs })).toThrow(LedgerError);
    });
  });

  describe("receipt", () => {
    const held = {
      requestId: "r1",
      instrument: "text",
      tokensHeld: 40,
      tokensUsed: 0,
      overrun: 0,
      draws: [],
      costMicros: 0,
    };

    test("of a request, from hold to settlement", async () => {
      const { ledger, account, clock } = await openHeld();
      const pending = { ...held, accountId: account.id, status: "pending", createdAtMs: START_MS };
      expect(await ledger.receipt("r1")).toEqual(pending);
      clock.nowMs += 1;
      await ledger.redeem({ requestId: "r1", expiresAtMs: LIFE_MS });
      expect(await ledger.receipt("r1")).toEqual({ ...pending, redeemedAtMs: START_MS + 1 });
      clock.nowMs += 1;
      const settled = {
        supplier: "north",
        model: "m-1",
        usage: { input: { fresh: 20 } },
        timing: { firstByteMs: 12 },
        dropped: ["weather", "messages[0].mood"],
      };
      const settlement = await ledger.settle({ requestId: "r1", tokens: 25, ...settled });
      expect(await ledger.receipt("r1")).toEqual({
        ...pending,
        ...settled,
        status: "reconciled",
        tokensUsed: 25,
        costMicros: 25,
        draws: (settlement as { draws: unknown }).draws,
        redeemedAtMs: START_MS + 1,
        resolvedAtMs: START_MS + 2,
      });
    });

    test.each<[string, (ledger: Ledger) => Promise<unknown>, string]>([
      ["released", (ledger) => ledger.release({ requestId: "r1", reason: "supplier-failed" }), "supplier-failed"],
      ["expired", (ledger) => ledger.expire(LIFE_MS), "expired"],
    ])("of a request that was %s", async (_, end, reason) => {
      const { ledger } = await openHeld();
      await end(ledger);
      expect(await ledger.receipt("r1")).toMatchObject({ ...held, status: "error", reason });
    });

    test("names the supplier that was to fill it until a settlement names another", async () => {
      const { ledger, account } = await openHeld();
      const request = { requestId: "r2", accountId: account.id, instrument: "text", tokens: 1, expiresAtMs: LIFE_MS };
      await ledger.hold({ ...request, supplier: "north", model: "m-1" });
      expect(await ledger.receipt("r2")).toMatchObject({ supplier: "north", model: "m-1" });
      await ledger.settle({ requestId: "r2", tokens: 1, supplier: "south" });
      expect(await ledger.receipt("r2")).toMatchObject({ supplier: "south", model: "m-1" });
    });

    test("of a request that never was", async () => {
      const { ledger } = await openHeld();
      expect(await ledger.receipt("r9")).toBeUndefined();
    });
  });
});

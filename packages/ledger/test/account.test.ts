/** Goal: an account is opened once per id, says what it was last told, and is closed for good. */

import { type Ledger, LedgerError } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { pagesOf } from "./pages.ts";
import { lifeFrom, START_MS } from "./sample.ts";

describe.each(ENGINES)("on $name", ({ openSample, openThreaded }) => {
  test("an account gets an id of its own", async () => {
    const { ledger } = await openSample();
    const [ada, bob] = await Promise.all(["Ada", "Ada"].map((name) => ledger.openAccount({ name })));
    expect(ada).toEqual({
      id: expect.stringMatching(/^acc_[0-9a-z]{20}$/),
      name: "Ada",
      limits: {},
      createdAtMs: START_MS,
    });
    expect(bob?.id).not.toBe(ada?.id);
  });

  test("opened again by its id it is the same account", async () => {
    const { ledger, clock } = await openSample();
    const first = await ledger.openAccount({ id: "demo", name: "Ada" });
    clock.nowMs += 5;
    expect(await ledger.openAccount({ id: "demo", name: "Bob" })).toEqual(first);
    expect(await ledger.totals()).toMatchObject({ accounts: 1 });
  });

  test("without deposits every balance is zero", async () => {
    const { ledger } = await openSample();
    const { id } = await ledger.openAccount({ name: "Ada" });
    const zero = { deposited: 0, used: 0, held: 0, available: 0, lapsed: 0 };
    expect(await ledger.balance(id, "text")).toEqual({ instrument: "text", ...zero });
    expect(await ledger.balances(id)).toEqual([]);
    expect(await ledger.totals()).toEqual({ accounts: 1, ...zero, movementsSum: 0, drawnMicros: 0 });
  });

  test("an account that does not exist has no balance to read", async () => {
    const { ledger } = await openSample();
    await expect(ledger.balance("nobody", "text")).rejects.toMatchObject({ code: "unknown-account" });
    await expect(ledger.balances("nobody")).rejects.toMatchObject({ code: "unknown-account" });
  });

  test.each<[string, object]>([
    ["no name", { name: "" }],
    ["a number for a name", { name: 7 }],
    ["an empty id", { name: "Ada", id: "" }],
    ["a name of 257 characters", { name: "a".repeat(257) }],
    ["an empty instrument", { name: "Ada", defaultInstrument: "" }],
    ["a limit of none at all", { name: "Ada", limits: { requestsPerMinute: 0 } }],
    ["half a limit", { name: "Ada", limits: { tokensPerMinute: 0.5 } }],
    ["a limit beyond its bound", { name: "Ada", limits: { runningMax: 1_000_000_001 } }],
    ["a negative limit", { name: "Ada", limits: { runningMax: -1 } }],
  ])("not opened: %s", async (_, opening) => {
    const { ledger } = await openSample();
    await expect(ledger.openAccount(opening as never)).rejects.toThrow(LedgerError);
    expect(await ledger.totals()).toMatchObject({ accounts: 0 });
  });

  test("says what it was opened with", async () => {
    const { ledger } = await openSample();
    const limits = { requestsPerMinute: 1, tokensPerMinute: 1_000_000_000, runningMax: 7 };
    const opened = await ledger.openAccount({ id: "ada", name: "Ada", defaultInstrument: "text", limits });
    expect(opened).toEqual({ id: "ada", name: "Ada", defaultInstrument: "text", limits, createdAtMs: START_MS });
    expect(await ledger.account("ada")).toEqual(opened);
    expect(await ledger.account("bob")).toBeUndefined();
  });

  const FULL = { id: "ada", name: "Ada", defaultInstrument: "text", limits: { requestsPerMinute: 1, runningMax: 2 } };

  test.each<[string, object, object]>([
    ["nothing", {}, FULL],
    ["the name", { name: "Eve" }, { ...FULL, name: "Eve" }],
    ["another default", { defaultInstrument: "code" }, { ...FULL, defaultInstrument: "code" }],
    ["no default", { defaultInstrument: null }, { id: "ada", name: "Ada", limits: FULL.limits }],
    ["all limits anew", { limits: { tokensPerMinute: 3 } }, { ...FULL, limits: { tokensPerMinute: 3 } }],
    ["no limits", { limits: {} }, { ...FULL, limits: {} }],
  ])("changed: %s", async (_, change, want) => {
    const { ledger } = await openSample();
    await ledger.openAccount(FULL);
    const changed = await ledger.changeAccount({ accountId: "ada", ...change });
    expect(changed).toEqual({ ...want, createdAtMs: START_MS });
    expect(await ledger.account("ada")).toEqual(changed);
  });

  test("what is changed elsewhere at once stays changed", async () => {
    const { ledger, place } = await openThreaded();
    const { ledger: other } = await openThreaded(place);
    await ledger.openAccount(FULL);
    await Promise.all([
      ledger.changeAccount({ accountId: "ada", name: "Eve" }),
      other.changeAccount({ accountId: "ada", limits: { tokensPerMinute: 3 } }),
    ]);
    expect(await ledger.account("ada")).toMatchObject({ name: "Eve", limits: { tokensPerMinute: 3 } });
  });

  test.each<[string, object]>([
    ["no name", { name: "" }],
    ["half a limit", { limits: { requestsPerMinute: 0.5 } }],
    ["a default that is no text", { defaultInstrument: 7 }],
    ["no account", { accountId: "" }],
  ])("not changed: %s", async (_, change) => {
    const { ledger } = await openSample();
    await ledger.openAccount(FULL);
    await expect(ledger.changeAccount({ accountId: "ada", ...change } as never)).rejects.toMatchObject({
      code: "bad-input",
    });
    expect(await ledger.account("ada")).toEqual({ ...FULL, createdAtMs: START_MS });
  });

  test("an account that does not exist is neither changed nor closed", async () => {
    const { ledger } = await openSample();
    expect(await ledger.changeAccount({ accountId: "nobody", name: "Ada" })).toBeUndefined();
    expect(await ledger.closeAccount("nobody")).toBeUndefined();
  });

  test("accounts are listed newest first, page by page", async () => {
    const { ledger, clock } = await openSample();
    // Two of one instant: neither may be lost between two pages.
    for (const id of ["a", "b", "c", "d", "e"]) {
      await ledger.openAccount({ id, name: "Ada" });
      if (id !== "b") clock.nowMs++;
    }
    const pages = await pagesOf((page) => ledger.accounts(page), 2);
    expect(pages.map((page) => page.map(({ id }) => id))).toEqual([["e", "d"], ["c", "b"], ["a"]]);
  });

  describe("closed", () => {
    const request = { requestId: "r1", accountId: "ada", instrument: "text", tokens: 4 };

    async function openClosed(): Promise<{ ledger: Ledger; clock: { nowMs: number }; secret: string }> {
      const { ledger, clock } = await openSample();
      await ledger.openAccount({ id: "ada", name: "Ada" });
      const { secret } = await ledger.createKey({ accountId: "ada", role: "consumption" });
      await ledger.deposit({ accountId: "ada", instrument: "text", tokens: 10, costMicros: 10, reference: "lot" });
      await ledger.depositCredits({ accountId: "ada", amountMicros: 10, reference: "first" });
      await ledger.hold({ ...request, expiresAtMs: lifeFrom(START_MS) });
      await ledger.closeAccount("ada");
      return { ledger, clock, secret };
    }

    test("stays closed since the first time", async () => {
      const { ledger, clock } = await openClosed();
      clock.nowMs += 5;
      const want = { id: "ada", name: "Ada", limits: {}, createdAtMs: START_MS, closedAtMs: START_MS };
      expect(await ledger.closeAccount("ada")).toEqual(want);
      expect(await ledger.openAccount({ id: "ada", name: "Ada" })).toEqual(want);
    });

    test("its keys are refused, with the right secret only for that reason", async () => {
      const { ledger, secret } = await openClosed();
      expect(await ledger.authenticate(secret)).toEqual({ kind: "account-closed" });
      const wrong = secret.slice(0, -1) + (secret.at(-1) === "a" ? "b" : "a");
      expect(await ledger.authenticate(wrong)).toEqual({ kind: "key-unknown" });
    });

    test.each<[string, (ledger: Ledger) => Promise<unknown>]>([
      ["lot", (ledger) => ledger.deposit({ accountId: "ada", instrument: "text", tokens: 1, costMicros: 0 })],
      ["credits", (ledger) => ledger.depositCredits({ accountId: "ada", amountMicros: 1 })],
      ["key", (ledger) => ledger.createKey({ accountId: "ada", role: "consumption" })],
      ["purchase", (ledger) => ledger.buy({ accountId: "ada", instrument: "text", tokens: 1, priceMicrosPerUnit: 1 })],
      [
        "auto-buy",
        (ledger) =>
          ledger.putAutoBuy({ accountId: "ada", instrument: "text", enabled: true, tokens: 1, belowTokens: 0 }),
      ],
      [
        "auto-reload",
        (ledger) =>
          ledger.putAutoReload({
            accountId: "ada",
            enabled: true,
            amountMicros: 1,
            belowMicros: 0,
            monthlyLimitMicros: 1,
          }),
      ],
    ])("no new %s", async (_, act) => {
      const { ledger } = await openClosed();
      const before = [await ledger.totals(), await ledger.credits("ada")];
      await expect(act(ledger)).rejects.toMatchObject({ code: "conflict", message: expect.stringMatching(/closed/) });
      expect([await ledger.totals(), await ledger.credits("ada")]).toEqual(before);
    });

    test("nothing new is held, and what runs is finished", async () => {
      const { ledger } = await openClosed();
      const again = { ...request, requestId: "r2", expiresAtMs: lifeFrom(START_MS) };
      expect(await ledger.hold(again)).toEqual({ kind: "account-closed" });
      expect(await ledger.settle({ requestId: "r1", tokens: 3 })).toMatchObject({ kind: "settled", tokensSettled: 3 });
    });

    test("what was deposited before under a reference is still given again", async () => {
      const { ledger } = await openClosed();
      const again = await ledger.depositCredits({ accountId: "ada", amountMicros: 10, reference: "first" });
      expect(again).toMatchObject({ amountMicros: 10, reference: "first" });
      expect(await ledger.credits("ada")).toMatchObject({ depositedMicros: 10 });
    });
  });
});

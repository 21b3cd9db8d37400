/** Goal: credits are whole micro-dollars that add up, deposited once per reference. */

import { describe, expect, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { START_MS } from "./sample.ts";

const MOST = Number.MAX_SAFE_INTEGER;

describe.each(ENGINES)("on $name", ({ openSample, openThreaded }) => {
  test("an account without credits has none", async () => {
    const { ledger } = await openSample();
    await ledger.openAccount({ id: "ada", name: "Ada" });
    expect(await ledger.credits("ada")).toEqual({ depositedMicros: 0, availableMicros: 0, spentMicros: 0 });
    await expect(ledger.credits("nobody")).rejects.toMatchObject({ code: "unknown-account" });
  });

  test("deposits add up", async () => {
    const { ledger } = await openSample();
    for (const id of ["ada", "bob"]) await ledger.openAccount({ id, name: id });
    const first = await ledger.depositCredits({ accountId: "ada", amountMicros: 7, reference: "first" });
    expect(first).toEqual({
      id: expect.stringMatching(/^crd_[0-9a-z]{20}$/),
      accountId: "ada",
      amountMicros: 7,
      source: "deposit",
      reference: "first",
      createdAtMs: START_MS,
    });
    await ledger.depositCredits({ accountId: "ada", amountMicros: 5 });
    expect(await ledger.credits("ada")).toEqual({ depositedMicros: 12, availableMicros: 12, spentMicros: 0 });
    expect(await ledger.credits("bob")).toMatchObject({ depositedMicros: 0 });
    expect(await ledger.audit()).toEqual([]);
  });

  test("a reference deposits once in an account", async () => {
    const { ledger, clock } = await openSample();
    for (const id of ["ada", "bob"]) await ledger.openAccount({ id, name: id });
    const deposit = { accountId: "ada", amountMicros: 7, reference: "first" };
    const all = await Promise.all(Array.from({ length: 20 }, () => ledger.depositCredits(deposit)));
    clock.nowMs += 5;
    const later = await ledger.depositCredits(deposit);
    expect(new Set([...all, later].map(({ id }) => id)).size).toBe(1);
    expect(later).toEqual(all[0]);
    await expect(ledger.depositCredits({ ...deposit, amountMicros: 8 })).rejects.toMatchObject({ code: "conflict" });
    expect((await ledger.depositCredits({ ...deposit, accountId: "bob" })).id).not.toBe(later.id);
    expect(await ledger.credits("ada")).toMatchObject({ depositedMicros: 7 });
  });

  test("a reference deposits once in two ledgers", async () => {
    const { ledger, place } = await openThreaded();
    const { ledger: other } = await openThreaded(place);
    await ledger.openAccount({ id: "ada", name: "Ada" });
    const deposit = { accountId: "ada", amountMicros: 7, reference: "first" };
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? ledger : other).depositCredits(deposit)),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await other.credits("ada")).toMatchObject({ depositedMicros: 7 });
  });

  test.each<[string, object, string]>([
    ["nothing", { amountMicros: 0 }, "bad-input"],
    ["less than nothing", { amountMicros: -1 }, "bad-input"],
    ["half a micro-dollar", { amountMicros: 0.5 }, "bad-input"],
    ["2^53", { amountMicros: MOST + 1 }, "bad-input"],
    ["endlessly much", { amountMicros: Number.POSITIVE_INFINITY }, "bad-input"],
    ["a text", { amountMicros: "7" }, "bad-input"],
    ["no amount", { amountMicros: undefined }, "bad-input"],
    ["an empty reference", { reference: "" }, "bad-input"],
    ["no account", { accountId: undefined }, "bad-input"],
    ["an account that is not there", { accountId: "nobody" }, "unknown-account"],
  ])("not deposited: %s", async (_, change, code) => {
    const { ledger } = await openSample();
    await ledger.openAccount({ id: "ada", name: "Ada" });
    const depositing = ledger.depositCredits({ accountId: "ada", amountMicros: 7, ...change } as never);
    await expect(depositing).rejects.toMatchObject({ name: "LedgerError", code });
    expect(await ledger.credits("ada")).toMatchObject({ depositedMicros: 0 });
  });

  test("all deposits of an account stay below 2^53", async () => {
    const { ledger } = await openSample();
    await ledger.openAccount({ id: "ada", name: "Ada" });
    await ledger.depositCredits({ accountId: "ada", amountMicros: MOST - 1 });
    const over = ledger.depositCredits({ accountId: "ada", amountMicros: 2 });
    await expect(over).rejects.toMatchObject({ code: "bad-input" });
    await ledger.depositCredits({ accountId: "ada", amountMicros: 1 });
    expect(await ledger.credits("ada")).toEqual({ depositedMicros: MOST, availableMicros: MOST, spentMicros: 0 });
    expect(await ledger.audit()).toEqual([]);
  });
});

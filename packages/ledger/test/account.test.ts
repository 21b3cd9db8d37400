/** Goal: an account is opened once per id and knows its name. */

import { LedgerError } from "@interchange/ledger";
import { expect, test } from "vitest";
import { openSample, START_MS } from "./sample.ts";

test("an account gets an id of its own", async () => {
  const { ledger } = await openSample();
  const [ada, bob] = await Promise.all(["Ada", "Ada"].map((name) => ledger.openAccount({ name })));
  expect(ada).toEqual({ id: expect.stringMatching(/^acc_[0-9a-z]{20}$/), name: "Ada", createdAtMs: START_MS });
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
  expect(await ledger.totals()).toEqual({ accounts: 1, ...zero, entriesSum: 0, drawnMicros: 0 });
});

test("an account that does not exist has no balance to read", async () => {
  const { ledger } = await openSample();
  await expect(ledger.balance("nobody", "text")).rejects.toMatchObject({ code: "unknown-account" });
  await expect(ledger.balances("nobody")).rejects.toMatchObject({ code: "unknown-account" });
});

test.each([[{ name: "" }], [{ name: 7 }], [{ name: "Ada", id: "" }], [{ name: "a".repeat(257) }]])(
  "refused: %j",
  async (opening) => {
    const { ledger } = await openSample();
    await expect(ledger.openAccount(opening as never)).rejects.toThrow(LedgerError);
  },
);

/** Goal: an open ledger answers a ping, and reads nothing of its books for it. */

import { expect, test } from "vitest";
import { TRANSACTIONS } from "../src/transactions/transactions.ts";
import { openThreaded } from "./sample.ts";

test("an open ledger answers", async () => {
  const { ledger } = await openThreaded();
  await expect(ledger.ping()).resolves.toBeUndefined();
});

test("for one statement that names no table", () => {
  const ping = TRANSACTIONS.ping({}, 0);
  const statement = ping.next();
  expect(statement.value).toMatchObject([{ text: "SELECT 1 AS one" }]);
  expect(ping.next([[{ one: 1 }]])).toEqual({ done: true, value: true });
});

/** What a question of a stress costs, what is held for it, and whether a crowd has paid for what it got and for nothing else. */

import { FORMATS } from "@interchange/config";
import { expect } from "vitest";
import { QUESTIONS } from "./rig.ts";
import type { Crowd } from "./stress-crowd.ts";
import { type Office, type Purse, type Receipt, receiptOf, receiptsOf, standingOf } from "./stress-office.ts";
import { type Question, questionOf } from "./stress-question.ts";

/** In tokens. */
export interface Price {
  readonly cost: number;
  /** More than the cost, and not the same for every form of a question. */
  readonly heldMin: number;
  readonly heldMax: number;
}

/** Asks once in every form, at the cost of whoever has the key. */
export async function priceAt(office: Office, key: string): Promise<Price> {
  const forms = FORMATS.flatMap((surface) =>
    [true, false].map((stream) => questionOf(surface, { base: "/inline", stream, sim: "" })),
  );
  const receipts = await Promise.all(forms.map((form) => boughtBy(office, key, form)));
  const costs = new Set(receipts.map(({ tokens_used }) => Number(tokens_used)));
  const held = receipts.map(({ tokens_held }) => Number(tokens_held));
  const price = { cost: Math.max(...costs), heldMin: Math.min(...held), heldMax: Math.max(...held) };
  expect(costs.size).toBe(1);
  // Else what is left at the end could be enough for one more.
  expect(price.heldMin).toBeGreaterThan(price.heldMax - price.cost);
  return price;
}

async function boughtBy(office: Office, key: string, { surface, base, body }: Question): Promise<Receipt> {
  const answer = await fetch(`${office.url}${base}${QUESTIONS[surface].path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...QUESTIONS[surface].keyHeader(key) },
    body,
  });
  await answer.text();
  return receiptOf(office, answer.headers.get("request-id") ?? "");
}

/** For exactly so many requests: the last finds just what is held for it, and leaves too little for another. */
export function tokensFor(requests: number, { cost, heldMax }: Price): number {
  return requests * cost + heldMax - cost;
}

/** Holds the account's receipts and its balance against what its callers got. */
export async function expectPaid(office: Office, purse: Purse, price: Price, crowd: Crowd): Promise<void> {
  const receipts = await receiptsOf(office, purse);
  const paid = receipts.filter(({ status }) => status === "reconciled");
  const got = [...crowd.delivered.keys(), ...crowd.unheard];
  expect(paid.map(({ request_id }) => request_id).toSorted()).toEqual(got.toSorted());
  expect(receipts.filter(({ status }) => status === "pending")).toEqual([]);
  expect(receipts.filter((receipt) => !isExact(receipt, price))).toEqual([]);
  expect([...crowd.delivered.values()].filter((tokens) => tokens !== price.cost)).toEqual([]);
  const { deposited, available, held, used, lapsed } = await standingOf(office, purse);
  expect({ available, held, used, lapsed }).toEqual({
    available: deposited - paid.length * price.cost,
    held: 0,
    used: paid.length * price.cost,
    lapsed: 0,
  });
}

/** Paid to the token and drawn so, or not paid at all. */
function isExact({ status, tokens_used, overrun, draws }: Receipt, { cost }: Price): boolean {
  const drawn = draws.reduce((sum, { tokens }) => sum + Number(tokens), 0);
  return (
    Number(tokens_used) === (status === "reconciled" ? cost : 0) && drawn === Number(tokens_used) && overrun === "0"
  );
}

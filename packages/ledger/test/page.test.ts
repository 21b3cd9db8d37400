/** Goal: a page has no more than was asked for, the next begins where it ended whatever has come in the meantime, and no cursor can be made up. */

import type { Ledger, Page, PageRequest } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { pagesOf } from "./pages.ts";
import { lifeFrom, type Sample, START_MS } from "./sample.ts";

type List = (ledger: Ledger, page: PageRequest) => Promise<Page<unknown>>;

const LISTS: [string, List][] = [
  ["accounts", (ledger, page) => ledger.accounts(page)],
  ["keys", (ledger, page) => ledger.keys("ada", page)],
  ["lots", (ledger, page) => ledger.lots("ada", page)],
  ["movements", (ledger, page) => ledger.movements("ada", page)],
  ["purchases", (ledger, page) => ledger.purchases("ada", page)],
  ["record-versions", (ledger, page) => ledger.recordVersions("ada", page)],
  ["receipts", (ledger, page) => ledger.receipts({}, page)],
  ["reloads", (ledger, page) => ledger.reloads("ada", page)],
];

/** One more of everything. */
async function add(ledger: Ledger, n: number): Promise<void> {
  await ledger.openAccount({ id: n === 0 ? "ada" : `a${n}`, name: "Ada" });
  await ledger.createKey({ accountId: "ada", role: "consumption" });
  await ledger.putRecord({ name: "ada", document: n });
  await ledger.depositCredits({ accountId: "ada", amountMicros: 1 });
  await ledger.buy({ accountId: "ada", instrument: "text", tokens: 10, priceMicrosPerUnit: 1 });
  const hold = { accountId: "ada", instrument: "text", tokens: 1, expiresAtMs: lifeFrom(START_MS) };
  await ledger.hold({ ...hold, requestId: `r${n}` });
  await ledger.putAutoReload({
    accountId: "ada",
    enabled: true,
    amountMicros: 1,
    belowMicros: 1_000,
    monthlyLimitMicros: 1_000,
  });
  const reload = await ledger.beginReload({ accountId: "ada", neededMicros: 0, leaseUntilMs: 0 });
  if (reload.kind !== "begun") throw new Error(reload.kind);
  await ledger.resolveReload({ reloadId: reload.reload.id, kind: "paid", payment: "p" });
}

describe.each(ENGINES)("on $name", ({ openSample }) => {
  async function openFull(): Promise<Sample> {
    const sample = await openSample();
    for (const n of [0, 1, 2]) await add(sample.ledger, n);
    return sample;
  }

  test("every list is whole, whatever comes while it is read", async () => {
    const { ledger, clock } = await openFull();
    for (const [name, list] of LISTS) {
      const whole = await list(ledger, { limit: 100 });
      expect(whole, name).not.toHaveProperty("nextCursor");
      const pages = await pagesOf((page) => list(ledger, page), 2);
      expect(pages.flat(), name).toEqual(whole.data);
      expect(pages, name).toHaveLength(Math.ceil(whole.data.length / 2));
      expect(whole.data.length, name).toBeGreaterThanOrEqual(3);
    }
    const first = await Promise.all(LISTS.map(([, list]) => list(ledger, { limit: 1 })));
    const rest = (): Promise<Page<unknown>[]> =>
      Promise.all(
        LISTS.map(([, list], place) => list(ledger, { limit: 100, cursor: first[place]?.nextCursor as string })),
      );
    const before = await rest();
    clock.nowMs++;
    await add(ledger, 3);
    expect(await rest()).toEqual(before);
  });

  test("no list takes what is not a cursor of its own", async () => {
    const { ledger } = await openFull();
    const cursors = await Promise.all(LISTS.map(async ([, list]) => (await list(ledger, { limit: 1 })).nextCursor));
    const encode = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString("base64url");
    for (const [place, [name, list]] of LISTS.entries()) {
      const own = cursors[place] as string;
      const forged = [
        ["", "x", "bm90aGluZw", `${own}=`, ` ${own}`, own.slice(0, -1), 7, null],
        [
          encode({}),
          encode([]),
          encode([name]),
          encode([name, 1, "a", 2]),
          encode([name, null]),
          encode([name, "a\0"]),
        ],
        [encode([name, -1]), encode([name, 0.5]), encode([name, 2 ** 60]), encode([name, [1]])],
        cursors.filter((cursor) => cursor !== own),
      ].flat();
      for (const cursor of forged) {
        const reading = list(ledger, { limit: 1, cursor: cursor as string });
        await expect(reading, `${name} ${cursor}`).rejects.toMatchObject({ code: "bad-input" });
      }
    }
  });

  test.each([0, -1, 101, 0.5, "10", undefined])("no page has %j items", async (limit) => {
    const { ledger } = await openSample();
    await ledger.openAccount({ id: "ada", name: "Ada" });
    for (const [, list] of LISTS) {
      await expect(list(ledger, { limit: limit as number })).rejects.toMatchObject({ code: "bad-input" });
    }
  });

  test("lots, movements and purchases are told by instrument", async () => {
    const { ledger } = await openFull();
    await ledger.depositCredits({ accountId: "ada", amountMicros: 1 });
    await ledger.buy({ accountId: "ada", instrument: "code", tokens: 5, priceMicrosPerUnit: 1 });
    const page = { limit: 100, instrument: "code" };
    const code = { instrument: "code" };
    const [lots, movements, purchases] = await Promise.all([
      ledger.lots("ada", page),
      ledger.movements("ada", page),
      ledger.purchases("ada", page),
    ]);
    const amounts = { deposited: -5, available: 5, held: 0, used: 0, lapsed: 0 };
    expect(lots.data).toMatchObject([{ ...code, tokens: 5, remaining: 5, costMicros: 1 }]);
    expect(movements.data).toMatchObject([{ ...code, movement: "deposit", amounts, reference: lots.data[0]?.id }]);
    expect(purchases.data).toMatchObject([{ ...code, lotId: lots.data[0]?.id }]);
    for (const list of [ledger.lots, ledger.movements, ledger.purchases]) {
      await expect(list("nobody", page)).rejects.toMatchObject({ code: "unknown-account" });
      await expect(list("ada", { ...page, instrument: "" })).rejects.toMatchObject({ code: "bad-input" });
    }
  });
});

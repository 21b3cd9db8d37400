/** Pages: every row that was there is met exactly once, newest first, though rows are added on the way. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OperationId } from "../src/platform/operation.ts";
import { type Ask, asker, type House, openHouse } from "./platform.ts";
import { ask as askSurface, INSTRUMENT, type Rig, startRig } from "./rig.ts";

let rig: Rig;
let ask: Ask;
let house: House;
beforeAll(async () => {
  rig = await startRig();
  ask = asker(rig);
  house = await openHouse(rig, { tokens: 50_000_000, creditsMicros: 1_000_000_000 });
  await ask("putAutoReload", { path: path(), body: { enabled: true, ...RELOAD } });
});
afterAll(() => rig.close());

const RELOAD = { amount_usd: "1", below_usd: "0", monthly_limit_usd: "1000000" };

interface List {
  readonly operation: OperationId;
  /** What tells rows apart. */
  readonly id: string;
  add(): Promise<unknown>;
}

const path = () => ({ account_id: house.accountId });

async function reload(): Promise<void> {
  const { ledger } = rig.gateway.engine;
  const neededMicros = 10_000_000_000;
  const begun = await ledger.beginReload({
    accountId: house.accountId,
    neededMicros,
    leaseUntilMs: rig.nowMs() + 60_000,
  });
  if (begun.kind !== "begun") throw new Error(begun.kind);
  const pausedUntilMs = rig.nowMs() + 1;
  await ledger.resolveReload({ reloadId: begun.reload.id, kind: "declined", problem: "no", pausedUntilMs });
  rig.later(2);
}

const LISTS: readonly List[] = [
  { operation: "listAccounts", id: "id", add: () => ask("createAccount", { body: { name: "One more" } }) },
  { operation: "listKeys", id: "id", add: () => ask("createKey", { path: path(), body: {} }) },
  {
    operation: "listLots",
    id: "id",
    add: () => ask("depositTokens", { path: path(), body: { instrument: INSTRUMENT, tokens: "1" } }),
  },
  {
    operation: "listMovements",
    id: "number",
    add: () => ask("depositTokens", { path: path(), body: { instrument: INSTRUMENT, tokens: "1" } }),
  },
  {
    operation: "listPurchases",
    id: "id",
    add: () => ask("createPurchase", { path: path(), body: { instrument: INSTRUMENT, tokens: "1" } }),
  },
  { operation: "listInvoices", id: "id", add: reload },
  {
    operation: "listUsage",
    id: "request_id",
    add: () => askSurface(rig, "messages", { key: house.key, redirect: "manual" }),
  },
];

const ROWS = 7;

describe.each(LISTS)("$operation", ({ operation, id, add }) => {
  const page = async (query: Record<string, string | number>) => (await ask(operation, { path: path(), query })).body;
  const idsOf = (data: readonly Record<string, string>[]) => data.map((row) => row[id]);

  test.each([1, 2, 3, 100])("%i at a time, each once while others come", async (limit) => {
    for (let row = 0; row < ROWS; row++) await add();
    const there = idsOf((await page({ limit: 100 })).data);
    expect(there.length).toBeGreaterThanOrEqual(ROWS);
    const met: (string | undefined)[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { data, next_cursor }: { data: []; next_cursor: string | null } = await page({
        limit,
        ...(cursor === "" ? {} : { cursor }),
      });
      expect(data.length).toBeLessThanOrEqual(limit);
      met.push(...idsOf(data));
      cursor = next_cursor;
      if (met.length < 4) await add();
    }
    expect(met).toEqual(there);
  });

  test("has twenty rows where nothing is said", async () => {
    for (let row = 0; row < 21; row++) await add();
    const { data, next_cursor } = await page({});
    expect([data.length, next_cursor]).toEqual([20, expect.any(String)]);
  });

  test("ends", async () => {
    const newHouse = await openHouse(rig, { tokens: 1 });
    const { body } = await ask(operation, { path: { account_id: newHouse.accountId }, query: { limit: 100 } });
    if (operation !== "listAccounts" && operation !== "listUsage") expect(body.next_cursor).toBeNull();
    expect(Object.keys(body)).toEqual(["data", "next_cursor"]);
  });

  test.each([
    ["a cursor that no page gave", { cursor: "nonsense" }, 422, "cursor"],
    ["an altered cursor", { cursor: "eyJiZWZvcmUiOjQyfQ" }, 422, "cursor"],
    ["another alphabet", { cursor: "💥" }, 422, "cursor"],
    ["an empty cursor", { cursor: "" }, 422, "cursor"],
    ["no rows", { limit: 0 }, 422, "limit"],
    ["too many rows", { limit: 101 }, 422, "limit"],
    ["half a row", { limit: 1.5 }, 400, "limit"],
    ["words", { limit: "many" }, 400, "limit"],
  ])("is refused with %s", async (_, query, status, param) => {
    const told = await ask(operation, { path: path(), query: query as Record<string, string> });
    expect([told.status, told.body.error.param]).toEqual([status, param]);
  });
});

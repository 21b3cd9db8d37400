/** What requests came to: receipts from pending to their end, lists, sums, statements and the journal, all of one mind. */

import { DEFAULT_LIMITS, FORMATS } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, asker, type House, openHouse } from "./platform.ts";
import { ask as askSurface, INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";

const LOT_TOKENS = 40;

let rig: Rig;
let ask: Ask;
let house: House;
beforeAll(async () => {
  rig = await startRig();
  ask = asker(rig);
  house = await openHouse(rig, { tokens: 1 });
  const path = { account_id: house.accountId };
  const lot = { instrument: INSTRUMENT, tokens: String(LOT_TOKENS), cost_usd: "0.00004" };
  await ask("depositTokens", { path, body: lot });
  await ask("depositTokens", { path, body: { ...lot, tokens: "1000000", cost_usd: "2" } });
});
afterAll(() => rig.close());

const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** Asks, and gives the request's id once its answer has been read. */
async function run(surface: (typeof FORMATS)[number], options: { stream?: boolean; sim?: string; key?: string } = {}) {
  const { stream = false, sim = "", key = house.key } = options;
  const messages = [{ role: "user", content: `Hello [[sim ${sim} chunks=5]]` }];
  const answer = await askSurface(rig, surface, { key, body: QUESTIONS[surface].body({ stream, messages }) });
  await answer.text();
  return answer.headers.get("request-id") ?? "";
}

const receiptOf = async (requestId: string, key = house.key) =>
  (await ask("retrieveUsage", { key, path: { request_id: requestId } })).body;

/** The receipt as it is in the end. */
async function ended(requestId: string) {
  await expect.poll(async () => (await receiptOf(requestId)).status).not.toBe("pending");
  return receiptOf(requestId);
}

describe.each(FORMATS)("a receipt of %s", (surface) => {
  test.each([false, true])("is reconciled (streamed: %s)", async (stream) => {
    const receipt = await ended(await run(surface, { stream }));
    expect(receipt).toMatchObject({
      account_id: house.accountId,
      key_id: house.keyId,
      status: "reconciled",
      surface,
      instrument: INSTRUMENT,
      supplier: "sim-0",
      overrun: "0",
      usage: { estimated: false },
      dropped: [],
      reason: null,
    });
    const { usage, tokens_used, tokens_held, draws, cost_usd, timing, model } = receipt;
    expect(model).not.toBe(INSTRUMENT);
    const counted = usage.input_tokens + usage.output_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
    expect(tokens_used).toBe(String(counted));
    expect(Number(tokens_held)).toBeGreaterThanOrEqual(counted);
    const sum = (name: string) =>
      draws.reduce((total: number, draw: Record<string, string>) => total + Number(draw[name]), 0);
    expect(sum("tokens")).toBe(counted);
    expect(sum("cost_usd")).toBeCloseTo(Number(cost_usd), 9);
    expect(timing).toMatchObject({ created_at: INSTANT, redeemed_at: INSTANT, resolved_at: INSTANT });
    expect(timing.duration_ms).toBeLessThanOrEqual(Date.parse(timing.resolved_at) - Date.parse(timing.redeemed_at));
  });

  test("is pending until it runs, and an error when nobody follows", async () => {
    const answer = await askSurface(rig, surface, { key: house.key, redirect: "manual" });
    const requestId = answer.headers.get("request-id") ?? "";
    expect(await receiptOf(requestId)).toMatchObject({
      status: "pending",
      tokens_used: "0",
      cost_usd: "0.000000",
      draws: [],
      usage: null,
      timing: { redeemed_at: null, first_event_at: null, resolved_at: null, ttft_ms: null, duration_ms: null },
    });
    rig.later(61_000);
    await rig.gateway.engine.ledger.expire(rig.nowMs());
    expect(await receiptOf(requestId)).toMatchObject({
      status: "error",
      reason: "expired",
      timing: { resolved_at: INSTANT },
    });
  });

  test("says why nothing came of it", async () => {
    const receipt = await ended(await run(surface, { sim: "status=500" }));
    expect(receipt).toMatchObject({ status: "error", tokens_used: "0", cost_usd: "0.000000", draws: [], usage: null });
    expect(receipt.reason).toMatch(/\w/);
    expect(receipt.timing.duration_ms).toBeGreaterThanOrEqual(0);
  });
});

describe("how fast it was", () => {
  test("is from the second leg on", async () => {
    const { timing, usage } = await ended(
      await run("messages", { stream: true, sim: "delayBeforeFirstMs=60 delayBetweenMs=20" }),
    );
    const at = (name: string) => Date.parse(timing[name]);
    expect(timing.ttft_ms).toBe(at("first_event_at") - at("redeemed_at"));
    expect(timing.ttft_ms).toBeGreaterThanOrEqual(50);
    expect(timing.duration_ms).toBeGreaterThanOrEqual(timing.ttft_ms + 60);
    const seconds = (timing.duration_ms - timing.ttft_ms) / 1_000;
    expect(timing.tokens_per_second).toBeCloseTo(usage.output_tokens / seconds, 1);
  });
});

test("a receipt tells all that the books keep", async () => {
  const { ledger } = rig.gateway.engine;
  const { accountId, key, keyId } = await openHouse(rig, { tokens: 100 });
  const at = rig.nowMs();
  const requestId = `req_${"1".repeat(32)}`;
  const asked = { keyId, surface: "messages", supplier: "sim-0", model: "asked", begun: true };
  await ledger.hold({ requestId, accountId, instrument: INSTRUMENT, tokens: 60, expiresAtMs: at + 60_000, ...asked });
  await ledger.settle({
    requestId,
    tokens: 130,
    model: "served",
    usage: { input: 50, cacheRead: 20, cacheWrite5m: 7, cacheWrite1h: 3, output: 50, reasoning: 30, estimated: true },
    timing: { sentAtMs: at, firstEventAtMs: at + 500, endedAtMs: at + 2_500 },
    dropped: ["seed", "top_k"],
  });
  const receipt = await receiptOf(requestId, key);
  expect(receipt).toMatchObject({
    model: "served",
    tokens_held: "60",
    tokens_used: "100",
    overrun: "30",
    draws: [{ tokens: "100", cost_usd: "0.000100" }],
    cost_usd: "0.000100",
    usage: {
      input_tokens: 50,
      output_tokens: 50,
      cache_read_tokens: 20,
      cache_write_tokens: 10,
      reasoning_tokens: 30,
      estimated: true,
    },
    timing: { first_event_at: new Date(at + 500).toISOString(), tokens_per_second: 25 },
    dropped: ["seed", "top_k"],
  });
  const over = await ask("listUsage", { key, query: { overrun: true } });
  expect(over.body.data).toEqual([receipt]);
});

test("managing counts towards no limit", async () => {
  const limited = await startRig({ config: { limits: { ...DEFAULT_LIMITS, requestsPerMinute: 1 } } });
  const statuses: number[] = [];
  for (let time = 0; time < 5; time++) {
    statuses.push((await asker(limited)("listUsage", { key: limited.key })).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200]);
  await limited.close();
});

test("a receipt is found by its owner and by operators", async () => {
  const requestId = await run("messages");
  expect(await receiptOf(requestId, rig.operatorKey)).toMatchObject({ request_id: requestId });
  const stranger = await openHouse(rig);
  const { status, body } = await ask("retrieveUsage", { key: stranger.key, path: { request_id: requestId } });
  expect([status, body.error.param]).toEqual([404, "request_id"]);
});

describe("the list of receipts", () => {
  test("is filtered", async () => {
    const other = await openHouse(rig);
    const good = await run("messages", { key: other.key });
    const bad = await run("chat-completions", { key: other.key, sim: "status=500" });
    const ids = async (query: Record<string, string | boolean>) => {
      const { body } = await ask("listUsage", { key: other.key, query });
      return body.data.map(({ request_id }: { request_id: string }) => request_id);
    };
    await expect.poll(() => ids({ status: "pending" })).toEqual([]);
    expect(await ids({})).toEqual([bad, good]);
    expect(await ids({ status: "reconciled" })).toEqual([good]);
    expect(await ids({ status: "error" })).toEqual([bad]);
    expect(await ids({ instrument: "TEXT-MAX" })).toEqual([bad, good]);
    expect(await ids({ instrument: "code-max" })).toEqual([]);
    expect(await ids({ key_id: other.keyId })).toEqual([bad, good]);
    expect(await ids({ key_id: "0000000000000000" })).toEqual([]);
    expect(await ids({ overrun: true })).toEqual([]);
    expect(await ids({ overrun: false })).toEqual([bad, good]);
    expect(await ids({ to: "2000-01-01T00:00:00Z" })).toEqual([]);
    expect(await ids({ from: "2000-01-01T00:00:00Z" })).toEqual([bad, good]);
  });

  test.each([
    [{ status: "paid" }, 422],
    [{ instrument: "text-premium" }, 422],
    [{ from: "yesterday" }, 422],
    [{ from: "2026-02-30T00:00:00Z" }, 422],
    [{ from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" }, 422],
    [{ overrun: "maybe" }, 400],
  ])("is not filtered by %j", async (query, status) => {
    expect((await ask("listUsage", { query })).status).toBe(status);
  });
});

test("sums, balance, statement and journal say what the receipts say", async () => {
  const one = await openHouse(rig, { creditsMicros: 5_000_000 });
  await ask("createPurchase", { key: one.key, body: { instrument: INSTRUMENT, tokens: "1000000" } });
  const ids = [await run("messages", { key: one.key }), await run("chat-completions", { key: one.key, stream: true })];
  ids.push(await run("messages", { key: one.key, sim: "status=500" }));
  const mine = { key: one.key };
  await expect
    .poll(async () => (await ask("listUsage", { ...mine, query: { status: "pending" } })).body.data)
    .toEqual([]);
  const receipts = await Promise.all(ids.map((id) => receiptOf(id, one.key)));
  const used = receipts.reduce((sum, receipt) => sum + Number(receipt.tokens_used), 0);
  const costUsd = receipts.reduce((sum, receipt) => sum + Number(receipt.cost_usd), 0);

  const [balance] = (await ask("listBalances", mine)).body.data;
  expect(balance).toMatchObject({
    deposited: "2000000",
    used: String(used),
    held: "0",
    available: String(2_000_000 - used),
  });

  const groups = { day: writeDay(rig.nowMs()), instrument: INSTRUMENT, key: one.keyId };
  for (const [by, key] of Object.entries(groups)) {
    const { body } = await ask("summarizeUsage", { ...mine, query: { by } });
    expect(body).toMatchObject({
      by,
      from: null,
      to: null,
      data: [{ key, requests: 3, errors: 1, tokens: String(used) }],
    });
    expect(Number(body.data[0].cost_usd)).toBeCloseTo(costUsd, 9);
  }
  const byModel = (await ask("summarizeUsage", { ...mine, query: { by: "model" } })).body.data;
  expect(byModel.reduce((sum: number, { tokens }: { tokens: string }) => sum + Number(tokens), 0)).toBe(used);

  const from = new Date(rig.nowMs() - 3_600_000).toISOString();
  const to = new Date(rig.nowMs() + 3_600_000).toISOString();
  const statement = (await ask("retrieveStatement", { ...mine, query: { from, to } })).body;
  expect(statement).toEqual({
    account_id: one.accountId,
    from,
    to,
    instruments: [
      {
        instrument: INSTRUMENT,
        opening: "0",
        deposited: "2000000",
        used: String(used),
        lapsed: "0",
        closing: String(2_000_000 - used),
      },
    ],
    credits: { opening_usd: "0.000000", deposited_usd: "5.000000", spent_usd: "0.001000", closing_usd: "4.999000" },
  });

  const { data } = (await ask("listMovements", { ...mine, query: { limit: 100, instrument: "Text-Max" } })).body;
  const book = (name: string) =>
    data.reduce((sum: number, movement: Record<string, string>) => sum + Number(movement[name]), 0);
  expect({
    deposited: book("deposited"),
    available: book("available"),
    held: book("held"),
    used: book("used"),
  }).toEqual({
    deposited: -2_000_000,
    available: 2_000_000 - used,
    held: 0,
    used,
  });
  expect(data.map(({ number }: { number: number }) => number)).toEqual(
    data.map(({ number }: { number: number }) => number).sort((a: number, b: number) => b - a),
  );
  expect((await ask("listMovements", { ...mine, query: { instrument: "code-max" } })).body.data).toEqual([]);
});

const writeDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);

test.each([
  ["summarizeUsage", {}, 400],
  ["summarizeUsage", { by: "hour" }, 422],
  ["retrieveStatement", {}, 400],
  ["retrieveStatement", { from: "2026-01-01T00:00:00Z" }, 400],
  ["retrieveStatement", { from: "2026-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" }, 422],
] as const)("%s with %j", async (operation, query, status) => {
  expect((await ask(operation, { query })).status).toBe(status);
});

test("while the books are away every operation says so, and nothing else stops", async () => {
  const away = await startRig();
  const { key } = away;
  const asked = asker(away);
  expect((await asked("retrieveAccount", { key })).status).toBe(200);
  await away.gateway.engine.ledger.close();
  const { status, body } = await asked("listBalances", { key });
  expect([status, body.error.message]).toEqual([503, expect.stringMatching(/^The books cannot be had just now\./)]);
  expect((await fetch(`${away.url}/healthz`)).status).toBe(200);
  await away.close();
});

/** What is explained is what then happens, names every supplier exactly once, and leaves no trace. */

import { FORMATS, type Format } from "@interchange/config";
import { FEATURES, type Feature } from "@interchange/inference";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Ask, asker, type House, openHouse } from "./platform.ts";
import { ask as askSurface, INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";

let rig: Rig;
let ask: Ask;
let house: House;
beforeAll(async () => {
  rig = await startRig({ suppliers: [{}, {}, {}], breakers: true });
  ask = asker(rig);
  house = await openHouse(rig);
});
afterAll(() => rig.close());

const NAMES = ["sim-0", "sim-1", "sim-2"];

interface Row {
  readonly supplier: string;
  readonly verdict: string;
  readonly place: number | null;
  readonly reason: string;
  readonly model: string | null;
  readonly ask_per_unit_usd: string | null;
  readonly dialect: string;
}

const explain = async (surface: Format, extra: object = {}, key = rig.operatorKey) =>
  ask("explainRoute", { key, body: { surface, request: QUESTIONS[surface].body(extra as Record<string, unknown>) } });

/** As the contract writes it. */
const askOf = (supplier: string): string => {
  const offer = rig.gateway.engine.market.offer(INSTRUMENT, supplier, "messages");
  return ((offer?.askMicros ?? 0) / 1_000_000).toFixed(6);
};

const setStatus = (supplier: string, status: string) => ask("updateSupplier", { path: { supplier }, body: { status } });

/** Its features are told anew too, since it may not offer what it lacks. */
const setLacks = (supplier: string, dialect: Format, lacks: readonly Feature[]) => {
  const features = FEATURES.filter((feature) => !lacks.includes(feature));
  return ask("updateOffer", { path: { offer_id: `${supplier}:${INSTRUMENT}:${dialect}` }, body: { features, lacks } });
};

describe.each(FORMATS)("%s", (surface) => {
  test("a request that is routed", async () => {
    const { status, body } = await explain(surface);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      surface,
      instrument: INSTRUMENT,
      decision: "route",
      supplier: "sim-0",
      status: 307,
      needs: [],
      bonds: [],
    });
    expect(BigInt(body.tokens_held)).toBe(BigInt(body.input_tokens + body.output_tokens_max));
    expect(
      body.suppliers.map(({ supplier, verdict, place, model, ask_per_unit_usd, dialect }: Row) => [
        supplier,
        verdict,
        place,
        model,
        ask_per_unit_usd,
        dialect,
      ]),
    ).toEqual([
      ["sim-0", "chosen", 1, "sim-model-0", askOf("sim-0"), surface],
      ["sim-1", "standby", 2, "sim-model-1", askOf("sim-1"), surface],
      ["sim-2", "standby", 3, "sim-model-2", askOf("sim-2"), surface],
    ]);
  });

  test("is what then happens, with the reason that it gives", async () => {
    for (const extra of [
      {},
      { provider: { ignore: ["sim-0"] } },
      { provider: { order: ["sim-2", "sim-1"] } },
      { provider: { sort: "latency" } },
    ]) {
      const body = QUESTIONS[surface].body(extra);
      const { body: told } = await ask("explainRoute", { key: house.key, body: { surface, request: body } });
      const answer = await askSurface(rig, surface, { key: house.key, body, redirect: "manual" });
      expect(answer.status).toBe(told.status);
      expect(answer.headers.get("x-interchange-supplier")).toBe(told.supplier);
      expect(answer.headers.get("x-interchange-route")).toBe(told.reason);
      const receipt = await rig.receipt(answer.headers.get("request-id") ?? "");
      expect(String(receipt?.tokensHeld)).toBe(told.tokens_held);
    }
  });

  test.each([
    ["only", { only: ["sim-2"] }, ["sim-2 chosen", "sim-0 excluded", "sim-1 excluded"]],
    ["ignore", { ignore: ["sim-0"] }, ["sim-1 chosen", "sim-2 standby", "sim-0 excluded"]],
    ["order", { order: ["sim-2"] }, ["sim-2 chosen", "sim-0 standby", "sim-1 standby"]],
    [
      "order without fallbacks",
      { order: ["sim-1"], allow_fallbacks: false },
      ["sim-1 chosen", "sim-0 excluded", "sim-2 excluded"],
    ],
    [
      "a maximum price",
      { max_price: { prompt: 0.00105, completion: 0.00105 } },
      ["sim-0 chosen", "sim-1 excluded", "sim-2 excluded"],
    ],
  ])("every supplier once, those that would be tried first: %s", async (_, provider, want) => {
    const { body } = await explain(surface, { provider });
    expect(body.suppliers.map(({ supplier, verdict }: Row) => `${supplier} ${verdict}`)).toEqual(want);
    for (const { verdict, place, reason } of body.suppliers as Row[]) {
      expect(reason).not.toBe("");
      expect(place === null).toBe(verdict === "excluded");
    }
  });

  test("a refusal is told with its status, its sentence and each supplier's reason", async () => {
    await Promise.all(NAMES.map((name) => setStatus(name, "paused")));
    const request = QUESTIONS[surface].body();
    const { status, body } = await ask("explainRoute", { body: { surface, request } });
    const answer = await askSurface(rig, surface, { body: request });
    expect(status).toBe(200);
    expect(body).toMatchObject({ decision: "refusal", supplier: null, status: answer.status, tokens_held: null });
    expect(await answer.text()).toContain(body.reason);
    expect(
      body.suppliers.map(({ supplier, verdict, place, reason }: Row) => [supplier, verdict, place, reason]),
    ).toEqual(NAMES.map((name) => [name, "excluded", null, "is paused"]));
    await Promise.all(NAMES.map((name) => setStatus(name, "active")));
  });

  test("an instrument that is not known, and one that the key may not buy", async () => {
    const unknown = (await explain(surface, { model: "Nobodys" })).body;
    expect(unknown).toMatchObject({
      instrument: "Nobodys",
      decision: "refusal",
      status: 404,
      reason: expect.stringMatching(/^There is no instrument "Nobodys"\./),
      input_tokens: null,
      output_tokens_max: null,
      tokens_held: null,
      suppliers: [],
    });
    const { secret } = (await ask("createKey", { key: house.key, body: { instruments: ["text-standard"] } })).body;
    const forbidden = (await explain(surface, {}, secret)).body;
    expect(forbidden).toMatchObject({
      instrument: INSTRUMENT,
      status: 403,
      reason: "This key may not buy text-max.",
      suppliers: [],
    });
  });

  test("a feature that nobody offers is told as the surface tells it", async () => {
    await Promise.all(NAMES.flatMap((name) => FORMATS.map((dialect) => setLacks(name, dialect, ["tools"]))));
    const tool =
      surface === "messages"
        ? { name: "f", input_schema: { type: "object" } }
        : { type: "function", function: { name: "f" } };
    const request = QUESTIONS[surface].body({ tools: [tool] });
    const { body } = await ask("explainRoute", { body: { surface, request } });
    const answer = await askSurface(rig, surface, { body: request });
    expect(body).toMatchObject({ decision: "refusal", status: answer.status, needs: ["tools"] });
    expect(((await answer.json()) as { error: { message: string } }).error.message).toBe(body.reason);
    expect(body.suppliers.map(({ reason }: Row) => reason)).toEqual(NAMES.map(() => "offers no tools"));
    await Promise.all(NAMES.flatMap((name) => FORMATS.map((dialect) => setLacks(name, dialect, []))));
  });

  test("a body that the surface does not take is refused as there, under its own name", async () => {
    const rows: [object, number, string][] = [
      [{ messages: [] }, 422, "request.messages"],
      [{ messages: "hi" }, 400, "request.messages"],
      [{ max_tokens: 0 }, 422, "request.max_tokens"],
      [{ temperature: 9 }, 422, "request.temperature"],
      [{ provider: { only: ["nobodys"] } }, 422, "request.provider.only[0]"],
    ];
    for (const [extra, status, param] of rows) {
      const told = await explain(surface, extra);
      const there = await askSurface(rig, surface, { body: QUESTIONS[surface].body(extra as Record<string, unknown>) });
      expect([told.status, there.status]).toEqual([status, status]);
      expect(told.body.error.param).toMatch(/^request\./);
      expect(told.body.error.param).toContain(param);
      expect(await there.text()).toContain(
        JSON.stringify(told.body.error.message.replace("request.", "")).slice(1, -1),
      );
    }
  });

  test("consumption keys are not told models and asks", async () => {
    const { body } = await explain(surface, { provider: { only: ["sim-1"] } }, house.key);
    expect(body.suppliers.map(({ model, ask_per_unit_usd }: Row) => [model, ask_per_unit_usd])).toEqual(
      NAMES.map(() => [null, null]),
    );
    expect(JSON.stringify(body)).not.toContain("sim-model");
    expect(body.suppliers.map(({ supplier }: Row) => supplier)).toEqual(["sim-1", "sim-0", "sim-2"]);
  });

  test("leaves no trace: nothing is held, asked or counted", async () => {
    const asked = () => rig.suppliers.map(({ requests }) => requests.length);
    const before = [await rig.balance(), asked(), (await ask("listUsage")).body];
    for (let time = 0; time < 3; time += 1) expect((await explain(surface, {}, rig.key)).status).toBe(200);
    expect([await rig.balance(), asked(), (await ask("listUsage")).body]).toEqual(before);
  });

  test("an account without tokens is told who would fill it all the same", async () => {
    const { id } = (await ask("createAccount", { body: { name: "Poor" } })).body;
    const { secret } = (await ask("createKey", { path: { account_id: id }, body: {} })).body;
    expect((await explain(surface, {}, secret)).body).toMatchObject({ decision: "route", supplier: "sim-0" });
  });
});

test("a request that names no instrument is for the account's default", async () => {
  const request = { messages: [{ role: "user", content: "Hello" }] };
  const told = (key: string) => ask("explainRoute", { key, body: { surface: "chat-completions", request } });
  const none = await told(house.key);
  expect([none.status, none.body.error.param]).toEqual([422, "request.model"]);
  await ask("updateAccount", { key: house.key, body: { default_instrument: INSTRUMENT } });
  expect((await told(house.key)).body).toMatchObject({ instrument: INSTRUMENT, decision: "route" });
  const { secret } = (await ask("createKey", { key: house.key, body: { instruments: ["text-standard"] } })).body;
  expect((await told(secret)).body).toMatchObject({ instrument: INSTRUMENT, decision: "refusal", status: 403 });
});

describe("what is the same in every turn of a conversation", () => {
  const long = "word ".repeat(4_000);
  test.each([
    ["chat-completions", { prompt_cache_key: "desk-7" }, "cache_key"],
    ["messages", { metadata: { user_id: "desk-7" } }, "user"],
    ["chat-completions", { messages: [{ role: "user", content: long }] }, "prefix"],
    ["messages", { messages: [{ role: "user", content: long }] }, "prefix"],
    ["chat-completions", {}, null],
  ] as const)("%s %#: %s", async (surface, extra, affinity) => {
    expect((await explain(surface, extra)).body.affinity).toBe(affinity);
  });
});

describe("health", () => {
  beforeEach(() => rig.later(120_000));

  test("is told with each supplier, and who is left alone is excluded for it", async () => {
    const { health } = rig.gateway.engine.market;
    const untilMs = rig.nowMs() + 20_000;
    health.apply({
      supplier: "sim-0",
      instrument: INSTRUMENT,
      breaker: { cause: "busy", untilMs, restMs: 20_000, level: 0 },
      atMs: rig.nowMs(),
    });
    const { body } = await explain("messages");
    expect(body).toMatchObject({ decision: "route", supplier: "sim-1" });
    const row = body.suppliers.at(-1);
    expect(row).toMatchObject({
      supplier: "sim-0",
      verdict: "excluded",
      standing: { breaker: "open", cause: "busy", open_until: new Date(untilMs).toISOString() },
    });
    rig.later(20_001);
    const path = { supplier: "sim-0" };
    const told = (await ask("listSupplierHealth", { path })).body.data.find(
      (each: { instrument: string }) => each.instrument === INSTRUMENT,
    );
    expect(told).toMatchObject({ breaker: "half_open", cause: "busy", open_until: null });
  });
});

describe("what is no explanation", () => {
  test.each([
    [{}, 400, "surface"],
    [{ surface: "messages" }, 400, "request"],
    [{ surface: "telegraph", request: {} }, 422, "surface"],
    [{ surface: "messages", request: "hi" }, 400, "request"],
    [{ surface: "messages", request: [] }, 400, "request"],
  ])("%j", async (body, status, param) => {
    const told = await ask("explainRoute", { body });
    expect([told.status, told.body.error.param]).toEqual([status, param]);
  });

  test.each(["GET", "PUT", "DELETE"])("%s", async (method) => {
    const answer = await fetch(`${rig.url}/v1/route:explain`, { method, headers: { "x-api-key": rig.key } });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("a path without its colon", async () => {
    const answer = await fetch(`${rig.url}/v1/routeXexplain`, { method: "POST", headers: { "x-api-key": rig.key } });
    expect(answer.status).toBe(404);
  });
});

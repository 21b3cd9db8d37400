/**
 * Instruments, suppliers and offers are managed while the gateway runs, and what is changed counts for the next request. The
 * answers are held against the document by whoever asks here.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FORMATS, type Format } from "@interchange/config";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { OperationId } from "../src/platform/operation.ts";
import { type Ask, type Asked, asker, type House, openHouse, type Told } from "./platform.ts";
import { ask as askSurface, INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";

let rig: Rig;
let ask: Ask;
let house: House;
beforeAll(async () => {
  rig = await startRig({ suppliers: [{}, {}], breakers: true });
  ask = asker(rig);
  house = await openHouse(rig);
  process.env["SUPPLIER_MARKET_TEST"] = "secret-of-cirrus";
  process.env["SUPPLIER_UNSENDABLE"] = "two words";
});
afterAll(async () => {
  delete process.env["SUPPLIER_MARKET_TEST"];
  delete process.env["SUPPLIER_UNSENDABLE"];
  await rig.close();
});

const DAY_MS = 86_400_000;

let count = 0;
const newName = (kind: string): string => `${kind}-${++count}`;

const soon = (ms = DAY_MS): string => new Date(rig.nowMs() + ms).toISOString();

const said = ({ status, body }: Told): unknown[] => [status, body.error.code, body.error.param, body.error.message];

const NEW_INSTRUMENT = {
  tier: "prime",
  description: "For tests.",
  context_tokens: 64_000,
  output_tokens_max: 8_000,
} as const;

const NEW_SUPPLIER = { base_url: "http://127.0.0.1:9", dialects: ["chat-completions"] } as const;

const NEW_OFFER = { instrument: INSTRUMENT, dialect: "chat-completions", model: "m", ask_per_unit_usd: "0.5" } as const;

async function addInstrument(more: object = {}): Promise<string> {
  const name = newName("instrument");
  const told = await ask("createInstrument", { body: { name, ...NEW_INSTRUMENT, ...more } });
  expect(told.status).toBe(201);
  return name;
}

async function addSupplier(more: object = {}): Promise<string> {
  const name = newName("supplier");
  const told = await ask("createSupplier", { body: { name, ...NEW_SUPPLIER, ...more } });
  expect(told.status).toBe(201);
  return name;
}

async function addOffer(more: object = {}, supplier?: string): Promise<string> {
  const seller = supplier ?? (await addSupplier());
  // Paused, since nobody answers there.
  const body = { ...NEW_OFFER, status: "paused", ...more };
  const told = await ask("createOffer", { path: { supplier: seller }, body });
  expect(told.status).toBe(201);
  return told.body.id;
}

describe("an instrument", () => {
  test("is added as it is said, with what goes without saying", async () => {
    const name = newName("instrument");
    const told = await ask("createInstrument", { body: { name, ...NEW_INSTRUMENT } });
    const now = expect.stringMatching(/^\d{4}-.*Z$/);
    expect([told.status, told.body]).toEqual([
      201,
      {
        name,
        ...NEW_INSTRUMENT,
        floors: { quality_min: null, tokens_per_second_min: null, first_token_ms_max: null },
        modalities: ["text"],
        features: [],
        price_per_unit_usd: null,
        ask_per_unit_usd_max: null,
        limits: { requests_per_minute: null, tokens_per_minute: null, running_max: null },
        version: 1,
        status: "active",
        effective_at: now,
        created_at: now,
        next: null,
      },
    ]);
    expect((await ask("retrieveInstrument", { path: { instrument: name.toUpperCase() } })).body).toEqual(told.body);
    expect((await ask("listInstruments")).body.data).toContainEqual(told.body);
  });

  test("is changed in what is given; null clears, and lists and floors are all anew", async () => {
    const name = await addInstrument({
      floors: { quality_min: 10, tokens_per_second_min: 5 },
      features: ["tools", "tools", "image"],
      price_per_unit_usd: "1.5",
      ask_per_unit_usd_max: "1",
      limits: { running_max: 4, tokens_per_minute: 1_000 },
    });
    const path = { instrument: name };
    const before = (await ask("retrieveInstrument", { path })).body;
    expect(before).toMatchObject({
      floors: { quality_min: 10, tokens_per_second_min: 5, first_token_ms_max: null },
      features: ["tools", "image"],
      price_per_unit_usd: "1.500000",
      ask_per_unit_usd_max: "1.000000",
      limits: { requests_per_minute: null, tokens_per_minute: 1_000, running_max: 4 },
    });
    const changes: [given: object, want: object][] = [
      [{}, { version: 1 }],
      [
        { tier: "max", description: "Other." },
        { tier: "max", description: "Other." },
      ],
      [
        { floors: { first_token_ms_max: 900, quality_min: null } },
        { floors: { quality_min: null, tokens_per_second_min: null, first_token_ms_max: 900 } },
      ],
      [
        { context_tokens: 9_000, output_tokens_max: 9_000 },
        { context_tokens: 9_000, output_tokens_max: 9_000 },
      ],
      [
        { modalities: ["audio", "audio"], features: [] },
        { modalities: ["audio"], features: [] },
      ],
      [{ price_per_unit_usd: null }, { price_per_unit_usd: null }],
      [{ ask_per_unit_usd_max: null }, { ask_per_unit_usd_max: null }],
      [
        { limits: { running_max: 2 } },
        { limits: { requests_per_minute: null, tokens_per_minute: null, running_max: 2 } },
      ],
    ];
    const want = { ...before };
    for (const [body, changed] of changes) {
      const { body: got } = await ask("updateInstrument", { path, body });
      Object.assign(want, {
        version: got.version,
        effective_at: got.effective_at,
        created_at: got.created_at,
        ...changed,
      });
      expect(got).toEqual(want);
    }
    expect(want.version).toBe(changes.length);
  });

  test("that is scheduled cannot be bought before its time, and can be then", async () => {
    const name = await addInstrument({ effective_at: soon(60_000) });
    const path = { instrument: name };
    const status = async () => (await ask("retrieveInstrument", { path })).body.status;
    const models = async () =>
      JSON.stringify(
        await (await fetch(`${rig.url}/v1/models`, { headers: { authorization: `Bearer ${house.key}` } })).json(),
      );
    expect(await status()).toBe("scheduled");
    expect(await models()).not.toContain(name);
    rig.later(60_001);
    expect(await status()).toBe("active");
    expect(await models()).toContain(name);
  });

  test("has a price to come beside the one in effect, until its time has come", async () => {
    const name = await addInstrument({ price_per_unit_usd: "2" });
    const path = { instrument: name };
    const effective_at = soon();
    const told = await ask("updateInstrument", { path, body: { price_per_unit_usd: "1", effective_at } });
    expect(told.body).toMatchObject({
      version: 1,
      status: "active",
      price_per_unit_usd: "2.000000",
      next: { version: 2, status: "active", effective_at },
    });
    const versions = async () =>
      (await ask("listInstrumentVersions", { path })).body.data.map(
        ({ version, status, price_per_unit_usd, next }: Record<string, unknown>) => [
          version,
          status,
          price_per_unit_usd,
          next,
        ],
      );
    expect(await versions()).toEqual([
      [2, "scheduled", "1.000000", null],
      [1, "active", "2.000000", { version: 2, status: "active", effective_at }],
    ]);
    rig.later(DAY_MS + 1);
    expect((await ask("retrieveInstrument", { path })).body).toMatchObject({
      version: 2,
      price_per_unit_usd: "1.000000",
      next: null,
    });
    expect(await versions()).toEqual([
      [2, "active", "1.000000", null],
      [1, "active", "2.000000", null],
    ]);
  });

  test("has versions by the page, newest first", async () => {
    const path = { instrument: await addInstrument() };
    for (const description of ["two", "three", "four"]) await ask("updateInstrument", { path, body: { description } });
    const first = (await ask("listInstrumentVersions", { path, query: { limit: 3 } })).body;
    const last = (await ask("listInstrumentVersions", { path, query: { limit: 3, cursor: first.next_cursor } })).body;
    expect([...first.data, ...last.data].map(({ version, description }) => [version, description])).toEqual([
      [4, "four"],
      [3, "three"],
      [2, "two"],
      [1, "For tests."],
    ]);
    expect(last.next_cursor).toBeNull();
    const nonsense = await ask("listInstrumentVersions", { path, query: { cursor: "nonsense" } });
    expect([nonsense.status, nonsense.body.error.param]).toEqual([422, "cursor"]);
  });

  test("that is retired is not sold, stays as it is, and comes back by its status alone", async () => {
    const name = await addInstrument();
    const path = { instrument: name };
    const retired = (await ask("retireInstrument", { path })).body;
    expect(retired).toMatchObject({ name, version: 2, status: "retired", next: null });
    expect((await ask("retireInstrument", { path })).body).toEqual(retired);
    expect((await ask("retrieveInstrument", { path })).body).toEqual(retired);
    const asked = await askSurface(rig, "messages", { body: QUESTIONS.messages.body({ model: name }) });
    expect(asked.status).toBe(404);
    expect(said(await ask("updateInstrument", { path, body: { description: "Other." } }))).toEqual([
      409,
      "conflict",
      "status",
      `The instrument "${name}" is retired; to put it on sale again, set its status to active.`,
    ]);
    const back = await ask("updateInstrument", { path, body: { description: "Other.", status: "active" } });
    expect(back.body).toMatchObject({ version: 3, status: "active", description: "Other." });
    const again = await ask("updateInstrument", { path, body: { status: "retired" } });
    expect(again.body).toMatchObject({ version: 4, status: "retired" });
  });

  test("that is retired is still in the lists of what there was of it", async () => {
    const instrument = await addInstrument();
    const body = { instrument, tokens: "5" };
    const path = { account_id: house.accountId };
    await ask("depositTokens", { path, body });
    await ask("retireInstrument", { path: { instrument } });
    const lots = await ask("listLots", { key: house.key, query: { instrument: instrument.toUpperCase() } });
    expect([lots.status, lots.body.data.length]).toEqual([200, 1]);
    const more = await ask("depositTokens", { path, body });
    expect([more.status, more.body.error.param]).toEqual([422, "instrument"]);
  });

  test("whose retirement is scheduled is not retired by another change", async () => {
    const path = { instrument: await addInstrument() };
    const told = await ask("updateInstrument", { path, body: { status: "retired", effective_at: soon() } });
    expect(told.body).toMatchObject({ status: "active", next: { status: "retired" } });
    expect((await ask("updateInstrument", { path, body: { description: "Other." } })).status).toBe(409);
    const kept = await ask("updateInstrument", { path, body: { description: "Other.", status: "active" } });
    expect(kept.body).toMatchObject({ version: 3, status: "active", next: null });
  });

  test("that is retired before its price has come stays retired as it was", async () => {
    const path = { instrument: await addInstrument({ price_per_unit_usd: "2" }) };
    await ask("updateInstrument", { path, body: { price_per_unit_usd: "1", effective_at: soon() } });
    const retired = { version: 3, status: "retired", price_per_unit_usd: "2.000000", next: null };
    expect((await ask("retireInstrument", { path })).body).toMatchObject(retired);
    rig.later(DAY_MS + 1);
    expect((await ask("retrieveInstrument", { path })).body).toMatchObject(retired);
  });

  test("tells the ceiling of its asks to operators alone", async () => {
    const name = await addInstrument({ ask_per_unit_usd_max: "0.7", price_per_unit_usd: "0.9" });
    const ceilings = async (key: string) => {
      const { body } = await ask("retrieveInstrument", { key, path: { instrument: name } });
      const listed = (await ask("listInstruments", { key })).body.data.find(
        (row: { name: string }) => row.name === name,
      );
      return [body.ask_per_unit_usd_max, listed.ask_per_unit_usd_max, body.price_per_unit_usd];
    };
    expect(await ceilings(house.key)).toEqual([null, null, "0.900000"]);
    expect(await ceilings(rig.operatorKey)).toEqual(["0.700000", "0.700000", "0.900000"]);
  });

  test("limits what any one account may ask of it from the next request on", async () => {
    const path = { instrument: INSTRUMENT };
    const statuses = async () => {
      const answers = [await askSurface(rig, "messages"), await askSurface(rig, "messages")];
      for (const answer of answers) await answer.text();
      return answers.map(({ status }) => status);
    };
    expect(await statuses()).toEqual([200, 200]);
    await ask("updateInstrument", { path, body: { limits: { requests_per_minute: 1 } } });
    expect(await statuses()).toContain(429);
    await ask("updateInstrument", { path, body: { limits: {} } });
    expect(await statuses()).toEqual([200, 200]);
  });
});

describe("a supplier", () => {
  test("is added as it is said, with what goes without saying", async () => {
    const name = newName("supplier");
    const told = await ask("createSupplier", { body: { name, ...NEW_SUPPLIER } });
    const now = expect.stringMatching(/^\d{4}-.*Z$/);
    expect([told.status, told.body]).toEqual([
      201,
      {
        name,
        base_url: "http://127.0.0.1:9",
        dialects: ["chat-completions"],
        credential_env: null,
        collects_data: null,
        status: "active",
        timeouts: { connect_ms: 5_000, first_byte_ms: 120_000, idle_ms: 120_000, total_ms: 1_800_000 },
        quirks: {},
        in_flight: 0,
        version: 1,
        created_at: now,
        updated_at: now,
      },
    ]);
    expect((await ask("retrieveSupplier", { path: { supplier: name } })).body).toEqual(told.body);
    const names = (await ask("listSuppliers")).body.data.map((row: { name: string }) => row.name);
    expect(names).toContain(name);
    expect(names).toEqual([...names].sort());
  });

  test("has every quirk that it was given, in the contract's names", async () => {
    const quirks = {
      content: "text",
      empty_content: "null",
      developer_role: false,
      later_system_turns: false,
      output_cap: "max_tokens",
      stream_options: false,
      parallel_tool_calls: false,
      user_id: "omit",
      past_reasoning: "reasoning",
      tool_result_media: true,
      cache_control: true,
      system_turns: false,
      thinking: "adaptive",
      efforts: ["none", "low", "high"],
      tool_ids: { alphabet: "alphanumeric", chars_min: 9, chars_max: 9 },
    };
    const supplier = await addSupplier({ dialects: ["chat-completions", "messages"], quirks });
    const path = { supplier };
    expect((await ask("retrieveSupplier", { path })).body.quirks).toEqual(quirks);
    const kept = rig.gateway.engine.market.supplierDocument(supplier)?.document.quirks;
    expect(kept).toMatchObject({
      emptyContent: "null",
      laterSystemTurns: false,
      toolIds: { charsMin: 9, charsMax: 9 },
    });
    expect((await ask("updateSupplier", { path, body: { quirks: { thinking: "budget" } } })).body.quirks).toEqual({
      thinking: "budget",
    });
    expect((await ask("updateSupplier", { path, body: { quirks: { unheard_of: 1 } } })).body.quirks).toEqual({});
  });

  test("is changed in what is given; null clears, and timeouts are all anew", async () => {
    const supplier = await addSupplier({
      credential_env: "SUPPLIER_MARKET_TEST",
      collects_data: true,
      timeouts: { connect_ms: 7, total_ms: 9 },
    });
    const path = { supplier };
    const want = (await ask("retrieveSupplier", { path })).body;
    expect(want).toMatchObject({
      credential_env: "SUPPLIER_MARKET_TEST",
      collects_data: true,
      timeouts: { connect_ms: 7, first_byte_ms: 120_000, idle_ms: 120_000, total_ms: 9 },
    });
    const changes: [given: object, want: object][] = [
      [{}, {}],
      [{ base_url: "https://cirrus.example/api/v1/" }, { base_url: "https://cirrus.example/api" }],
      [{ dialects: ["messages", "chat-completions"] }, { dialects: ["messages", "chat-completions"] }],
      [{ credential_env: null }, { credential_env: null }],
      [{ collects_data: false }, { collects_data: false }],
      [{ collects_data: null }, { collects_data: null }],
      [{ status: "draining" }, { status: "draining" }],
      [
        { timeouts: { idle_ms: 3 } },
        { timeouts: { connect_ms: 5_000, first_byte_ms: 120_000, idle_ms: 3, total_ms: 1_800_000 } },
      ],
    ];
    for (const [body, changed] of changes) {
      const { body: got } = await ask("updateSupplier", { path, body });
      // What changes nothing makes no version.
      const isChanged = Object.keys(body).length > 0;
      Object.assign(want, { version: want.version + (isChanged ? 1 : 0), updated_at: got.updated_at, ...changed });
      expect(got).toEqual(want);
    }
  });

  test("keeps a dialect as long as it has an offer in it", async () => {
    const supplier = await addSupplier({ dialects: ["chat-completions", "messages"] });
    const offer_id = await addOffer({ dialect: "messages" }, supplier);
    const less = { path: { supplier }, body: { dialects: ["chat-completions"] } };
    expect(said(await ask("updateSupplier", less))).toEqual([
      409,
      "conflict",
      "dialects",
      `The supplier "${supplier}" has offers in the messages format; remove them first.`,
    ]);
    expect((await ask("removeOffer", { path: { offer_id } })).status).toBe(204);
    expect((await ask("updateSupplier", less)).body.dialects).toEqual(["chat-completions"]);
  });

  test("leaves with all that it offers, and may come again", async () => {
    const supplier = await addSupplier();
    const offer_id = await addOffer({}, supplier);
    expect((await ask("removeSupplier", { path: { supplier } })).status).toBe(204);
    const statuses = [
      await ask("removeSupplier", { path: { supplier } }),
      await ask("retrieveSupplier", { path: { supplier } }),
      await ask("listSupplierOffers", { path: { supplier } }),
      await ask("retrieveOffer", { path: { offer_id } }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([404, 404, 404, 404]);
    const again = await ask("createSupplier", { body: { name: supplier, ...NEW_SUPPLIER } });
    expect([again.status, again.body.version]).toEqual([201, 3]);
    expect((await ask("listSupplierOffers", { path: { supplier } })).body).toEqual({ data: [] });
    expect(await addOffer({}, supplier)).toBe(offer_id);
  });

  test("counts what is under way there", async () => {
    const path = { supplier: "sim-0" };
    const inFlight = async () => (await ask("retrieveSupplier", { path })).body.in_flight;
    expect(await inFlight()).toBe(0);
    const { health } = rig.gateway.engine.market;
    const attempt = health.begin(health.standing("sim-0", INSTRUMENT), rig.nowMs());
    expect(await inFlight()).toBe(1);
    attempt.left(rig.nowMs());
    expect(await inFlight()).toBe(0);
  });
});

describe("an offer", () => {
  test("is added as it is said, with what goes without saying", async () => {
    const supplier = await addSupplier();
    const told = await ask("createOffer", {
      path: { supplier },
      body: { ...NEW_OFFER, instrument: "Text-Max", status: "paused" },
    });
    const now = expect.stringMatching(/^\d{4}-.*Z$/);
    expect([told.status, told.body]).toEqual([
      201,
      {
        id: `${supplier}:${INSTRUMENT}:chat-completions`,
        supplier,
        ...NEW_OFFER,
        ask_per_unit_usd: "0.500000",
        features: null,
        lacks: [],
        context_tokens: null,
        output_tokens_max: null,
        running_max: null,
        status: "paused",
        version: 1,
        created_at: now,
        updated_at: now,
        standing: null,
      },
    ]);
    expect((await ask("retrieveOffer", { path: { offer_id: told.body.id } })).body).toEqual(told.body);
    expect((await ask("listSupplierOffers", { path: { supplier } })).body).toEqual({ data: [told.body] });
    expect((await ask("listInstrumentOffers", { path: { instrument: INSTRUMENT } })).body.data).toContainEqual(
      told.body,
    );
    const raw = await fetch(`${rig.url}/v1/offers/${told.body.id}`, { headers: { "x-api-key": rig.operatorKey } });
    expect([raw.status, await raw.json()]).toEqual([200, told.body]);
  });

  test("is changed in what is given; null clears", async () => {
    const offer_id = await addOffer({
      features: ["tools"],
      lacks: ["seed"],
      context_tokens: 9_000,
      output_tokens_max: 900,
      running_max: 3,
    });
    const path = { offer_id };
    const want = (await ask("retrieveOffer", { path })).body;
    expect(want).toMatchObject({
      features: ["tools"],
      lacks: ["seed"],
      context_tokens: 9_000,
      output_tokens_max: 900,
      running_max: 3,
    });
    const changes: [given: object, want: object][] = [
      [{}, {}],
      [
        { model: "m2", ask_per_unit_usd: "0" },
        { model: "m2", ask_per_unit_usd: "0.000000" },
      ],
      [{ ask_per_unit_usd: "999999.999999" }, { ask_per_unit_usd: "999999.999999" }],
      [
        { features: ["image"], lacks: [] },
        { features: ["image"], lacks: [] },
      ],
      [{ features: null }, { features: null }],
      [{ output_tokens_max: null }, { output_tokens_max: null }],
      [
        { context_tokens: null, running_max: null },
        { context_tokens: null, running_max: null },
      ],
      [{ status: "draining" }, { status: "draining" }],
    ];
    for (const [body, changed] of changes) {
      const { body: got } = await ask("updateOffer", { path, body });
      // What changes nothing makes no version.
      const isChanged = Object.keys(body).length > 0;
      Object.assign(want, { version: want.version + (isChanged ? 1 : 0), updated_at: got.updated_at, ...changed });
      expect(got).toEqual(want);
    }
  });

  test("stands in the book of asks, cheapest first, with equal ones by id", async () => {
    const instrument = await addInstrument();
    const supplier = await addSupplier({ dialects: ["chat-completions", "messages"] });
    const other = await addSupplier();
    await addOffer({ instrument, ask_per_unit_usd: "0.3", dialect: "messages" }, supplier);
    await addOffer({ instrument, ask_per_unit_usd: "10" }, other);
    await addOffer({ instrument, ask_per_unit_usd: "0.3" }, supplier);
    const ids = ({ body }: Told) => body.data.map(({ id }: { id: string }) => id);
    const own = [`${supplier}:${instrument}:chat-completions`, `${supplier}:${instrument}:messages`];
    const book = [...own, `${other}:${instrument}:chat-completions`];
    expect(ids(await ask("listInstrumentOffers", { path: { instrument } }))).toEqual(book);
    expect(ids(await ask("listSupplierOffers", { path: { supplier } }))).toEqual(own);
    expect(ids(await ask("listInstrumentOffers", { path: { instrument: await addInstrument() } }))).toEqual([]);
  });

  test("may be there before its instrument is", async () => {
    const instrument = await addInstrument({ effective_at: soon() });
    expect(await addOffer({ instrument })).toContain(`:${instrument}:`);
  });
});

describe("health", () => {
  test("is told by instrument, with what the window holds", async () => {
    const { health } = rig.gateway.engine.market;
    const [text, code] = [await addInstrument(), await addInstrument()];
    const supplier = await addSupplier();
    await addOffer({ instrument: code }, supplier);
    const offer_id = await addOffer({ instrument: text }, supplier);
    const told = async () => (await ask("listSupplierHealth", { path: { supplier } })).body.data;
    const fresh = {
      supplier,
      instrument: text,
      breaker: "closed",
      cause: null,
      open_until: null,
      in_flight: 0,
      window_seconds: 30,
      attempts: 0,
      failures: 0,
      error_rate: 0,
      first_token_ms: null,
      tokens_per_second: null,
    };
    expect(await told()).toEqual([fresh, { ...fresh, instrument: code }]);
    expect((await ask("retrieveOffer", { path: { offer_id } })).body.standing).toBeNull();
    const begin = () => health.begin(health.standing(supplier, text), rig.nowMs());
    for (let answer = 0; answer < 3; answer += 1)
      begin().answered({ firstTokenMs: 120, tokensPerSecond: 50 }, rig.nowMs());
    begin().failed({ kind: "failure" }, rig.nowMs());
    begin();
    const known = {
      ...fresh,
      in_flight: 1,
      attempts: 4,
      failures: 1,
      error_rate: 0.25,
      first_token_ms: 120,
      tokens_per_second: 50,
    };
    expect((await ask("retrieveOffer", { path: { offer_id } })).body.standing).toEqual(known);
    expect(await told()).toEqual([known, { ...fresh, instrument: code }]);
    expect((await ask("retrieveSupplier", { path: { supplier } })).body.in_flight).toBe(1);
  });

  test("of a supplier that is left alone says why and until when", async () => {
    const { health } = rig.gateway.engine.market;
    const supplier = await addSupplier();
    const offer_id = await addOffer({}, supplier);
    for (let failure = 0; failure < 5; failure += 1) {
      health.begin(health.standing(supplier, INSTRUMENT), rig.nowMs()).failed({ kind: "failure" }, rig.nowMs());
    }
    const standing = async () => (await ask("retrieveOffer", { path: { offer_id } })).body.standing;
    const open = await standing();
    expect(open).toMatchObject({ breaker: "open", cause: "failing", attempts: 5, failures: 5, error_rate: 1 });
    expect(Date.parse(open.open_until) - rig.nowMs()).toBeGreaterThan(0);
    rig.later(60_000);
    expect(await standing()).toMatchObject({
      breaker: "half_open",
      cause: "failing",
      open_until: null,
      attempts: 0,
    });
  });
});

describe("what is not there", () => {
  const rows: readonly [OperationId, Asked, string | null][] = [
    ["retrieveInstrument", { path: { instrument: "nobodys" } }, null],
    ["updateInstrument", { path: { instrument: "nobodys" }, body: {} }, null],
    ["updateInstrument", { path: { instrument: "nobodys" }, body: { if_version: 1 } }, null],
    ["retireInstrument", { path: { instrument: "nobodys" } }, null],
    ["listInstrumentVersions", { path: { instrument: "nobodys" } }, null],
    ["listInstrumentOffers", { path: { instrument: "nobodys" } }, null],
    ["retrieveSupplier", { path: { supplier: "nobodys" } }, "supplier"],
    ["updateSupplier", { path: { supplier: "nobodys" }, body: {} }, "supplier"],
    ["removeSupplier", { path: { supplier: "nobodys" } }, "supplier"],
    ["listSupplierOffers", { path: { supplier: "nobodys" } }, "supplier"],
    ["listSupplierHealth", { path: { supplier: "nobodys" } }, "supplier"],
    ["createOffer", { path: { supplier: "nobodys" }, body: NEW_OFFER }, "supplier"],
    ["retrieveOffer", { path: { offer_id: "nobodys" } }, "offer_id"],
    ["retrieveOffer", { path: { offer_id: "sim-0:text-max:smoke-signals" } }, "offer_id"],
    ["updateOffer", { path: { offer_id: "nobodys" }, body: {} }, "offer_id"],
    ["removeOffer", { path: { offer_id: "nobodys" } }, "offer_id"],
  ];
  test.each(rows)("%s %j", async (operation, asked, param) => {
    const { status, body } = await ask(operation, asked);
    expect([status, body.error.param]).toEqual([404, param]);
    expect(body.error.message).toMatch(/^There is no (instrument|supplier|offer) "/);
  });
});

describe("what is there already", () => {
  test.each([
    [
      "createInstrument",
      () => ({ body: { name: INSTRUMENT, ...NEW_INSTRUMENT } }),
      "name",
      `There is an instrument "${INSTRUMENT}" already.`,
    ],
    [
      "createSupplier",
      () => ({ body: { name: "sim-0", ...NEW_SUPPLIER } }),
      "name",
      'There is a supplier "sim-0" already.',
    ],
    [
      "createOffer",
      () => ({ path: { supplier: "sim-0" }, body: NEW_OFFER }),
      "instrument",
      'There is an offer "sim-0:text-max:chat-completions" already.',
    ],
  ] as const)("%s", async (operation, asked, param, message) => {
    expect(said(await ask(operation, asked()))).toEqual([409, "conflict", param, message]);
  });

  test("is there once, however many add it at a time", async () => {
    const supplier = newName("supplier");
    const all = await Promise.all(
      Array.from({ length: 8 }, () => ask("createSupplier", { body: { name: supplier, ...NEW_SUPPLIER } })),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
  });

  test("also a retired instrument, and one that is yet to come", async () => {
    const retired = await addInstrument();
    await ask("retireInstrument", { path: { instrument: retired } });
    for (const name of [retired, await addInstrument({ effective_at: soon() })]) {
      expect((await ask("createInstrument", { body: { name, ...NEW_INSTRUMENT } })).status).toBe(409);
    }
  });
});

describe("what cannot be", () => {
  const instrument: readonly [object, string, string][] = [
    [
      { output_tokens_max: 64_001 },
      "output_tokens_max",
      "output_tokens_max must be at most the context of 64000 tokens, not 64001.",
    ],
    [{ effective_at: "2020-01-01T00:00:00Z" }, "effective_at", "effective_at must lie in the future."],
    [
      { effective_at: "2026-02-30T00:00:00Z" },
      "effective_at",
      "effective_at must be an instant in UTC since 1970, such as 2026-11-23T15:04:06Z.",
    ],
  ];
  test.each(instrument)("createInstrument %j", async (more, param, message) => {
    const body = { name: newName("instrument"), ...NEW_INSTRUMENT, ...more };
    expect(said(await ask("createInstrument", { body }))).toEqual([422, "invalid_value", param, message]);
    expect((await ask("retrieveInstrument", { path: { instrument: body.name } })).status).toBe(404);
  });
  test.each(instrument)("updateInstrument %j", async (body, param, message) => {
    const path = { instrument: await addInstrument() };
    expect(said(await ask("updateInstrument", { path, body }))).toEqual([422, "invalid_value", param, message]);
    expect((await ask("retrieveInstrument", { path })).body.version).toBe(1);
  });

  const supplier: readonly [object, string, string][] = [
    [
      { base_url: "http://a.example/v1/messages" },
      "base_url",
      "base_url must end before /v1/messages, which is added to it.",
    ],
    [{ base_url: "http://a.example:99999" }, "base_url", 'base_url must be a URL, not "http://a.example:99999".'],
    [
      { credential_env: "SUPPLIER_UNSET" },
      "credential_env",
      "credential_env names the environment variable SUPPLIER_UNSET, which is not set.",
    ],
    [
      { credential_env: "SUPPLIER_UNSENDABLE" },
      "credential_env",
      "credential_env names the environment variable SUPPLIER_UNSENDABLE, whose value has characters that no header can carry.",
    ],
    [
      { quirks: { thinking: "adaptive" } },
      "quirks.thinking",
      "quirks.thinking belongs to the messages format, which this supplier does not speak.",
    ],
    [
      { quirks: { tool_ids: { alphabet: "word", chars_min: 9, chars_max: 8 } } },
      "quirks.tool_ids.chars_min",
      "quirks.tool_ids.chars_min must be at most chars_max, which is 8, not 9.",
    ],
  ];
  test.each(supplier)("createSupplier %j", async (more, param, message) => {
    const body = { name: newName("supplier"), ...NEW_SUPPLIER, ...more };
    expect(said(await ask("createSupplier", { body }))).toEqual([422, "invalid_value", param, message]);
    expect((await ask("retrieveSupplier", { path: { supplier: body.name } })).status).toBe(404);
  });
  test.each(supplier)("updateSupplier %j", async (body, param, message) => {
    const path = { supplier: await addSupplier() };
    expect(said(await ask("updateSupplier", { path, body }))).toEqual([422, "invalid_value", param, message]);
    expect((await ask("retrieveSupplier", { path })).body.version).toBe(1);
  });

  // The contract alone refuses these.
  test.each([
    "ftp://a.example",
    "http://user:pass@a.example",
    "http://a.example?key=1",
    "http://a.example#a",
    "//a.example",
    "/etc/passwd",
  ])("base_url %s", async (base_url) => {
    const { status, body } = await ask("createSupplier", {
      body: { name: newName("supplier"), ...NEW_SUPPLIER, base_url },
    });
    expect([status, body.error.param]).toEqual([422, "base_url"]);
  });
  test.each(["INTERCHANGE_DATABASE_URL", "HOME", "SUPPLIER_", "supplier_x", "SUPPLIER_A-B"])(
    "credential_env %s",
    async (credential_env) => {
      const { status, body } = await ask("createSupplier", {
        body: { name: newName("supplier"), ...NEW_SUPPLIER, credential_env },
      });
      expect([status, body.error.param]).toEqual([422, "credential_env"]);
    },
  );

  test("a dialect left out whose quirk is kept", async () => {
    const path = {
      supplier: await addSupplier({ dialects: ["chat-completions", "messages"], quirks: { thinking: "budget" } }),
    };
    const told = await ask("updateSupplier", { path, body: { dialects: ["chat-completions"] } });
    expect([told.status, told.body.error.param]).toEqual([422, "quirks.thinking"]);
  });

  test.each([
    [{ instrument: "nobodys" }, "instrument", /^instrument names no instrument; known ones are .*text-max/],
    [{ dialect: "messages" }, "dialect", /^dialect must be one that supplier-\d+ speaks, which is chat-completions\.$/],
    [{ features: ["levitation"] }, "features[0]", /levitation/],
    [
      { features: ["seed"], lacks: ["tools", "seed"] },
      "lacks[1]",
      /^lacks\[1\] is seed, which is among the features that are offered\.$/,
    ],
    [
      { context_tokens: 10, output_tokens_max: 11 },
      "output_tokens_max",
      /^output_tokens_max must be at most the context of 10 tokens, not 11\.$/,
    ],
    [
      { output_tokens_max: 999_999_999 },
      "output_tokens_max",
      /^output_tokens_max must be at most the context of \d+ tokens, not 999999999\.$/,
    ],
    [{ ask_per_unit_usd: "0.0000001" }, "ask_per_unit_usd", /six decimals/],
    [{ ask_per_unit_usd: "-1" }, "ask_per_unit_usd", /dollars/],
    [{ running_max: 0 }, "running_max", /at least 1/],
  ])("createOffer %j", async (more, param, message) => {
    const supplier = await addSupplier();
    const { status, body } = await ask("createOffer", { path: { supplier }, body: { ...NEW_OFFER, ...more } });
    expect([status, body.error.param, body.error.message]).toEqual([422, param, expect.stringMatching(message)]);
    expect((await ask("listSupplierOffers", { path: { supplier } })).body.data).toEqual([]);
  });

  test.each([
    [{ lacks: ["seed"] }, "lacks[0]"],
    [{ output_tokens_max: 101 }, "output_tokens_max"],
    [{ context_tokens: 49 }, "output_tokens_max"],
  ])("updateOffer %j", async (body, param) => {
    const path = { offer_id: await addOffer({ features: ["seed"], context_tokens: 100, output_tokens_max: 50 }) };
    const told = await ask("updateOffer", { path, body });
    expect([told.status, told.body.error.param]).toEqual([422, param]);
    expect((await ask("retrieveOffer", { path })).body.version).toBe(1);
  });
});

describe("two who change one thing", () => {
  interface Thing {
    readonly update: OperationId;
    readonly retrieve: OperationId;
    readonly thing: string;
    readonly param: string;
    add(): Promise<string>;
    readonly changes: readonly [object, object];
  }
  const THINGS: readonly Thing[] = [
    {
      update: "updateInstrument",
      retrieve: "retrieveInstrument",
      thing: "instrument",
      param: "instrument",
      add: addInstrument,
      changes: [{ tier: "max" }, { price_per_unit_usd: "3.000000" }],
    },
    {
      update: "updateSupplier",
      retrieve: "retrieveSupplier",
      thing: "supplier",
      param: "supplier",
      add: addSupplier,
      changes: [{ collects_data: true }, { status: "draining" }],
    },
    {
      update: "updateOffer",
      retrieve: "retrieveOffer",
      thing: "offer",
      param: "offer_id",
      add: addOffer,
      changes: [{ model: "other" }, { running_max: 5 }],
    },
  ];

  describe.each(THINGS)("$thing", ({ update, retrieve, thing, param, add, changes: [one, other] }) => {
    test("the version that a caller knows must be the newest", async () => {
      const name = await add();
      const path = { [param]: name };
      expect((await ask(update, { path, body: { ...one, if_version: 1 } })).body).toMatchObject({ ...one, version: 2 });
      const late = await ask(update, { path, body: { ...other, if_version: 1 } });
      const sentence = `The ${thing} "${name}" is at version 2 by now, not 1; read it again and repeat the change.`;
      expect(said(late)).toEqual([409, "conflict", "if_version", sentence]);
      expect((await ask(update, { path, body: { ...other, if_version: 3 } })).status).toBe(409);
      const both = { ...one, ...other, version: 3 };
      expect((await ask(update, { path, body: { ...other, if_version: 2 } })).body).toMatchObject(both);
      expect((await ask(retrieve, { path })).body).toMatchObject(both);
    });

    test("of many that know one version one is carried out", async () => {
      const path = { [param]: await add() };
      const all = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          ask(update, { path, body: { ...(index % 2 ? one : other), if_version: 1 } }),
        ),
      );
      expect(all.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    });

    test("whoever knows none loses nothing of what others change meanwhile", async () => {
      const path = { [param]: await add() };
      const all = await Promise.all([one, other, one, other].map((body) => ask(update, { path, body })));
      expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect((await ask(retrieve, { path })).body).toMatchObject({ ...one, ...other });
    });
  });
});

describe("the next request", () => {
  let market: Rig;
  let manage: Ask;
  beforeAll(async () => {
    market = await startRig({ suppliers: [{}, {}] });
    manage = asker(market);
  });
  afterAll(() => market.close());
  beforeEach(async () => {
    await price("sim-0", "0.001");
    await price("sim-1", "0.002");
  });

  async function price(supplier: string, ask_per_unit_usd: string): Promise<void> {
    for (const dialect of ["chat-completions", "messages"]) {
      const path = { offer_id: `${supplier}:${INSTRUMENT}:${dialect}` };
      expect((await manage("updateOffer", { path, body: { ask_per_unit_usd } })).status).toBe(200);
    }
  }

  const patch = (supplier: string, status: string) =>
    manage("updateSupplier", { path: { supplier }, body: { status } });

  const answeredBy = async (response: Promise<Response>): Promise<[number, string | null]> => {
    const answer = await response;
    await answer.text();
    return [answer.status, answer.headers.get("x-interchange-supplier")];
  };

  const follow = (surface: Format, sealed: Response): Promise<Response> =>
    fetch(new URL(sealed.headers.get("location") ?? "", market.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(QUESTIONS[surface].body()),
    });

  describe.each(FORMATS)("%s", (surface) => {
    test("goes to whoever asks less by now", async () => {
      expect(await answeredBy(askSurface(market, surface))).toEqual([200, "sim-0"]);
      await price("sim-0", "0.003");
      expect(await answeredBy(askSurface(market, surface))).toEqual([200, "sim-1"]);
      await price("sim-0", "0.0005");
      expect(await answeredBy(askSurface(market, surface))).toEqual([200, "sim-0"]);
    });

    test.each(["paused", "draining"])("goes past a supplier that is %s, and comes back", async (status) => {
      await patch("sim-0", status);
      const asked = market.suppliers[0]?.requests.length;
      for (let time = 0; time < 3; time += 1) {
        expect(await answeredBy(askSurface(market, surface))).toEqual([200, "sim-1"]);
      }
      expect(market.suppliers[0]?.requests.length).toBe(asked);
      await patch("sim-0", "active");
      expect(await answeredBy(askSurface(market, surface))).toEqual([200, "sim-0"]);
    });

    test("goes past an offer that is paused, whatever its supplier is", async () => {
      const path = { offer_id: `sim-0:${INSTRUMENT}:${surface}` };
      const other = { offer_id: `sim-0:${INSTRUMENT}:${surface === "messages" ? "chat-completions" : "messages"}` };
      for (const one of [path, other]) await manage("updateOffer", { path: one, body: { status: "paused" } });
      expect(await answeredBy(askSurface(market, surface))).toEqual([200, "sim-1"]);
      for (const one of [path, other]) await manage("updateOffer", { path: one, body: { status: "active" } });
      expect(await answeredBy(askSurface(market, surface))).toEqual([200, "sim-0"]);
    });

    test.each([
      ["draining", "sim-0"],
      ["paused", "sim-1"],
    ])("what is sealed for a supplier that is %s by now is filled by %s", async (status, filler) => {
      const sealed = await askSurface(market, surface, { redirect: "manual" });
      expect([sealed.status, sealed.headers.get("x-interchange-supplier")]).toEqual([307, "sim-0"]);
      await patch("sim-0", status);
      expect(await answeredBy(follow(surface, sealed))).toEqual([200, filler]);
      await patch("sim-0", "active");
    });

    test("goes to a supplier that has just been added, with its secret, and not to one that is gone", async () => {
      const { url: base_url } = market.suppliers[1] as { url: string };
      await manage("createSupplier", {
        body: { name: "newcomer", base_url, dialects: [surface], credential_env: "SUPPLIER_MARKET_TEST" },
      });
      await manage("createOffer", {
        path: { supplier: "newcomer" },
        body: { ...NEW_OFFER, dialect: surface, ask_per_unit_usd: "0.0001" },
      });
      expect(await answeredBy(askSurface(market, surface))).toEqual([200, "newcomer"]);
      expect(JSON.stringify(market.suppliers[1]?.requests.at(-1))).toContain("secret-of-cirrus");
      await manage("removeSupplier", { path: { supplier: "newcomer" } });
      expect(await answeredBy(askSurface(market, surface))).toEqual([200, "sim-0"]);
      const told = JSON.stringify((await manage("listSuppliers")).body);
      expect(told + market.log()).not.toContain("secret-of-cirrus");
    });

    test("is refused where the instrument is retired, also what was sealed before", async () => {
      const path = { instrument: INSTRUMENT };
      const sealed = await askSurface(market, surface, { redirect: "manual" });
      await manage("retireInstrument", { path });
      expect((await askSurface(market, surface)).status).toBe(404);
      expect([(await follow(surface, sealed)).status, sealed.status]).toEqual([404, 307]);
      await manage("updateInstrument", { path, body: { status: "active" } });
      expect(await answeredBy(askSurface(market, surface))).toEqual([200, "sim-0"]);
    });
  });

  test("is refused by nobody while a ceiling leaves one who asks little enough", async () => {
    const path = { instrument: INSTRUMENT };
    await manage("updateInstrument", { path, body: { ask_per_unit_usd_max: "0.0015" } });
    await price("sim-0", "0.0016");
    const refused = await askSurface(market, "messages");
    expect([refused.status, await refused.text()]).toEqual([
      503,
      expect.stringContaining("sim-1: asks for more than is paid for this instrument"),
    ]);
    await manage("updateInstrument", { path, body: { ask_per_unit_usd_max: null } });
    expect(await answeredBy(askSurface(market, "messages"))).toEqual([200, "sim-0"]);
  });
});

test("all of it is there after a start, as it was left", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-market-"));
  const first = await startRig({ dataDir });
  const manage = asker(first);
  await manage("createInstrument", { body: { name: "kept", ...NEW_INSTRUMENT } });
  await manage("createSupplier", { body: { name: "kept", ...NEW_SUPPLIER, status: "draining" } });
  await manage("createOffer", { path: { supplier: "kept" }, body: { ...NEW_OFFER, instrument: "kept" } });
  await manage("updateOffer", { path: { offer_id: "kept:kept:chat-completions" }, body: { ask_per_unit_usd: "7" } });
  const seen = async (ask: Ask) => [
    (await ask("retrieveInstrument", { path: { instrument: "kept" } })).body,
    (await ask("retrieveSupplier", { path: { supplier: "kept" } })).body,
    (await ask("retrieveOffer", { path: { offer_id: "kept:kept:chat-completions" } })).body,
  ];
  const before = await seen(manage);
  await first.close();
  const second = await startRig({ dataDir });
  expect(await seen(asker(second))).toEqual(before);
  await second.close();
  rmSync(dataDir, { recursive: true });
});

/**
 * Goal: between what is decided and what is done no hold is lost, nobody's place stays taken, and whoever has left the market
 * meanwhile is asked nothing. Method: the market is changed, or our own code made to fail, just between the two.
 */

import { FORMATS, type Format } from "@interchange/config";
import { dialects } from "@interchange/dialects";
import { afterEach, describe, expect, test, vi } from "vitest";
import { asker } from "./platform.ts";
import { ask, INSTRUMENT, QUESTIONS, type Rig, type RigOptions, startRig } from "./rig.ts";

let rig: Rig;
afterEach(async () => {
  vi.restoreAllMocks();
  await rig.close();
});

async function open(options: RigOptions = {}): Promise<Rig> {
  rig = await startRig({ suppliers: [{}, {}], breakers: true, ...options });
  return rig;
}

/** A fresh ticket's location, and who is named beside it. */
async function redirected(surface: Format, body: unknown = QUESTIONS[surface].body()) {
  const answer = await ask(rig, surface, { body, redirect: "manual" });
  expect(answer.status).toBe(307);
  return new URL(answer.headers.get("location") ?? "", rig.url).href;
}

function follow(surface: Format, url: string, body: unknown = QUESTIONS[surface].body(), headers = {}) {
  const headersOf = { "content-type": "application/json", ...headers };
  return fetch(url, { method: "POST", headers: headersOf, body: JSON.stringify(body) });
}

const change = (supplier: string, body: object) => asker(rig)("updateSupplier", { path: { supplier }, body });

const standings = () => ["sim-0", "sim-1"].map((name) => rig.gateway.engine.market.health.standing(name, INSTRUMENT));

const inFlight = () => standings().map((standing) => standing.inFlight);

const asked = () => rig.suppliers.map(({ requests }) => requests.length);

/** Those of the rig, each in one format alone. */
function inOneFormat(formats: readonly Format[]) {
  return rig.gateway.engine.config.suppliers.map((row, nth) => {
    const dialect = formats[nth] as Format;
    return { ...row, dialects: [dialect], offers: row.offers.filter((each) => each.dialect === dialect) };
  });
}

describe.each(FORMATS)("%s", (surface) => {
  test("a bug between redeeming and running gives the hold back", async () => {
    await open();
    const url = await redirected(surface);
    expect((await rig.balance()).held).toBeGreaterThan(0);
    vi.spyOn(rig.gateway.engine.retries, "avoid").mockImplementationOnce(() => {
      throw new Error("a bug");
    });
    expect((await follow(surface, url)).status).toBe(500);
    expect((await rig.balance()).held).toBe(0);
    expect(asked()).toEqual([0, 0]);
  });

  test("a bug while an attempt is made ready leaves nobody's place taken", async () => {
    const other = surface === "messages" ? "chat-completions" : "messages";
    await open({ dialects: [other] });
    vi.spyOn(dialects[surface].surface, "unknownIn").mockImplementationOnce(() => {
      throw new Error("a bug");
    });
    expect((await ask(rig, surface, { base: "/inline" })).status).toBe(500);
    expect(inFlight()).toEqual([0, 0]);
    expect((await rig.balance()).held).toBe(0);
  });

  test("an instrument that is retired in between is refused as on the first leg, and nothing stays held", async () => {
    await open();
    const url = await redirected(surface);
    await asker(rig)("retireInstrument", { path: { instrument: INSTRUMENT } });
    const second = await follow(surface, url);
    const first = await ask(rig, surface, { redirect: "manual" });
    expect([second.status, first.status]).toEqual([404, 404]);
    const messages = await Promise.all(
      [second, first].map((one) => one.json() as Promise<{ error: { message: string } }>),
    );
    expect(messages[0]?.error.message).toBe(messages[1]?.error.message);
    expect(second.headers.get("x-should-retry")).toBe("false");
    expect((await rig.balance()).held).toBe(0);
    expect(asked()).toEqual([0, 0]);
  });

  test("what was counted against limits is given back with the hold", async () => {
    await open();
    const instrument = rig.gateway.engine.config.instruments.find(({ name }) => name === INSTRUMENT);
    const instruments = [{ ...instrument, limits: { tokensPerMinute: 1_000_000 } }] as never;
    await rig.close();
    await open({ config: { instruments } });
    const url = await redirected(surface);
    await asker(rig)("retireInstrument", { path: { instrument: INSTRUMENT } });
    expect((await follow(surface, url)).status).toBe(404);
    await asker(rig)("updateInstrument", { path: { instrument: INSTRUMENT }, body: { status: "active" } });
    const prefix = surface === "messages" ? "anthropic-ratelimit-tokens" : "x-ratelimit";
    const left = surface === "messages" ? `${prefix}-remaining` : `${prefix}-remaining-tokens`;
    const again = await ask(rig, surface, { redirect: "manual" });
    const alone = Number(again.headers.get(left));
    expect(again.headers.has(left)).toBe(true);
    const receipt = await rig.receipt(again.headers.get("request-id") ?? again.headers.get("x-request-id") ?? "");
    expect(alone).toBe(1_000_000 - Number(receipt?.tokensHeld));
  });

  const CHANGES: readonly (readonly [string, (supplier: string) => Promise<unknown>, readonly number[]])[] = [
    ["paused", (supplier) => change(supplier, { status: "paused" }), [0, 1]],
    ["removed", (supplier) => asker(rig)("removeSupplier", { path: { supplier } }), [0, 1]],
    ["drained: it is still asked", (supplier) => change(supplier, { status: "draining" }), [1, 0]],
  ];

  test.each(CHANGES)("a supplier whose ticket is sealed is %s", async (_, change, want) => {
    await open();
    const url = await redirected(surface);
    await change("sim-0");
    const answer = await follow(surface, url);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("Hello there")]);
    expect(answer.headers.get("x-interchange-supplier")).toBe(want[0] === 1 ? "sim-0" : "sim-1");
    expect(asked()).toEqual(want);
    expect(inFlight()).toEqual([0, 0]);
  });

  test("where the only supplier is removed in between the hold is given back, and its books do not say that anybody was asked", async () => {
    await open({ suppliers: [{}] });
    const url = await redirected(surface);
    await asker(rig)("removeSupplier", { path: { supplier: "sim-0" } });
    const answer = await follow(surface, url);
    expect(answer.status).toBe(503);
    expect((await rig.balance()).held).toBe(0);
    const receipt = await rig.receipt(answer.headers.get("request-id") ?? answer.headers.get("x-request-id") ?? "");
    expect(receipt).toMatchObject({ status: "error", reason: "nobody could take the request" });
  });

  test("a supplier that is paused while tokens are held for it is asked nothing", async () => {
    await open();
    const { ledger } = rig.gateway.engine;
    const { hold } = ledger;
    vi.spyOn(ledger, "hold").mockImplementationOnce(async (...given) => {
      const held = await hold(...given);
      await change("sim-0", { status: "paused" });
      return held;
    });
    const answer = await ask(rig, surface, { base: "/inline" });
    expect([answer.status, answer.headers.get("x-interchange-supplier")]).toEqual([200, "sim-1"]);
    expect(asked()).toEqual([0, 1]);
  });

  test.each([
    ["x-interchange-timeout-ms", "0"],
    ["x-interchange-timeout-ms", "soon"],
    ["x-interchange-timeout-ms", "99999999999999999999"],
    ["x-interchange-timeout-ms", ""],
    ["x-interchange-first-byte-timeout-ms", "-5"],
    ["x-interchange-first-byte-timeout-ms", "86400001"],
  ])("on a ticket's leg %s: %j is refused before the ticket is spent", async (name, value) => {
    await open();
    const url = await redirected(surface);
    const answer = await follow(surface, url, undefined, { [name]: value });
    const text = await answer.text();
    expect([400, 422], text).toContain(answer.status);
    expect(text).toContain(name);
    expect(asked()).toEqual([0, 0]);
    expect((await follow(surface, url)).status).toBe(200);
  });

  test("the caller's deadline for the first byte counts on a ticket's leg too", async () => {
    await open({ suppliers: [{ directives: { fault: "hang" } }] });
    const body = QUESTIONS[surface].body({ stream: true });
    const url = await redirected(surface, body);
    const answer = await follow(surface, url, body, { "x-interchange-first-byte-timeout-ms": "100" });
    expect(answer.status).toBe(504);
    expect((await rig.balance()).held).toBe(0);
    expect(inFlight()).toEqual([0, 0]);
  });

  test("however long a supplier asks to be left alone, it is no longer than a minute", async () => {
    const busy = { directives: { status: 429, retryAfter: 999_999_999 } };
    await open({ suppliers: [busy, busy] });
    const answers = [await ask(rig, surface, { base: "/inline" }), await ask(rig, surface, { base: "/inline" })];
    for (const { status, headers } of answers) {
      expect(status).toBeGreaterThanOrEqual(500);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      expect(Number(headers.get("retry-after"))).toBeLessThanOrEqual(60);
    }
    for (const { breaker } of standings()) expect((breaker?.untilMs ?? 0) - rig.nowMs()).toBeLessThanOrEqual(60_000);
  });

  test("pages may read who answered, and why, on either leg", async () => {
    await open();
    const headers = { origin: "https://page.example" };
    for (const [base, redirect] of [
      ["", "manual"],
      ["/inline", "follow"],
    ] as const) {
      const answer = await ask(rig, surface, { base, redirect, headers });
      const exposed = (answer.headers.get("access-control-expose-headers") ?? "").split(/, */);
      expect(exposed).toEqual(expect.arrayContaining(["x-interchange-supplier", "x-interchange-route"]));
      expect(answer.headers.get("x-interchange-route")).toMatch(/^[\x20-\x7e]{1,200}$/);
    }
  });
});

test("whoever fails is logged without what it says, which may be the prompt", async () => {
  await open();
  const secret = "the merger is on friday";
  const messages = [{ role: "user", content: `${secret} [[sim status=500 message="you said: ${secret}"]]` }];
  for (const surface of FORMATS)
    await ask(rig, surface, { base: "/inline", body: QUESTIONS[surface].body({ messages }) });
  await expect.poll(() => rig.log()).toContain("a supplier failed");
  expect(rig.log()).not.toContain(secret);
});

describe("require_parameters", () => {
  const THOUGHTFUL = { reasoning_effort: "low", provider: { require_parameters: true } };

  test("whoever would have to leave something out is nobody for whose sake another is cut short", async () => {
    const slow = await open({ suppliers: [{ directives: { delayBeforeFirstMs: 500 } }, {}] });
    const suppliers = inOneFormat(["chat-completions", "messages"]);
    const routing = { ...slow.gateway.engine.config.routing, fallbackAfterMs: 100 };
    const other = await startRig({ config: { suppliers, routing } });
    try {
      const body = QUESTIONS["chat-completions"].body({ ...THOUGHTFUL, max_completion_tokens: 500, stream: true });
      const answer = await ask(other, "chat-completions", { body });
      expect([answer.status, answer.headers.get("x-interchange-supplier")]).toEqual([200, "sim-0"]);
      await answer.text();
    } finally {
      await other.close();
    }
  });

  test("a sealed supplier that would have to leave something out by now is not asked", async () => {
    await open();
    const suppliers = inOneFormat(["messages", "chat-completions"]);
    const other = await startRig({ config: { suppliers } });
    const first = rig;
    try {
      rig = other;
      const body = QUESTIONS["chat-completions"].body(THOUGHTFUL);
      const given = await ask(other, "chat-completions", { body, redirect: "manual" });
      expect(given.headers.get("x-interchange-supplier")).toBe("sim-0");
      const path = { offer_id: `sim-0:${INSTRUMENT}:messages` };
      await asker(other)("updateOffer", { path, body: { output_tokens_max: 500 } });
      const answer = await follow(
        "chat-completions",
        new URL(given.headers.get("location") ?? "", other.url).href,
        body,
      );
      expect([answer.status, answer.headers.get("x-interchange-supplier")]).toEqual([200, "sim-1"]);
      expect(answer.headers.has("x-interchange-dropped")).toBe(false);
    } finally {
      rig = first;
      await other.close();
    }
  });
});

describe("hedging", () => {
  const SILENT_MS = 1_500;

  async function openHedged(budgetPercent = 100) {
    const plain = await open();
    const { routing } = plain.gateway.engine.config;
    await plain.close();
    return open({
      suppliers: [{ directives: { delayBeforeFirstMs: SILENT_MS } }, {}],
      config: { routing: { ...routing, hedging: { afterMs: 50, budgetPercent } } },
      timeouts: { firstByteMs: 4_000 },
    });
  }

  const streamed = (surface: Format, extra = {}) => QUESTIONS[surface].body({ stream: true, ...extra });

  test.each(FORMATS)("%s: of two the quicker answers, and it alone is paid", async (surface) => {
    await openHedged();
    const before = (await rig.balance()).available;
    const answer = await ask(rig, surface, { body: streamed(surface) });
    expect([answer.status, answer.headers.get("x-interchange-supplier")]).toEqual([200, "sim-1"]);
    expect(await answer.text()).toContain("Hello");
    expect(asked()).toEqual([1, 1]);
    await expect.poll(inFlight).toEqual([0, 0]);
    expect(standings().map(({ breaker }) => breaker)).toEqual([undefined, undefined]);
    const receipts = (await rig.gateway.engine.ledger.receipts({}, { limit: 10 })).data;
    expect(receipts).toMatchObject([{ status: "reconciled", supplier: "sim-1" }]);
    const after = await rig.balance();
    expect([after.held, before - after.available]).toEqual([0, receipts[0]?.tokensUsed]);
  });

  test("nobody is asked beside another beyond the budget, without streams, or where fallbacks are not allowed", async () => {
    await openHedged(1);
    const ones = [streamed("messages"), QUESTIONS.messages.body()];
    for (const body of ones)
      expect((await ask(rig, "messages", { body })).headers.get("x-interchange-supplier")).toBe("sim-0");
    expect(asked()).toEqual([2, 0]);
    await rig.close();
    await openHedged();
    const body = streamed("messages", { provider: { allow_fallbacks: false } });
    const answer = await ask(rig, "messages", { body });
    await answer.text();
    expect(asked()).toEqual([1, 0]);
    expect(inFlight()).toEqual([0, 0]);
  });
});

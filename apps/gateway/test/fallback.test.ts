/**
 * Goal: whatever a supplier does wrong before its first word, no caller hears of it while somebody else can answer, and nobody pays
 * twice. Method: the vendors' own SDKs without retries, many at once, against a broken supplier that is the cheapest and a
 * sound one that is not.
 */
import Anthropic from "@anthropic-ai/sdk";
import type { Receipt } from "@interchange/ledger";
import { stateOf } from "@interchange/routing";
import type { Settings } from "@interchange/supplier-sim";
import OpenAI from "openai";
import { afterEach, describe, expect, test } from "vitest";
import { ask, INSTRUMENT, QUESTIONS, type Rig, type RigOptions, startRig } from "./rig.ts";
import { inParallel } from "./wire.ts";

let rig: Rig | undefined;
afterEach(async () => {
  const closing = rig;
  rig = undefined;
  await closing?.close();
});

type Directives = Settings["directives"];

async function broken(directives: Directives, options: Partial<RigOptions> = {}): Promise<Rig> {
  rig = await startRig({
    suppliers: [{ directives }, {}],
    timeouts: { connectMs: 1_000, firstByteMs: 1_000, idleMs: 2_000, totalMs: 8_000 },
    breakers: true,
    ...options,
  });
  return rig;
}

/** What the supplier that fails stands at. */
const standing = (of: Rig) => of.gateway.engine.market.health.standing("sim-0", INSTRUMENT);

const breakerOf = (of: Rig) => stateOf(standing(of), of.nowMs());

const sdks = ({ url, key }: Rig, base: string) => ({
  openai: new OpenAI({ baseURL: `${url}${base}/v1`, apiKey: key, maxRetries: 0 }),
  anthropic: new Anthropic({ baseURL: `${url}${base}`, apiKey: key, maxRetries: 0 }),
});

const messages = [{ role: "user" as const, content: "Hello there" }];

/** Both SDKs, streamed and whole: what each heard, as text. */
function callsOf(of: Rig, base: string): readonly (() => Promise<string | undefined>)[] {
  const { openai, anthropic } = sdks(of, base);
  const chat = { model: INSTRUMENT, messages };
  const question = { model: INSTRUMENT, max_tokens: 200, messages };
  return [
    async () => (await openai.chat.completions.create(chat)).choices[0]?.message.content ?? undefined,
    async () => (await openai.chat.completions.stream(chat).finalContent()) ?? undefined,
    async () => texts(await anthropic.messages.create(question)),
    async () => anthropic.messages.stream(question).finalText(),
  ];
}

function texts({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

async function receiptsOf({ gateway }: Rig): Promise<readonly Receipt[]> {
  return (await gateway.engine.ledger.receipts({}, { limit: 100 })).data;
}

const FAULTS: readonly (readonly [name: string, directives: Directives])[] = [
  ["hangs", { fault: "hang" }],
  ["begins a stream and hangs", { fault: "hang-mid-stream", after: 0 }],
  ["resets", { fault: "reset" }],
  ["says 429", { status: 429, retryAfter: 7 }],
  ["says 500", { status: 500 }],
  ["says 503", { status: 503 }],
  ["says 401, which is our own key's fault", { status: 401 }],
  ["breaks its first event", { fault: "broken-first-event" }],
  ["says an error in a 200", { fault: "error-in-200", type: "api_error" }],
  ["answers with a page", { fault: "html" }],
  ["answers nothing", { fault: "empty" }],
];

const AT_ONCE = 24;

describe.each(["", "/inline"])("under load at base %j", (base) => {
  test.each(FAULTS)("U06 E08 no caller hears of a supplier that %s", async (_, directives) => {
    const of = await broken(directives, { config: {} });
    const calls = Array.from({ length: 6 }, () => callsOf(of, base)).flat();
    const heard = await inParallel(calls, AT_ONCE, (call) => call());
    expect(heard.filter((text) => !text?.includes("Hello there"))).toEqual([]);
    const receipts = await receiptsOf(of);
    expect(receipts).toHaveLength(calls.length);
    expect(new Set(receipts.map(({ status, supplier }) => `${status} ${supplier}`))).toEqual(
      new Set(["reconciled sim-1"]),
    );
    expect(breakerOf(of)).not.toBe("closed");
    expect(standing(of).inFlight).toBe(0);
  });

  test("no caller hears of a supplier that is killed", async () => {
    const of = await broken({});
    await of.suppliers[0]?.close();
    const heard = await inParallel(callsOf(of, base), 4, (call) => call());
    expect(heard.filter((text) => !text?.includes("Hello there"))).toEqual([]);
  });
});

test("the answer says who gave it, and after whom", async () => {
  const of = await broken({ status: 500 });
  for (const surface of ["chat-completions", "messages"] as const) {
    const answer = await ask(of, surface);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-interchange-supplier")).toBe("sim-1");
    expect(answer.headers.get("x-interchange-route")).toMatch(/^after sim-0 \(status 500\): cheapest/);
  }
});

/** A request that nobody has sent before: one that is sent again avoids who failed it. */
function askAnew(of: Rig): Promise<Response> {
  const content = `Hello, for the ${of.supplier.requests.length + (of.suppliers[1]?.requests.length ?? 0)}th time`;
  return ask(of, "messages", { body: QUESTIONS.messages.body({ messages: [{ role: "user", content }] }) });
}

test("a breaker opens after five failures in a row, and its supplier is asked nothing", async () => {
  const of = await broken({ status: 500 });
  for (let turn = 0; turn < 5; turn += 1) expect((await askAnew(of)).status).toBe(200);
  expect(standing(of).breaker).toMatchObject({ cause: "failing" });
  const before = of.supplier.requests.length;
  expect((await askAnew(of)).headers.get("x-interchange-supplier")).toBe("sim-1");
  expect(of.supplier.requests.length).toBe(before);
});

test("a breaker that is open closes after good probes", async () => {
  const of = await broken({}, { suppliers: [{}, {}] });
  of.supplier.program({ status: 500 }, { times: 5 });
  for (let turn = 0; turn < 5; turn += 1) expect((await askAnew(of)).status).toBe(200);
  expect(breakerOf(of)).toBe("open");
  of.later(2_000);
  expect(breakerOf(of)).toBe("half-open");
  const first = await askAnew(of);
  expect(first.headers.get("x-interchange-supplier")).toBe("sim-0");
  expect(first.headers.get("x-interchange-route")).toContain("tried out again");
  await first.text();
  await (await askAnew(of)).text();
  await expect.poll(() => breakerOf(of)).toBe("closed");
});

test("without fallbacks the failure of the first is the answer", async () => {
  const of = await broken({ status: 500 });
  const body = QUESTIONS["chat-completions"].body({ provider: { allow_fallbacks: false } });
  const answer = await ask(of, "chat-completions", { body });
  expect(answer.status).toBe(502);
  expect(of.suppliers[1]?.requests).toHaveLength(0);
});

test("where all fail the refusal names each of them in turn", async () => {
  const of = await broken({}, { suppliers: [{ directives: { status: 500 } }, { directives: { status: 429 } }] });
  const answer = await ask(of, "chat-completions");
  expect(answer.status).toBe(502);
  const { error } = (await answer.json()) as { error: { message: string } };
  expect(error.message).toMatch(/sim-0: .*500.*sim-1: /);
  expect((await of.balance()).held).toBe(0);
});

test("all suppliers down: 503 that says why of each and when to come again", async () => {
  const of = await broken({}, { suppliers: [{ directives: { status: 500 } }, { directives: { status: 500 } }] });
  for (let turn = 0; turn < 5; turn += 1) await askAnew(of);
  const answer = await ask(of, "chat-completions");
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  const { error } = (await answer.json()) as { error: { message: string } };
  expect(error.message).toMatch(/sim-0: has failed too often of late.*sim-1: has failed too often of late/);
});

test("the caller's own deadline ends the trying", async () => {
  const of = await broken({}, { suppliers: [{ directives: { fault: "hang" } }, { directives: { fault: "hang" } }] });
  const answer = await ask(of, "messages", { headers: { "x-interchange-timeout-ms": "150" } });
  expect(answer.status).toBe(504);
  expect(((await answer.json()) as { error: { message: string } }).error.message).toContain("own deadline");
});

test("a supplier that fails after its first word is not replaced", async () => {
  const of = await broken({ fault: "reset-mid-stream", after: 3 });
  const body = QUESTIONS.messages.body({ stream: true });
  const text = await (await ask(of, "messages", { body })).text();
  expect(text).toContain("event: error");
  expect(of.suppliers[1]?.requests).toHaveLength(0);
});

/**
 * `count_tokens` on a running gateway: free, for everybody with a key, and near to what the supplier that would serve then
 * settles, whichever format it speaks.
 */
import { readFileSync } from "node:fs";
import { DEFAULT_LIMITS, type Format } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { png } from "./picture.ts";
import { ask, INSTRUMENT, type Rig, startRig } from "./rig.ts";

type Body = Readonly<Record<string, unknown>>;

const PROSE = readFileSync(new URL("../../../README.md", import.meta.url), "utf8").replaceAll("[[", "[ [");
const CODE = readFileSync(new URL("../src/admit.ts", import.meta.url), "utf8");

const user = (content: unknown) => ({ role: "user", content });
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: png(800, 600) } };

const TOOLS = Array.from({ length: 12 }, (_, index) => ({
  name: `berth_${index}`,
  description: PROSE.slice(index * 300, index * 300 + 300),
  input_schema: {
    type: "object",
    properties: { port: { type: "string", description: "Its name." }, day: { type: "string", format: "date" } },
    required: ["port"],
  },
}));

const HISTORY = Array.from({ length: 60 }, (_, index) => ({
  role: index % 2 === 0 ? "user" : "assistant",
  content: PROSE.slice(index * 50, index * 50 + 400),
}));

const call = { type: "tool_use", id: "toolu_1", name: "berth_1", input: { port: "Ystad", day: "2026-07-01" } };
const result = { type: "tool_result", tool_use_id: "toolu_1", content: PROSE.slice(0, 3_000) };

/** What an agent asks: bodies of several kinds, each long enough to tell something. */
const KINDS: Readonly<Record<string, Body>> = {
  prose: { messages: [user(PROSE)] },
  code: { system: PROSE.slice(0, 500), messages: [user(CODE)] },
  tools: { tools: TOOLS, messages: [user("When is high water?")] },
  "a result of a tool": {
    tools: TOOLS,
    messages: [user("Ask."), { role: "assistant", content: [call] }, user([result])],
  },
  images: { messages: [user([{ type: "text", text: PROSE.slice(0, 1_000) }, image, image, image])] },
  "a long history": { system: PROSE, messages: HISTORY },
  Russian: { messages: [user("Лоцман поднимается на борт у второго буя, когда вода стоит высоко. ".repeat(40))] },
  Japanese: { messages: [user("水先人は満潮のときに二番目の浮標で乗船します。".repeat(60))] },
};

const bodyOf = (kind: string): Body => ({ model: INSTRUMENT, ...KINDS[kind] });

async function count(rig: Rig, body: Body, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${rig.url}/v1/messages/count_tokens?beta=true`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": rig.key, ...headers },
    body: JSON.stringify(body),
  });
}

async function counted(rig: Rig, body: Body): Promise<number> {
  const answer = await count(rig, body);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { input_tokens: number }).input_tokens;
}

/** All input tokens that the supplier reports. */
async function settled(rig: Rig, body: Body): Promise<number> {
  const answer = await ask(rig, "messages", { body: { max_tokens: 20, ...body } });
  expect(answer.status, await answer.clone().text()).toBe(200);
  const { usage } = (await answer.json()) as { usage: Record<string, number> };
  const cached = (usage["cache_read_input_tokens"] ?? 0) + (usage["cache_creation_input_tokens"] ?? 0);
  return (usage["input_tokens"] ?? 0) + cached;
}

describe.each<Format>(["messages", "chat-completions"])("[E10] over a supplier of %s", (dialect) => {
  let rig: Rig;
  const want = new Map<string, number>();

  beforeAll(async () => {
    rig = await startRig({ dialects: [dialect] });
    for (const kind of Object.keys(KINDS)) {
      want.set(kind, await settled(rig, bodyOf(kind)));
      await rig.gateway.engine.tokenCounter.idle();
    }
  });
  afterAll(() => rig?.close());

  test.each(Object.keys(KINDS))("%s: within 15 percent of what was settled, and never under 90", async (kind) => {
    const ratio = (await counted(rig, bodyOf(kind))) / (want.get(kind) as number);
    expect(ratio).toBeGreaterThanOrEqual(0.9);
    expect(ratio).toBeLessThanOrEqual(1.15);
  });

  test("a mixture that was never settled", async () => {
    const messages = [...HISTORY, user([{ type: "text", text: CODE }, image])];
    const body = { model: INSTRUMENT, tools: TOOLS, messages };
    const ratio = (await counted(rig, body)) / (await settled(rig, body));
    expect(ratio).toBeGreaterThanOrEqual(0.9);
    expect(ratio).toBeLessThanOrEqual(1.15);
  });

  test("nothing went wrong on the way", () => {
    expect(rig.log()).not.toContain("nothing was learned");
    expect(rig.log()).not.toContain("estimated in place");
  });
});

describe("[E10] whoever asks", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig?.close());

  const short = { model: INSTRUMENT, messages: [user("foo")], tools: [] };

  test("pays nothing and asks no supplier", async () => {
    const before = await rig.balance();
    expect(await counted(rig, short)).toBeLessThan(12);
    expect(await rig.balance()).toEqual(before);
    expect(rig.supplier.requests).toEqual([]);
  });

  test("is answered at once, also inline", async () => {
    const answer = await fetch(`${rig.url}/inline/v1/messages/count_tokens`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${rig.key}` },
      body: JSON.stringify(short),
    });
    expect([answer.status, answer.redirected]).toEqual([200, false]);
  });

  test.each<[string, Body, Record<string, string>, number, string]>([
    ["without a key", short, { "x-api-key": "" }, 401, "authentication_error"],
    ["for an instrument that is not there", { ...short, model: "gpt-nine" }, {}, 404, "not_found_error"],
    ["without messages", { model: INSTRUMENT }, {}, 400, "invalid_request_error"],
  ])("%s is told so in the envelope", async (_, body, headers, status, type) => {
    const answer = await count(rig, body, headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ type: "error", error: { type }, request_id: expect.any(String) });
  });

  test("is told more nearly once an answer was streamed", async () => {
    const body = bodyOf("Russian");
    const before = await counted(rig, body);
    await (await ask(rig, "messages", { body: { ...body, max_tokens: 20, stream: true } })).text();
    await rig.gateway.engine.tokenCounter.idle();
    expect(await counted(rig, body)).toBeGreaterThan(before * 1.2);
  });

  test("is given the estimate of a hold where the tokenizer fails, which is no less", async () => {
    const body = bodyOf("prose");
    const exact = await counted(rig, body);
    await rig.gateway.engine.tokenCounter.close();
    const estimate = await counted(rig, body);
    expect(estimate).toBeGreaterThanOrEqual(exact);
    expect(rig.log()).toContain("tokens were estimated in place of counted");
  });
});

test("[E10] twenty-five at once are answered, whatever the limit on requests", async () => {
  const rig = await startRig({ config: { limits: { ...DEFAULT_LIMITS, requestsPerMinute: 1 } } });
  try {
    const answers = await Promise.all(Array.from({ length: 25 }, () => count(rig, bodyOf("tools"))));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 25 }, () => 200));
    expect(rig.log()).not.toContain("estimated in place");
  } finally {
    await rig.close();
  }
});

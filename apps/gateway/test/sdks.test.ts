/** The vendors' own SDKs, unchanged, on the redirected and on the inline path. */
import { randomUUID } from "node:crypto";
import Anthropic from "@anthropic-ai/sdk";
import { DEFAULT_LIMITS } from "@interchange/config";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INSTRUMENT, type Rig, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(async () => {
  expect(rig.outOfContract).toEqual([]);
  await rig.close();
});

const BASES = ["", "/inline"] as const;

const openai = (base: string, options: { key?: string; retries?: number } = {}): OpenAI =>
  new OpenAI({ baseURL: `${rig.url}${base}/v1`, apiKey: options.key ?? rig.key, maxRetries: options.retries ?? 0 });

const anthropic = (base: string, options: { key?: string; retries?: number } = {}): Anthropic =>
  new Anthropic({ baseURL: `${rig.url}${base}`, apiKey: options.key ?? rig.key, maxRetries: options.retries ?? 0 });

const user = (content: string) => [{ role: "user" as const, content }];

const textOf = (block: Anthropic.ContentBlock | undefined): string | undefined =>
  block?.type === "text" ? block.text : undefined;

const WEATHER = {
  name: "get_weather",
  description: "The weather in a city.",
  schema: { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] },
};

/** Balance before = balance after + settled, whatever `run` does; gives what it settled. */
async function settledBy<T>(run: () => Promise<T>): Promise<T> {
  const before = await rig.balance();
  const result = await run();
  await expect.poll(async () => (await rig.balance()).held).toBe(0);
  const after = await rig.balance();
  expect(before.available).toBe(after.available + (after.used - before.used));
  return result;
}

describe.each(BASES)("openai at base %j", (base) => {
  const question = { model: INSTRUMENT, messages: user("What is new?") };

  test("create", async () => {
    const answer = await settledBy(() => openai(base).chat.completions.create(question));
    expect(answer.choices[0]?.message.content).toContain("What is new?");
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
    expect(answer.model).toBe("sim-model-0");
    expect((await rig.receipt(answer._request_id ?? ""))?.tokensUsed).toBe(answer.usage?.total_tokens);
  });

  test("the stream helper folds to what create gives", async () => {
    const whole = await openai(base).chat.completions.create(question);
    const stream = openai(base).chat.completions.stream({ ...question, stream_options: { include_usage: true } });
    const folded = await settledBy(() => stream.finalChatCompletion());
    expect(folded.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(folded.choices[0]?.finish_reason).toBe("stop");
    expect(folded.usage).toMatchObject({ total_tokens: whole.usage?.total_tokens });
  });

  test("usage that was not asked for is not shown, and settled all the same", async () => {
    const stream = await openai(base).chat.completions.create({ ...question, stream: true });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.some((chunk) => chunk.usage)).toBe(false);
    expect(chunks.every((chunk) => chunk.choices.length > 0)).toBe(true);
  });

  test("a tool is called, run and its result read, whole and streamed", async () => {
    const runs: unknown[] = [];
    const tool = {
      type: "function" as const,
      function: {
        name: WEATHER.name,
        description: WEATHER.description,
        parameters: WEATHER.schema,
        parse: JSON.parse,
        function: (input: object) => {
          runs.push(input);
          return "sunny";
        },
      },
    };
    for (const stream of [false, true]) {
      const runner = openai(base).chat.completions.runTools({
        model: INSTRUMENT,
        messages: user("Use get_weather for Oslo"),
        tools: [tool],
        stream: stream as false,
      });
      expect(await runner.finalContent()).toContain("sunny");
    }
    expect(runs).toHaveLength(2);
    expect(runs[0]).toHaveProperty("city");
  });

  test("models", async () => {
    const models = await openai(base).models.list();
    expect(models.data.map((model) => model.id)).toContain(INSTRUMENT);
    expect((await openai(base).models.retrieve("TEXT-MAX")).id).toBe(INSTRUMENT);
  });
});

describe.each(BASES)("anthropic at base %j", (base) => {
  const question = { model: INSTRUMENT, max_tokens: 300, messages: user("What is new?") };

  test("create", async () => {
    const answer = await settledBy(() => anthropic(base).messages.create(question));
    expect(answer.content[0]).toMatchObject({ type: "text", text: expect.stringContaining("What is new?") });
    expect(answer.stop_reason).toBe("end_turn");
    expect(answer.model).toBe("sim-model-0");
    const { input_tokens, output_tokens } = answer.usage;
    expect((await rig.receipt(answer._request_id ?? ""))?.tokensUsed).toBe(input_tokens + output_tokens);
  });

  test("the stream helper folds to what create gives", async () => {
    const whole = await anthropic(base).messages.create(question);
    const folded = await settledBy(() => anthropic(base).messages.stream(question).finalMessage());
    expect(folded.content).toMatchObject(whole.content.map((block) => ({ type: "text", text: textOf(block) })));
    expect(folded.stop_reason).toBe("end_turn");
    expect(folded.usage).toMatchObject({ output_tokens: whole.usage.output_tokens });
  });

  test("a tool is called and its result read, whole and streamed", async () => {
    const tools = [{ name: WEATHER.name, description: WEATHER.description, input_schema: WEATHER.schema }];
    const ask = user("Use get_weather for Oslo");
    const request = { model: INSTRUMENT, max_tokens: 300, tools, messages: ask };
    const client = anthropic(base);
    for (const call of [await client.messages.create(request), await client.messages.stream(request).finalMessage()]) {
      expect(call.stop_reason).toBe("tool_use");
      const use = call.content.find((block) => block.type === "tool_use");
      expect(use?.input).toHaveProperty("city");
      const result = { type: "tool_result" as const, tool_use_id: use?.id ?? "", content: "sunny" };
      const messages = [
        ...ask,
        { role: "assistant" as const, content: call.content },
        { role: "user" as const, content: [result] },
      ];
      const answer = await client.messages.create({ ...request, messages });
      expect(answer.content[0]).toMatchObject({ type: "text", text: expect.stringContaining("sunny") });
    }
  });

  test("tokens are counted, for nothing", async () => {
    const before = await rig.balance();
    const { input_tokens } = await anthropic(base).messages.countTokens({
      model: INSTRUMENT,
      messages: user("Count me"),
    });
    expect(input_tokens).toBeGreaterThan(0);
    expect(await rig.balance()).toEqual(before);
  });

  test("models", async () => {
    const models = await anthropic(base).models.list();
    expect(models.data.map((model) => model.id)).toContain(INSTRUMENT);
    expect((await anthropic(base).models.retrieve(INSTRUMENT)).type).toBe("model");
  });
});

/** How to come by each status, and the very class that each SDK then raises. */
interface Fault {
  readonly status: number;
  readonly name: string;
  /** Where to ask; the market above unless said. */
  readonly market?: () => Rig;
  /** Made anew for each SDK. */
  readonly key?: () => Promise<string>;
  /** Asked before, with the same key and headers, and answered. */
  readonly first?: string;
  readonly content?: string;
  readonly bad?: Record<string, unknown>;
  /** Made anew for each SDK. */
  readonly headers?: () => Record<string, string>;
  /** The SDK's own low-level call in place of `create`. */
  readonly method?: "put";
  readonly openai: unknown;
  readonly anthropic: unknown;
}

const broke = async (): Promise<string> => {
  const { ledger } = rig.gateway.engine;
  const account = await ledger.openAccount({ id: "acc_broke", name: "Broke" });
  return (await ledger.createKey({ accountId: account.id, role: "consumption" })).secret;
};

const narrow = async (): Promise<string> => {
  const { ledger } = rig.gateway.engine;
  const key = await ledger.createKey({ accountId: rig.accountId, role: "consumption", instruments: ["text-prime"] });
  return key.secret;
};

const BODY_BYTES_MAX = 2_000;

let limited: Rig;
let paused: Rig;
beforeAll(async () => {
  const limits = { ...DEFAULT_LIMITS, requestsPerMinute: 1, bodyBytesMax: BODY_BYTES_MAX };
  limited = await startRig({ config: { limits } });
  const suppliers = rig.gateway.engine.config.suppliers.map((row) => ({
    ...row,
    offers: row.offers.map((offer) => ({ ...offer, status: "paused" as const })),
  }));
  paused = await startRig({ config: { suppliers } });
});
afterAll(async () => {
  expect([...limited.outOfContract, ...paused.outOfContract]).toEqual([]);
  await Promise.all([limited.close(), paused.close()]);
});

const another = async (): Promise<string> => {
  const { ledger } = limited.gateway.engine;
  return (await ledger.createKey({ accountId: limited.accountId, role: "consumption" })).secret;
};

const internal = { openai: OpenAI.InternalServerError, anthropic: Anthropic.InternalServerError };
const badRequest = { openai: OpenAI.BadRequestError, anthropic: Anthropic.BadRequestError };
// Neither SDK has a class for these, so they raise the one that all others extend.
const plain = { openai: OpenAI.APIError, anthropic: Anthropic.APIError };

/** Every status of an error but 500: that is a bug of ours, and nothing that a caller sends may produce one. */
const FAULTS: readonly Fault[] = [
  { status: 400, name: "a wrong type", bad: { temperature: "hot" }, ...badRequest },
  { status: 400, name: "the supplier's own", content: "[[sim status=400]]", ...badRequest },
  {
    status: 401,
    name: "no such key",
    key: async () => "ick_none",
    openai: OpenAI.AuthenticationError,
    anthropic: Anthropic.AuthenticationError,
  },
  {
    status: 402,
    name: "no tokens",
    key: broke,
    openai: OpenAI.APIError,
    anthropic: Anthropic.PaymentRequiredError,
  },
  {
    status: 403,
    name: "a key for another instrument",
    key: narrow,
    openai: OpenAI.PermissionDeniedError,
    anthropic: Anthropic.PermissionDeniedError,
  },
  {
    status: 404,
    name: "no such instrument",
    bad: { model: "text-nonsense" },
    openai: OpenAI.NotFoundError,
    anthropic: Anthropic.NotFoundError,
  },
  { status: 405, name: "another method", method: "put", ...plain },
  {
    status: 409,
    name: "an idempotency key of another body",
    first: "Another question",
    headers: () => ({ "idempotency-key": randomUUID() }),
    openai: OpenAI.ConflictError,
    anthropic: Anthropic.ConflictError,
  },
  {
    status: 413,
    name: "a long body",
    market: () => limited,
    key: another,
    content: "x".repeat(BODY_BYTES_MAX),
    openai: OpenAI.APIError,
    anthropic: Anthropic.ContentTooLargeError,
  },
  {
    status: 415,
    name: "another content type",
    headers: () => ({ "content-type": "text/plain" }),
    ...plain,
  },
  {
    status: 422,
    name: "a value out of range",
    bad: { temperature: 3 },
    openai: OpenAI.UnprocessableEntityError,
    anthropic: Anthropic.UnprocessableEntityError,
  },
  {
    status: 429,
    name: "too often",
    market: () => limited,
    key: another,
    first: "Hello",
    openai: OpenAI.RateLimitError,
    anthropic: Anthropic.RateLimitError,
  },
  { status: 502, name: "a supplier that fails", content: "[[sim status=500]]", ...internal },
  { status: 502, name: "a supplier that breaks off", content: "[[sim fault=reset]]", ...internal },
  { status: 502, name: "a supplier that does not know us", content: "[[sim status=401]]", ...internal },
  {
    status: 503,
    name: "every supplier paused",
    market: () => paused,
    openai: OpenAI.InternalServerError,
    anthropic: Anthropic.ServiceUnavailableError,
  },
];

const SILENCE: Fault = {
  status: 504,
  name: "a supplier that is silent",
  content: "[[sim fault=hang]]",
  openai: OpenAI.InternalServerError,
  anthropic: Anthropic.GatewayTimeoutError,
};

/** Asks as the row says, with an SDK that does not retry, and gives what it raised. */
type Provoke = (base: string, fault: Fault) => Promise<unknown>;

const provokeOpenai: Provoke = async (base, { market, first, headers, method, key, ...fault }) => {
  const { url, key: funded } = market?.() ?? rig;
  const client = new OpenAI({ baseURL: `${url}${base}/v1`, apiKey: (await key?.()) ?? funded, maxRetries: 0 });
  const options = { headers: headers?.() ?? {} };
  const asking = (content: string) => ({ model: INSTRUMENT, messages: user(content), max_completion_tokens: 10 });
  if (first !== undefined) await client.chat.completions.create(asking(first), options);
  const body = { ...asking(fault.content ?? "Hello"), stream: true, ...fault.bad } as const;
  const raising =
    method === undefined
      ? client.chat.completions.create(body, options)
      : client[method]("/chat/completions", { body, ...options });
  return raising.then(
    () => undefined,
    (error: unknown) => error,
  );
};

const provokeAnthropic: Provoke = async (base, { market, first, headers, method, key, ...fault }) => {
  const { url, key: funded } = market?.() ?? rig;
  const client = new Anthropic({ baseURL: `${url}${base}`, apiKey: (await key?.()) ?? funded, maxRetries: 0 });
  const options = { headers: headers?.() ?? {} };
  const asking = (content: string) => ({ model: INSTRUMENT, messages: user(content), max_tokens: 10 });
  if (first !== undefined) await client.messages.create(asking(first), options);
  const body = { ...asking(fault.content ?? "Hello"), stream: true, ...fault.bad } as const;
  const raising =
    method === undefined ? client.messages.create(body, options) : client[method]("/v1/messages", { body, ...options });
  return raising.then(
    () => undefined,
    (error: unknown) => error,
  );
};

const PROVOKED = { openai: provokeOpenai, anthropic: provokeAnthropic } as const;

const SDKS = ["openai", "anthropic"] as const;

async function expectRaised(base: string, sdk: (typeof SDKS)[number], fault: Fault): Promise<void> {
  const market = fault.market?.() ?? rig;
  const { used, available } = await market.balance();
  const error = await PROVOKED[sdk](base, fault);
  expect((error as Error).constructor).toBe(fault[sdk]);
  expect(error).toMatchObject({ status: fault.status, requestID: expect.stringMatching(/^req_/) });
  await expect.poll(async () => (await market.balance()).held).toBe(0);
  const after = await market.balance();
  expect(after.available).toBe(available - (after.used - used));
  expect(after.used > used).toBe(fault.first !== undefined);
}

describe.each(BASES)("errors at base %j", (base) => {
  describe.each(SDKS)("%s", (sdk) => {
    test.each(FAULTS)("$status $name", (fault) => expectRaised(base, sdk, fault));
  });
});

// They do nothing but wait, so they wait together.
describe.concurrent.each(BASES)("errors at base %j", (base) => {
  test.each(SDKS)(`%s ${SILENCE.status} ${SILENCE.name}`, (sdk) => expectRaised(base, sdk, SILENCE));
});

describe("retries", () => {
  test("a supplier that just failed is passed over when the SDK comes back", async () => {
    const market = await startRig({ suppliers: [{ directives: { status: 500 } }, {}] });
    try {
      const client = new OpenAI({ baseURL: `${market.url}/v1`, apiKey: market.key, maxRetries: 2 });
      const answer = await client.chat.completions.create({ model: INSTRUMENT, messages: user("Hello") });
      expect(answer.model).toBe("sim-model-1");
      expect(market.suppliers.map((supplier) => supplier.requests.length)).toEqual([1, 1]);
      const { used } = await market.balance();
      expect(used).toBe(answer.usage?.total_tokens);
    } finally {
      await market.close();
    }
  });
});

/** An SDK that follows by way of `fetch`, with its default retries; gives the model that answered. */
const FOLLOWERS = {
  openai: async ({ url, key }: Rig, follow: typeof fetch) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, fetch: follow });
    return (await client.chat.completions.create({ model: INSTRUMENT, messages: user("Hello") })).model;
  },
  anthropic: async ({ url, key }: Rig, follow: typeof fetch) => {
    const client = new Anthropic({ baseURL: url, apiKey: key, fetch: follow });
    return (await client.messages.create({ model: INSTRUMENT, max_tokens: 10, messages: user("Hello") })).model;
  },
} as const;

/** What makes a ticket stale between the redirect and the follower, and how often the supplier has been asked by the end. */
const STALE = [
  {
    how: "spent",
    runs: 2,
    spoil: async (_market: Rig, follow: () => Promise<Response>) => void (await (await follow()).text()),
  },
  { how: "expired", runs: 1, spoil: async (market: Rig) => market.later(60_001) },
] as const;

describe.each(STALE)("a ticket that is $how", ({ runs, spoil }) => {
  test.each(["openai", "anthropic"] as const)("brings %s back to the first URL, and it is answered", async (sdk) => {
    const market = await startRig();
    try {
      const seen: [path: string, status: number][] = [];
      const follow: typeof fetch = async (url, init) => {
        const redirect = await fetch(url, { ...init, redirect: "manual" });
        const again = () => fetch(new URL(redirect.headers.get("location") ?? "", market.url), init);
        if (seen.length === 0) await spoil(market, again);
        const response = await again();
        seen.push([new URL(String(url)).pathname, response.status]);
        return response;
      };
      expect(await FOLLOWERS[sdk](market, follow)).toBe("sim-model-0");
      const path = sdk === "openai" ? "/v1/chat/completions" : "/v1/messages";
      expect(seen).toEqual([
        [path, 503],
        [path, 200],
      ]);
      expect(market.supplier.requests).toHaveLength(runs);
      await expect.poll(async () => (await market.balance()).held).toBe(0);
    } finally {
      await market.close();
    }
  });
});

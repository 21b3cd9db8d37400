/** The vendors' own SDKs, unchanged, on the redirected and on the inline path. */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../src/config/index.ts";
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

/** How to come by each status, and what each SDK then raises. `sim` is programmed into the supplier for the request. */
interface Fault {
  readonly status: number;
  readonly model?: string;
  readonly key?: () => Promise<string>;
  readonly sim?: string;
  readonly path?: string;
  readonly bad?: Record<string, unknown>;
  readonly openai: new (...args: never[]) => Error;
  readonly anthropic: new (...args: never[]) => Error;
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

const FAULTS: readonly Fault[] = [
  { status: 400, bad: { temperature: "hot" }, openai: OpenAI.BadRequestError, anthropic: Anthropic.BadRequestError },
  {
    status: 401,
    key: async () => "ick_none",
    openai: OpenAI.AuthenticationError,
    anthropic: Anthropic.AuthenticationError,
  },
  { status: 402, key: broke, openai: OpenAI.APIError, anthropic: Anthropic.APIError },
  { status: 403, key: narrow, openai: OpenAI.PermissionDeniedError, anthropic: Anthropic.PermissionDeniedError },
  { status: 404, model: "text-nonsense", openai: OpenAI.NotFoundError, anthropic: Anthropic.NotFoundError },
  {
    status: 422,
    bad: { temperature: 3 },
    openai: OpenAI.UnprocessableEntityError,
    anthropic: Anthropic.UnprocessableEntityError,
  },
  { status: 502, sim: "status=500", openai: OpenAI.InternalServerError, anthropic: Anthropic.InternalServerError },
  { status: 502, sim: "fault=reset", openai: OpenAI.InternalServerError, anthropic: Anthropic.InternalServerError },
  { status: 502, sim: "status=401", openai: OpenAI.InternalServerError, anthropic: Anthropic.InternalServerError },
  { status: 504, sim: "fault=hang", openai: OpenAI.InternalServerError, anthropic: Anthropic.InternalServerError },
  { status: 400, sim: "status=400", openai: OpenAI.BadRequestError, anthropic: Anthropic.BadRequestError },
];

describe.each(BASES)("errors at base %j", (base) => {
  test.each(FAULTS)("$status $sim $model", async (fault) => {
    const key = await fault.key?.();
    const options = key === undefined ? {} : { key };
    const content = fault.sim === undefined ? "Hello" : `Hello [[sim ${fault.sim}]]`;
    const request = { model: fault.model ?? INSTRUMENT, messages: user(content), stream: true, ...fault.bad } as const;
    const before = await rig.balance();
    const errors = await Promise.all([
      openai(base, options)
        .chat.completions.create(request)
        .catch((error: unknown) => error),
      anthropic(base, options)
        .messages.create({ ...request, max_tokens: 10 })
        .catch((error: unknown) => error),
    ]);
    expect(errors[0]).toBeInstanceOf(fault.openai);
    expect(errors[1]).toBeInstanceOf(fault.anthropic);
    for (const error of errors) {
      expect(error).toMatchObject({ status: fault.status, requestID: expect.stringMatching(/^req_/) });
    }
    await expect.poll(async () => (await rig.balance()).available).toBe(before.available);
  });
});

describe("limits", () => {
  test("429 and 413 raise the matching class", async () => {
    const limited = await startRig({
      config: { limits: { ...DEFAULT_LIMITS, requestsPerMinute: 1, bodyBytesMax: 2_000 } },
    });
    try {
      const client = new OpenAI({ baseURL: `${limited.url}/v1`, apiKey: limited.key, maxRetries: 0 });
      const question = { model: INSTRUMENT, messages: user("Hello") };
      await client.chat.completions.create(question);
      await expect(client.chat.completions.create(question)).rejects.toBeInstanceOf(OpenAI.RateLimitError);
      const other = await limited.gateway.engine.ledger.createKey({
        accountId: limited.accountId,
        role: "consumption",
      });
      const claude = new Anthropic({ baseURL: limited.url, apiKey: other.secret, maxRetries: 0 });
      const long = { model: INSTRUMENT, max_tokens: 10, messages: user("x".repeat(3_000)) };
      await expect(claude.messages.create(long)).rejects.toBeInstanceOf(Anthropic.ContentTooLargeError);
      await expect(claude.messages.create(long)).rejects.toBeInstanceOf(Anthropic.RateLimitError);
    } finally {
      await limited.close();
    }
  });
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

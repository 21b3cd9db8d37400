/** Both vendors' own SDKs, pointed straight at the simulator: what they make of every kind of answer. */
import Anthropic, * as anthropicErrors from "@anthropic-ai/sdk";
import OpenAI, * as openaiErrors from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { supplierForTests } from "./caller.ts";

const supplier = supplierForTests({ config: { credential: "sim-key" } });
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(() => {
  const { url } = supplier.current;
  openai = new OpenAI({ apiKey: "sim-key", baseURL: `${url}/v1`, maxRetries: 0 });
  anthropic = new Anthropic({ apiKey: "sim-key", baseURL: url, maxRetries: 0 });
});

const ask = (content: string) => ({ model: "sim-prime", messages: [{ role: "user" as const, content }] });
const message = (content: string) => ({ ...ask(content), max_tokens: 1000 });
const schema = { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] };

describe("openai", () => {
  const tools = [{ type: "function" as const, function: { name: "get_weather", parameters: schema } }];

  test("create", async () => {
    const answer = await openai.chat.completions.create(ask("hi"));
    expect(answer.choices[0]?.message.content).toContain("You asked: “hi”.");
    expect(answer._request_id).toMatch(/^req_/);
  });

  test("the stream helper folds what create gives", async () => {
    const [whole, folded] = await Promise.all([
      openai.chat.completions.create(ask("hi")),
      openai.chat.completions.stream({ ...ask("hi"), stream_options: { include_usage: true } }).finalChatCompletion(),
    ]);
    expect(folded.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(folded.choices[0]?.finish_reason).toBe("stop");
    expect(folded.usage).toEqual(whole.usage);
  });

  test.each(["crlf", "comments", "slow-drip"])("the stream helper bears with %s", async (fault) => {
    const text = await openai.chat.completions
      .stream(ask(`hi [[sim fault=${fault} text="héllo wörld"]]`))
      .finalContent();
    expect(text).toBe("héllo wörld");
  });

  test("tools, run to the end by the SDK", async () => {
    const given: unknown[] = [];
    const run = (input: unknown) => {
      given.push(input);
      return "18 degrees";
    };
    const runnable = {
      type: "function" as const,
      function: { name: "get_weather", parameters: schema, parse: JSON.parse, function: run, description: "" },
    };
    const runner = openai.chat.completions.runTools({ ...ask("weather?"), stream: true, tools: [runnable] });
    expect(await runner.finalContent()).toContain("The tool get_weather returned: “18 degrees”.");
    expect(given).toEqual([{ city: "simulated city" }]);
  });

  test("parallel tools in a stream", async () => {
    const both = [...tools, { type: "function" as const, function: { name: "get_time" } }];
    const folded = await openai.chat.completions
      .stream({ ...ask("get_weather, get_time"), tools: both })
      .finalChatCompletion();
    const calls = folded.choices[0]?.message.tool_calls?.map(
      (call) => call.type === "function" && [call.function.name, call.function.arguments],
    );
    expect(calls).toEqual([
      ["get_weather", '{"city":"simulated city"}'],
      ["get_time", "{}"],
    ]);
  });

  test.each<[number, new (...args: never[]) => Error]>([
    [400, openaiErrors.BadRequestError],
    [401, openaiErrors.AuthenticationError],
    [403, openaiErrors.PermissionDeniedError],
    [404, openaiErrors.NotFoundError],
    [409, openaiErrors.ConflictError],
    [422, openaiErrors.UnprocessableEntityError],
    [429, openaiErrors.RateLimitError],
    [503, openaiErrors.InternalServerError],
  ])("%i is its own class of error", async (status, Class) => {
    const asked = openai.chat.completions.create(ask(`[[sim status=${status} message="no ${status}"]]`));
    await expect(asked).rejects.toThrow(Class);
    await expect(asked).rejects.toThrow(`no ${status}`);
  });

  test("a wrong key", async () => {
    const asked = openai.withOptions({ apiKey: "other" }).chat.completions.create(ask("hi"));
    await expect(asked).rejects.toThrow(openaiErrors.AuthenticationError);
  });

  test("error-mid-stream", async () => {
    const asked = openai.chat.completions.stream(ask("[[sim fault=error-mid-stream message=enough]]")).finalContent();
    await expect(asked).rejects.toThrow("enough");
  });

  test("retry-after is waited for, and the second try succeeds", async () => {
    supplier.current.program({ status: 429, retryAfterMs: 50 }, { times: 1 });
    const start = performance.now();
    const answer = await openai.withOptions({ maxRetries: 1 }).chat.completions.create(ask("hi"));
    expect(answer.choices.length).toBe(1);
    expect(performance.now() - start).toBeGreaterThan(45);
  });

  test("models", async () => {
    const names = (await openai.models.list()).data.map((model) => model.id);
    expect(names).toEqual(["sim-standard", "sim-prime", "sim-max"]);
  });
});

describe("anthropic", () => {
  const tools = [{ name: "get_weather", input_schema: schema }];

  test("create", async () => {
    const answer = await anthropic.messages.create(message("hi"));
    expect(answer.content).toEqual([
      { type: "text", text: expect.stringContaining("You asked: “hi”."), citations: null },
    ]);
    expect(answer._request_id).toMatch(/^req_/);
  });

  test("the stream helper folds what create gives", async () => {
    const asked = { ...message("hi"), max_tokens: 3000, thinking: { type: "enabled" as const, budget_tokens: 2000 } };
    const [whole, folded] = await Promise.all([
      anthropic.messages.create(asked),
      anthropic.messages.stream(asked).finalMessage(),
    ]);
    const plain = whole.content.map((block) =>
      block.type === "text" ? { type: block.type, text: block.text } : block,
    );
    expect(folded.content).toEqual(plain);
    expect([folded.stop_reason, folded.usage]).toEqual([whole.stop_reason, whole.usage]);
    expect(plain.map((block) => block.type)).toEqual(["thinking", "text"]);
  });

  test.each(["crlf", "comments", "slow-drip"])("the stream helper bears with %s", async (fault) => {
    const text = await anthropic.messages.stream(message(`hi [[sim fault=${fault} text="héllo wörld"]]`)).finalText();
    expect(text).toBe("héllo wörld");
  });

  test("a tool call in a stream", async () => {
    const folded = await anthropic.messages.stream({ ...message("weather?"), tools }).finalMessage();
    expect(folded.stop_reason).toBe("tool_use");
    expect(folded.content).toMatchObject([
      { type: "tool_use", name: "get_weather", input: { city: "simulated city" } },
    ]);
  });

  test("a tool without arguments in a stream", async () => {
    const empty = [{ name: "get_time", input_schema: { type: "object" as const } }];
    const folded = await anthropic.messages.stream({ ...message("time?"), tools: empty }).finalMessage();
    expect(folded.content).toMatchObject([{ type: "tool_use", name: "get_time", input: {} }]);
  });

  test.each<[number, new (...args: never[]) => Error]>([
    [400, anthropicErrors.BadRequestError],
    [401, anthropicErrors.AuthenticationError],
    [403, anthropicErrors.PermissionDeniedError],
    [404, anthropicErrors.NotFoundError],
    [409, anthropicErrors.ConflictError],
    [422, anthropicErrors.UnprocessableEntityError],
    [429, anthropicErrors.RateLimitError],
    [529, anthropicErrors.InternalServerError],
  ])("%i is its own class of error", async (status, Class) => {
    const asked = anthropic.messages.create(message(`[[sim status=${status} message="no ${status}"]]`));
    await expect(asked).rejects.toThrow(Class);
    await expect(asked).rejects.toThrow(`no ${status}`);
  });

  test("a wrong key", async () => {
    const asked = anthropic.withOptions({ apiKey: "other" }).messages.create(message("hi"));
    await expect(asked).rejects.toThrow(anthropicErrors.AuthenticationError);
  });

  test("error-mid-stream", async () => {
    const asked = anthropic.messages.stream(message("[[sim fault=error-mid-stream message=enough]]")).finalMessage();
    await expect(asked).rejects.toThrow("enough");
  });

  test("count tokens, models", async () => {
    const { input_tokens } = await anthropic.messages.countTokens(ask("twelve bytes"));
    expect(input_tokens).toBe(3);
    const names: string[] = [];
    for await (const model of anthropic.models.list()) names.push(model.id);
    expect(names).toEqual(["sim-standard", "sim-prime", "sim-max"]);
  });
});

/** Chat Completions on the wire: each request and what it must be answered, written out. */
import { describe, expect, test } from "vitest";
import { ask, askEvents, askJson, type Json, jsonOf, type Programmed, sim, supplierForTests } from "./caller.ts";

const supplier = supplierForTests();
const whole = (body?: Json, init?: Programmed) => askJson(supplier.current.url, "chat-completions", body, init);
const events = (body?: Json, init?: Programmed) => askEvents(supplier.current.url, "chat-completions", body, init);

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
      required: ["city"],
    },
  },
};
const clock = { type: "function", function: { name: "get_time" } };
const weatherCall = { name: "get_weather", arguments: '{"city":"simulated city"}' };

test("text: the whole document", async () => {
  const answer = await whole({}, sim({ text: "Hello there." }));
  expect(answer).toEqual({
    id: expect.stringMatching(/^chatcmpl-[a-z0-9]+$/),
    object: "chat.completion",
    created: expect.closeTo(Date.now() / 1000, -2),
    model: "sim-prime",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Hello there.", refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: {
      prompt_tokens: 2,
      completion_tokens: 3,
      total_tokens: 5,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    service_tier: "default",
    system_fingerprint: "fp_sim",
  });
});

test("text: the stream, with the usage that was asked for", async () => {
  const seen = await events({ stream_options: { include_usage: true } }, sim("text=one two; chunks=2"));
  expect(
    seen.slice(0, -1).map((event) => [event.choices[0]?.delta, event.choices[0]?.finish_reason, event.usage]),
  ).toEqual([
    [{ role: "assistant", content: "", refusal: null }, null, null],
    [{ content: "one" }, null, null],
    [{ content: " two" }, null, null],
    [{}, "stop", null],
    [undefined, undefined, expect.objectContaining({ prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 })],
  ]);
  expect(seen.at(-1)).toBe("[DONE]");
  expect(new Set(seen.slice(0, -1).map((event) => `${event.id} ${event.object} ${event.model}`)).size).toBe(1);
  expect(seen[0]).toMatchObject({ object: "chat.completion.chunk", model: "sim-prime" });
});

test("usage-unasked: no event of the stream speaks of usage", async () => {
  const seen = await events();
  expect(seen.filter((event) => event !== "[DONE]" && "usage" in event)).toEqual([]);
  expect(seen.at(-2).choices[0].finish_reason).toBe("stop");
});

/** [situation, request, what the first choice must be]. */
const choices: [string, Json, Json][] = [
  ["tool: the only one is called", { tools: [weather] }, { calls: [weatherCall], content: null, finish: "tool_calls" }],
  [
    "tool-without-arguments",
    { tools: [clock], tool_choice: "required" },
    { calls: [{ name: "get_time", arguments: "{}" }], finish: "tool_calls" },
  ],
  [
    "parallel-tools: all that are mentioned",
    { tools: [clock, weather], messages: [{ role: "user", content: "Use get weather, then GET_TIME." }] },
    { calls: [{ name: "get_time", arguments: "{}" }, weatherCall] },
  ],
  [
    "parallel tools switched off",
    {
      tools: [clock, weather],
      parallel_tool_calls: false,
      messages: [{ role: "user", content: "get_weather and get_time" }],
    },
    { calls: [{ name: "get_time", arguments: "{}" }] },
  ],
  [
    "a tool named by the choice",
    { tools: [clock, weather], tool_choice: { type: "function", function: { name: "get_weather" } } },
    { calls: [weatherCall] },
  ],
  ["several tools and none mentioned", { tools: [clock, weather] }, { calls: [], finish: "stop" }],
  [
    "a name inside another word is no mention",
    { tools: [clock, weather], messages: [{ role: "user", content: "forget_time" }] },
    { calls: [] },
  ],
  ["tool choice none", { tools: [weather], tool_choice: "none" }, { calls: [], finish: "stop" }],
  [
    "tool-result: text, with the result in it",
    {
      tools: [weather],
      messages: [
        { role: "user", content: "get_weather" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "call_9", type: "function", function: { name: "get_weather", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "call_9", content: [{ type: "text", text: "18 degrees" }] },
      ],
    },
    { calls: [], content: expect.stringContaining("The tool get_weather returned: “18 degrees”."), finish: "stop" },
  ],
  [
    "custom tool: free text",
    { tools: [{ type: "custom", custom: { name: "note" } }] },
    { calls: [{ name: "note", input: "simulated input for note" }], finish: "tool_calls" },
  ],
  [
    "image and document",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
            { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
            { type: "file", file: { file_id: "file-1" } },
          ],
        },
      ],
    },
    { content: expect.stringContaining("You asked nothing in words. I saw 2 images and 1 document.") },
  ],
  ["length", { max_tokens: 4 }, { content: "[simulated by si", finish: "length" }],
  [
    "max_completion_tokens wins",
    { max_tokens: 1, max_completion_tokens: 2 },
    { content: "[simulat", finish: "length" },
  ],
  ["stop-sequence", { stop: "You asked" }, { content: "[simulated by sim-prime] ", finish: "stop" }],
  ["the first of several stop sequences", { stop: ["asked", "by"] }, { content: "[simulated ", finish: "stop" }],
  ["null is as good as absent", { stop: null, max_tokens: null, n: null, response_format: null }, { finish: "stop" }],
  ["thinking", { reasoning_effort: "low" }, { reasoning: "Simulated reasoning about “hello”." }],
  ["no thinking at effort none", { reasoning_effort: "none" }, { reasoning: undefined }],
  [
    "truncated tool call",
    { tools: [weather], max_tokens: 5 },
    { calls: [{ name: "get_weather", arguments: '{"city":' }], finish: "length" },
  ],
];

describe("the first choice", () => {
  test.each(choices)("%s", async (_, body, want) => {
    const { message, finish_reason } = (await whole(body)).choices[0];
    const calls = (message.tool_calls ?? []).map((call: Json) => call.function ?? call.custom);
    const seen = { content: message.content, calls, finish: finish_reason, reasoning: message.reasoning_content };
    expect(seen).toMatchObject(want);
  });

  test.each(choices)("folded from the stream: %s", async (_, body) => {
    const seen = foldChoice(await events(body));
    const { message, finish_reason } = (await whole(body)).choices[0];
    const { refusal: _refusal, ...said } = message;
    for (const call of said.tool_calls ?? []) call.id = expect.stringMatching(/^call_\w+$/);
    expect(seen).toEqual({ ...said, finish_reason });
  });
});

function foldChoice(seen: Json[]): Json {
  const folded: Json = {};
  for (const event of seen) {
    const choice = event.choices?.[0];
    if (choice === undefined) continue;
    for (const [key, value] of Object.entries(choice.delta)) foldField(folded, key, value);
    if (choice.finish_reason !== null) folded.finish_reason = choice.finish_reason;
  }
  return folded;
}

function foldField(folded: Json, key: string, value: Json): void {
  if (key === "refusal") return;
  if (key === "tool_calls") {
    folded.tool_calls ??= [];
    foldCall(folded.tool_calls, value[0]);
  } else folded[key] = typeof folded[key] === "string" ? folded[key] + value : value;
}

function foldCall(calls: Json[], { index, ...delta }: Json): void {
  if (calls[index] === undefined) calls[index] = delta;
  else if (delta.custom) calls[index].custom.input += delta.custom.input;
  else calls[index].function.arguments += delta.function.arguments;
}

test("n: every choice has an index and an ending, and the stream shows them side by side", async () => {
  const { choices: seen, usage } = await whole({ n: 3 });
  expect(seen.map((choice: Json) => [choice.index, choice.finish_reason, choice.message.content.slice(-10)])).toEqual([
    [0, "stop", "simulator."],
    [1, "stop", "(choice 2)"],
    [2, "stop", "(choice 3)"],
  ]);
  expect(usage.completion_tokens).toBeGreaterThan(3 * 20);
  const streamed = await events({ n: 2 }, sim("chunks=1;text=hi"));
  expect(streamed.slice(0, -1).map((event) => event.choices[0].index)).toEqual([0, 1, 0, 1, 0, 1]);
});

test("structured: a document that has the schema's required properties", async () => {
  const schema = {
    type: "object",
    required: ["name", "tags", "size"],
    properties: {
      name: { type: "string", maxLength: 5 },
      tags: { type: "array", items: { $ref: "#/$defs/tag" }, minItems: 2 },
      size: { anyOf: [{ type: "integer", minimum: 7 }, { type: "null" }] },
      colour: { type: "string" },
    },
    $defs: { tag: { enum: ["red", "blue"] } },
  };
  const asked = { response_format: { type: "json_schema", json_schema: { name: "thing", schema } } };
  const { content } = (await whole(asked)).choices[0].message;
  expect(JSON.parse(content)).toEqual({ name: "simul", tags: ["red", "red"], size: 7 });
});

test("structured: any JSON object", async () => {
  const { content } = (await whole({ response_format: { type: "json_object" } })).choices[0].message;
  expect(JSON.parse(content)).toEqual({ answer: expect.stringContaining("hello") });
});

test("logprobs: one for each word, the same streamed and whole", async () => {
  const asked = { logprobs: true, top_logprobs: 2 };
  const said = (await whole(asked, sim("text=one two"))).choices[0].logprobs.content;
  expect(said.map((entry: Json) => [entry.token, entry.bytes.length, entry.top_logprobs.length])).toEqual([
    ["one", 3, 2],
    [" two", 4, 2],
  ]);
  const streamed = (await events(asked, sim("text=one two"))).flatMap(
    (event) => event.choices?.[0].logprobs?.content ?? [],
  );
  expect(streamed).toEqual(said);
  expect((await whole()).choices[0].logprobs).toBeNull();
});

test("cached-usage and reasoning: inside the totals, never on top of them", async () => {
  const { usage } = await whole({}, sim("text=abcd;cachedTokens=1;reasoningTokens=10"));
  expect(usage).toMatchObject({
    prompt_tokens: 2,
    completion_tokens: 11,
    total_tokens: 13,
    prompt_tokens_details: { cached_tokens: 1 },
    completion_tokens_details: { reasoning_tokens: 10 },
  });
  expect((await whole({}, sim("cachedTokens=99"))).usage.prompt_tokens_details.cached_tokens).toBe(2);
});

test("refusal", async () => {
  const { message, finish_reason } = (await whole({}, sim("refusal=I will not."))).choices[0];
  expect([message.content, message.refusal, finish_reason]).toEqual([null, "I will not.", "stop"]);
  const streamed = await events({}, sim("refusal=I will not."));
  expect(streamed.map((event) => event.choices?.[0].delta.refusal ?? "").join("")).toBe("I will not.");
});

const user = { role: "user", content: "hello" };
const toolTurn = { role: "tool", tool_call_id: "call_1", content: "x" };

describe("refused with 400", () => {
  test.each<[string, Json, string]>([
    ["no model", { model: undefined }, "model"],
    ["no messages", { messages: [] }, "messages"],
    ["a role of nobody", { messages: [{ role: "boss", content: "x" }] }, "messages[0].role"],
    ["a user without content", { messages: [{ role: "user" }] }, "messages[0].content"],
    ["a tool message that answers nothing", { messages: [user, toolTurn] }, "messages[1].tool_call_id"],
    [
      "an empty list of tool calls",
      { messages: [user, { role: "assistant", tool_calls: [] }] },
      "messages[1].tool_calls",
    ],
    ["temperature over its limit", { temperature: 2.1 }, "temperature"],
    ["n under its limit", { n: 0 }, "n"],
    ["a tool without a name", { tools: [{ type: "function", function: {} }] }, "tools[0].function.name"],
    ["a tool choice without tools", { tool_choice: "auto" }, "tool_choice"],
    ["a schema without a name", { response_format: { type: "json_schema", json_schema: {} } }, "response_format"],
  ])("%s", async (_, body, param) => {
    const response = await ask(supplier.current.url, "chat-completions", body);
    expect(response.status).toBe(400);
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    expect(await jsonOf(response)).toEqual({
      error: { message: expect.stringContaining(param), type: "invalid_request_error", param, code: null },
    });
  });

  test.each(["{", "[]", "null", ""])("the body %j", async (body) => {
    const response = await ask(supplier.current.url, "chat-completions", {}, { body });
    expect([response.status, (await jsonOf(response)).error.type]).toEqual([400, "invalid_request_error"]);
  });
});

test("what a client reminds the model of is not quoted", async () => {
  const content = [
    { type: "text", text: "What does README.md say?" },
    { type: "text", text: "<system-reminder>\nToday is Monday.\n</system-reminder>" },
  ];
  const { choices } = await whole({ messages: [{ role: "user", content }] });
  expect(choices[0].message.content).toContain("You asked: “What does README.md say?”.");
});

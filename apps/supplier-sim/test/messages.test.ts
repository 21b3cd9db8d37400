/** Messages on the wire: each request and what it must be answered, written out. */
import { describe, expect, test } from "vitest";
import { ask, askEvents, askJson, type Json, jsonOf, type Programmed, sim, supplierForTests } from "./caller.ts";

const supplier = supplierForTests();
const whole = (body?: Json, init?: Programmed) => askJson(supplier.current.url, "messages", body, init);
const events = (body?: Json, init?: Programmed) => askEvents(supplier.current.url, "messages", body, init);

const weather = {
  name: "get_weather",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const clock = { name: "get_time", input_schema: { type: "object" } };
const toolUse = (name: string, input: object) => ({
  type: "tool_use",
  id: expect.stringMatching(/^toolu_\w+$/),
  name,
  input,
});
const text = (said: string) => ({ type: "text", text: expect.stringContaining(said), citations: null });

test("text: the whole document", async () => {
  expect(await whole({}, sim({ text: "Hello there." }))).toEqual({
    id: expect.stringMatching(/^msg_[a-z0-9]+$/),
    type: "message",
    role: "assistant",
    model: "sim-prime",
    content: [{ type: "text", text: "Hello there.", citations: null }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 2, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 3 },
  });
});

test("text: the stream, event by event", async () => {
  const response = await ask(
    supplier.current.url,
    "messages",
    { stream: true },
    sim("text=one two;chunks=2;cachedTokens=1"),
  );
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const id = response.headers.get("request-id")?.replace("req_", "msg_");
  const input = { input_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 1 };
  const want = [
    {
      type: "message_start",
      message: {
        id,
        type: "message",
        role: "assistant",
        model: "sim-prime",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...input, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "ping" },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "one" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: " two" } },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { ...input, output_tokens: 2 },
    },
    { type: "message_stop" },
  ];
  const body = want.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
  expect(await response.text()).toBe(body);
});

/** [situation, request, the content, the stop reason, the stop sequence]. */
const answers: [string, Json, Json[], string, string | null][] = [
  [
    "system turns are no user turns",
    {
      messages: [
        { role: "user", content: "hi" },
        { role: "system", content: "be kind" },
      ],
    },
    [text("“hi”")],
    "end_turn",
    null,
  ],
  ["tool", { tools: [weather] }, [toolUse("get_weather", { city: "simulated city" })], "tool_use", null],
  ["tool-without-arguments", { tools: [clock] }, [toolUse("get_time", {})], "tool_use", null],
  [
    "parallel-tools",
    { tools: [clock, weather], messages: [{ role: "user", content: "get_time and get_weather" }] },
    [toolUse("get_time", {}), toolUse("get_weather", { city: "simulated city" })],
    "tool_use",
    null,
  ],
  [
    "parallel tools switched off",
    {
      tools: [clock, weather],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
      messages: [{ role: "user", content: "get_time and get_weather" }],
    },
    [toolUse("get_time", {})],
    "tool_use",
    null,
  ],
  ["any", { tools: [clock, weather], tool_choice: { type: "any" } }, [toolUse("get_time", {})], "tool_use", null],
  [
    "a tool named by the choice",
    { tools: [clock, weather], tool_choice: { type: "tool", name: "get_weather" } },
    [toolUse("get_weather", { city: "simulated city" })],
    "tool_use",
    null,
  ],
  ["tool choice none", { tools: [weather], tool_choice: { type: "none" } }, [text("hello")], "end_turn", null],
  [
    "server tools are not called",
    { tools: [{ type: "web_search_20250305", name: "web_search" }] },
    [text("hello")],
    "end_turn",
    null,
  ],
  [
    "tool-result with an image, and tool-error",
    {
      tools: [weather],
      messages: [
        { role: "user", content: "get_weather" },
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "a", name: "get_weather", input: {} },
            { type: "tool_use", id: "b", name: "get_time", input: {} },
          ],
        },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "a",
              content: [
                { type: "text", text: "18" },
                { type: "image", source: {} },
              ],
            },
            { type: "tool_result", tool_use_id: "b", content: "broken", is_error: true },
          ],
        },
      ],
    },
    [text("I saw 1 image. The tool get_weather returned: “18”. The tool get_time failed with: “broken”.")],
    "end_turn",
    null,
  ],
  [
    "document",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "document", source: {} },
            { type: "text", text: "what?" },
          ],
        },
      ],
    },
    [text("You asked: “what?”. I saw 1 document.")],
    "end_turn",
    null,
  ],
  ["length", { max_tokens: 4 }, [text("[simulated by si")], "max_tokens", null],
  ["stop-sequence", { stop_sequences: ["never", "You"] }, [text("[simulated by sim-prime] ")], "stop_sequence", "You"],
  [
    "thinking",
    { max_tokens: 2000, thinking: { type: "enabled", budget_tokens: 1024 } },
    [
      {
        type: "thinking",
        thinking: "Simulated reasoning about “hello”.",
        signature: expect.stringMatching(/^\S{8,}$/),
      },
      text("hello"),
    ],
    "end_turn",
    null,
  ],
  [
    "thinking that is signed only",
    { thinking: { type: "adaptive", display: "omitted" } },
    [{ type: "thinking", thinking: "", signature: expect.stringMatching(/^\S{8,}$/) }, text("hello")],
    "end_turn",
    null,
  ],
  [
    "structured",
    {
      output_config: {
        format: {
          type: "json_schema",
          schema: { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] },
        },
      },
    },
    [text('{"ok":true}')],
    "end_turn",
    null,
  ],
  ["truncated tool call", { tools: [weather], max_tokens: 5 }, [toolUse("get_weather", {})], "max_tokens", null],
];

describe("the answer", () => {
  test.each(answers)("%s", async (_, body, content, reason, sequence) => {
    const answer = await whole(body);
    expect([answer.content, answer.stop_reason, answer.stop_sequence]).toEqual([content, reason, sequence]);
  });

  test.each(answers.filter(([name]) => name !== "truncated tool call"))(
    "folded from the stream: %s",
    async (_, body, content, reason, sequence) => {
      const seen = await events(body);
      expect([foldContent(seen), seen.at(-2).delta]).toEqual([
        content.map(({ citations: _citations, ...block }) => block),
        { stop_reason: reason, stop_sequence: sequence },
      ]);
    },
  );

  test("the stream of a truncated tool call has its partial JSON", async () => {
    const seen = await events({ tools: [weather], max_tokens: 5 });
    expect(seen.map((event) => event.delta?.partial_json ?? "").join("")).toBe('{"city":');
  });

  test("the stream of a tool without arguments says nothing, once", async () => {
    const seen = await events({ tools: [clock] });
    expect(seen.flatMap((event) => event.delta?.partial_json ?? [])).toEqual([""]);
  });
});

function foldContent(seen: Json[]): Json[] {
  const blocks: Json[] = [];
  let json = "";
  for (const { type, index, content_block, delta } of seen) {
    if (type === "content_block_start") {
      blocks[index] = content_block;
      json = "";
    }
    if (type === "content_block_delta") foldDelta(blocks[index], delta);
    if (delta?.type === "input_json_delta") json += delta.partial_json;
    if (type === "content_block_stop" && json !== "") blocks[index].input = JSON.parse(json);
  }
  return blocks;
}

function foldDelta(block: Json, { type: _type, partial_json: _json, ...fields }: Json): void {
  for (const [key, value] of Object.entries(fields)) block[key] += value;
}

test("refusal", async () => {
  const { content, stop_reason } = await whole({}, sim("refusal=I will not."));
  expect([content[0].text, stop_reason]).toEqual(["I will not.", "refusal"]);
});

test("cached-usage: the input's count leaves out what was cached", async () => {
  const long = { messages: [{ role: "user", content: "x".repeat(400) }] };
  expect((await whole(long, sim("cachedTokens=60;cacheWriteTokens=30;text=abcd"))).usage).toEqual({
    input_tokens: 10,
    cache_creation_input_tokens: 30,
    cache_read_input_tokens: 60,
    output_tokens: 1,
  });
});

test("count_tokens agrees with what the answer reports", async () => {
  const asked = {
    system: [{ type: "text", text: "Be brief." }],
    tools: [weather],
    messages: [{ role: "user", content: "héllo" }],
  };
  const response = await fetch(`${supplier.current.url}/v1/messages/count_tokens`, {
    method: "POST",
    headers: { "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ model: "sim-prime", ...asked }),
  });
  const counted = await jsonOf(response);
  expect(counted).toEqual({ input_tokens: (await whole(asked)).usage.input_tokens });
  expect(counted.input_tokens).toBeGreaterThan((await whole({ messages: asked.messages })).usage.input_tokens);
});

const user = { role: "user", content: "hello" };
const asksTool = { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "x", input: {} }] };
const answersTool = (id: string) => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id: id, content: "y" }],
});

describe("refused with 400", () => {
  test.each<[string, Json, string]>([
    ["no model", { model: undefined }, "model: Field required"],
    ["no max_tokens", { max_tokens: undefined }, "max_tokens: Field required"],
    ["max_tokens under its limit", { max_tokens: 0 }, "max_tokens"],
    ["no messages", { messages: undefined }, "messages: Field required"],
    ["an empty list of messages", { messages: [] }, "messages: at least one"],
    ["a role of nobody", { messages: [{ role: "tool", content: "x" }] }, "messages.0.role"],
    ["an empty text", { messages: [{ role: "user", content: "" }] }, "must have non-empty content"],
    [
      "an empty text block",
      { messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
      "text content blocks must be non-empty",
    ],
    [
      "an empty system block",
      { system: [{ type: "text", text: "" }] },
      "system: text content blocks must be non-empty",
    ],
    ["a result that nobody asked for", { messages: [user, answersTool("t1")] }, "answers no tool_use"],
    ["a call that is not answered", { messages: [user, asksTool, user] }, "t1 has no tool_result"],
    ["temperature over its limit", { temperature: 1.1 }, "temperature"],
    ["a thinking budget over max_tokens", { thinking: { type: "enabled", budget_tokens: 1024 } }, "budget_tokens"],
    ["a tool without a schema", { tools: [{ name: "x" }] }, "tools.0.input_schema"],
  ])("%s", async (_, body, message) => {
    const response = await ask(supplier.current.url, "messages", body);
    expect(response.status).toBe(400);
    const requestId = response.headers.get("request-id");
    expect(requestId).toMatch(/^req_/);
    expect(await jsonOf(response)).toEqual({
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringContaining(message) },
      request_id: requestId,
    });
  });

  test("a request that names no version", async () => {
    const response = await fetch(`${supplier.current.url}/v1/messages`, {
      method: "POST",
      body: JSON.stringify({ model: "sim-prime", max_tokens: 9, messages: [user] }),
    });
    expect([response.status, (await jsonOf(response)).error.message]).toEqual([
      400,
      "anthropic-version: the header is required",
    ]);
  });
});

test("a call that is answered, with a system turn between, is not refused", async () => {
  const turns = [user, asksTool, { role: "system", content: "note" }, answersTool("t1")];
  expect((await ask(supplier.current.url, "messages", { messages: turns })).status).toBe(200);
});

const REMINDER = "<system-reminder>\nToday is Monday.\n</system-reminder>\n";

test.each<[string, Json[], string]>([
  [
    "beside the question",
    [
      {
        role: "user",
        content: [
          { type: "text", text: REMINDER },
          { type: "text", text: "What does README.md say?" },
        ],
      },
    ],
    "You asked: “What does README.md say?”.",
  ],
  [
    "before it in one text",
    [{ role: "user", content: `${REMINDER}\n${REMINDER}\nWhat now?` }],
    "You asked: “What now?”.",
  ],
  [
    "after a tool's result",
    [
      { role: "user", content: "Look." },
      { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "get_time", input: {} }] },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_1", content: "Noon" },
          { type: "text", text: REMINDER },
        ],
      },
    ],
    "You asked: “Look.”.",
  ],
  ["alone", [{ role: "user", content: REMINDER }], "You asked nothing in words."],
])("what a client reminds the model of is not quoted: %s", async (_, messages, want) => {
  expect((await whole({ messages })).content).toEqual([text(want)]);
});

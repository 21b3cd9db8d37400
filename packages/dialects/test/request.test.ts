/** What requests mean in words: what routing and the next dialect go by. */
import { FEATURES, type InferenceRequest, needsOf } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, type Dialect, dialects, messages, NO_QUIRKS } from "../src/index.ts";

/** The body for a supplier that offers everything and has no quirks. */
function sent(dialect: Pick<Dialect<never>, "supplier">, request: InferenceRequest, model = "m"): unknown {
  return dialect.supplier.writeRequest(request, { model, features: new Set(FEATURES), quirks: NO_QUIRKS }).body;
}

const HI = [{ role: "user", content: "hi" }];

function readBy(dialect: Dialect<never>, body: object) {
  return dialect.surface.readRequest(body as never);
}

type Row = readonly [name: string, body: object, want: object];

const CHAT: readonly Row[] = [
  ["one stop text is a list of one", { stop: "X" }, { stopSequences: ["X"] }],
  ["several stay a list", { stop: ["X", "Y"] }, { stopSequences: ["X", "Y"] }],
  ["max_tokens", { max_tokens: 5 }, { outputTokensMax: 5 }],
  ["max_completion_tokens wins", { max_tokens: 5, max_completion_tokens: 7 }, { outputTokensMax: 7 }],
  ["null is no limit", { max_tokens: 5, max_completion_tokens: null }, { outputTokensMax: 5 }],
  [
    "usage in the stream is asked for",
    { stream: true, stream_options: { include_usage: true } },
    { stream: true, showUsage: true },
  ],
  ["usage in the stream is not asked for", { stream: true }, { stream: true, showUsage: false }],
  ["null is not streamed", { stream: null }, { stream: false }],
  ["Q17 required is any", { tool_choice: "required" }, { toolChoice: { kind: "any" } }],
  [
    "Q17 a named tool",
    { tool_choice: { type: "function", function: { name: "f" } } },
    { toolChoice: { kind: "tool", name: "f" } },
  ],
  [
    "a data address is bytes",
    {
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }] }],
    },
    {
      messages: [
        {
          role: "user",
          content: [{ type: "image", source: { kind: "base64", mediaType: "image/png", data: "AA==" } }],
        },
      ],
    },
  ],
  [
    "an address is an address",
    {
      messages: [
        { role: "user", content: [{ type: "image_url", image_url: { url: "https://x/y.png", detail: "low" } }] },
      ],
    },
    { messages: [{ content: [{ type: "image", source: { kind: "url", url: "https://x/y.png" } }] }] },
  ],
  [
    "a tool message is a result",
    { messages: [{ role: "tool", tool_call_id: "a", content: "18C" }] },
    {
      messages: [
        {
          role: "tool",
          content: [{ type: "tool-result", callId: "a", content: [{ type: "text", text: "18C" }], isError: false }],
        },
      ],
    },
  ],
  [
    "an assistant's turn in the order of its making",
    {
      messages: [
        {
          role: "assistant",
          content: "b",
          refusal: "c",
          reasoning_content: "a",
          tool_calls: [{ id: "i", type: "function", function: { name: "f", arguments: "{}" } }],
        },
      ],
    },
    {
      messages: [
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "a" },
            { type: "text", text: "b" },
            { type: "refusal", text: "c" },
            { type: "tool-call", callId: "i", name: "f", input: "{}" },
          ],
        },
      ],
    },
  ],
];

const EFFORTS: readonly Row[] = [
  ["Q16 an effort is a wish", { reasoning_effort: "high" }, { reasoning: { mode: "on", effort: "high" } }],
  ["Q16 none is no thinking", { reasoning_effort: "none" }, { reasoning: { mode: "off" } }],
  ["Q28 who asks", { user: "old", safety_identifier: "new" }, { userId: "new" }],
  ["Q28 who asks, by the older name", { user: "old" }, { userId: "old" }],
  [
    "Q26 marks for a cache",
    {
      messages: [
        { role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } }] },
      ],
      tools: [{ type: "function", function: { name: "f" }, cache_control: { type: "ephemeral" } }],
    },
    { messages: [{ content: [{ text: "a", cache: { ttl: "1h" } }] }], tools: [{ name: "f", cache: {} }] },
  ],
  [
    "Q15 thoughts in pieces",
    {
      messages: [
        {
          role: "assistant",
          content: "a",
          reasoning_content: "hm",
          reasoning_details: [
            { type: "reasoning.text", text: "hm", signature: "s" },
            { type: "reasoning.encrypted", data: "d" },
          ],
        },
      ],
    },
    {
      messages: [
        {
          content: [
            { type: "reasoning", text: "hm", signature: "s" },
            { type: "reasoning", text: "", redacted: "d" },
            { type: "text", text: "a" },
          ],
        },
      ],
    },
  ],
];

const MESSAGES: readonly Row[] = [
  [
    "the system prompt is the first turn",
    { system: "be kind" },
    { messages: [{ role: "system", content: [{ type: "text", text: "be kind" }] }, { role: "user" }] },
  ],
  ["an empty one is none", { system: "" }, { messages: [{ role: "user" }] }],
  [
    "a system turn stays where it is",
    { messages: [...HI, { role: "system", content: "now rhyme" }] },
    { messages: [{ role: "user" }, { role: "system", content: [{ type: "text", text: "now rhyme" }] }] },
  ],
  ["usage is always shown", {}, { showUsage: true }],
  [
    "Q17 parallel calls within the choice",
    { tool_choice: { type: "any", disable_parallel_tool_use: true } },
    { toolChoice: { kind: "any" }, parallelToolCalls: false },
  ],
  [
    "Q16 thinking up to a budget",
    { thinking: { type: "enabled", budget_tokens: 2048 } },
    { reasoning: { mode: "on", budgetTokens: 2048 } },
  ],
  [
    "Q16 thinking as the model sees fit, with an effort",
    { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
    { reasoning: { mode: "auto", effort: "high" } },
  ],
  ["Q16 an effort alone", { output_config: { effort: "low" } }, { reasoning: { mode: "auto", effort: "low" } }],
  ["Q16 no thinking", { thinking: { type: "disabled" } }, { reasoning: { mode: "off" } }],
  ["Q28 who asks", { metadata: { user_id: "u" } }, { userId: "u" }],
  [
    "Q26 marks for the cache, on parts, tools and the whole",
    {
      cache_control: { type: "ephemeral" },
      tools: [{ name: "f", input_schema: {}, cache_control: { type: "ephemeral", ttl: "1h" } }],
      messages: [
        { role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "5m" } }] },
        { role: "user", content: "b" },
      ],
    },
    {
      tools: [{ name: "f", cache: { ttl: "1h" } }],
      messages: [{ content: [{ text: "a", cache: { ttl: "5m" } }] }, { content: [{ text: "b", cache: {} }] }],
    },
  ],
  [
    "Q12 ids that were told in another form are read back",
    { messages: [{ role: "assistant", content: [{ type: "tool_use", id: "icw_ZnM6MA", name: "f", input: {} }] }] },
    { messages: [{ content: [{ type: "tool-call", callId: "fs:0" }] }] },
  ],
  [
    "Q13 thoughts with their signature",
    {
      messages: [
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: "s" },
            { type: "redacted_thinking", data: "x" },
          ],
        },
      ],
    },
    {
      messages: [
        {
          content: [
            { type: "reasoning", text: "hm", signature: "s" },
            { type: "reasoning", text: "", redacted: "x" },
          ],
        },
      ],
    },
  ],
  [
    "Q07 a result that is an error",
    {
      messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "no", is_error: true }] }],
    },
    {
      messages: [
        { content: [{ type: "tool-result", callId: "a", content: [{ type: "text", text: "no" }], isError: true }] },
      ],
    },
  ],
  [
    "input is JSON text",
    { messages: [{ role: "assistant", content: [{ type: "tool_use", id: "a", name: "f", input: { x: 1 } }] }] },
    { messages: [{ content: [{ type: "tool-call", callId: "a", name: "f", input: '{"x":1}' }] }] },
  ],
];

const SOURCES: readonly (readonly [surface: "chat-completions" | "messages", part: object, want: object])[] = [
  [
    "messages",
    { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA", width: 7 } },
    { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } },
  ],
  [
    "messages",
    { type: "document", source: { type: "content", content: "" }, title: "T" },
    { type: "document", title: "T", source: { kind: "parts", parts: [] } },
  ],
  ["messages", { type: "image", source: { type: "clipboard", slot: 1 } }, { type: "opaque", need: "image" }],
  [
    "chat-completions",
    { type: "file", file: { file_data: "AAAA", filename: "a.pdf", file_id: "f" } },
    { type: "document", title: "a.pdf", source: { kind: "base64", mediaType: "", data: "AAAA" } },
  ],
  [
    "chat-completions",
    { type: "file", file: { file_data: "https://x/a.pdf" } },
    { type: "document", source: { kind: "url", url: "https://x/a.pdf" } },
  ],
  [
    "chat-completions",
    { type: "file", file: { file_data: "data:application/pdf;base64,AAAA", pages: 3 } },
    { type: "document", source: { kind: "base64", mediaType: "application/pdf", data: "AAAA" } },
  ],
];

describe("sources", () => {
  test.each(SOURCES)("%s: %o has its word, and is said back", (surface, part, want) => {
    const body = { model: "m", max_tokens: 1, messages: [{ role: "user", content: [part] }] };
    const request = readBy(dialects[surface], body);
    expect(request.messages[0]?.content[0]).toMatchObject(want);
    expect(sent(dialects[surface], request)).toEqual(body);
  });
});

describe("requests in words", () => {
  test.each([...CHAT, ...EFFORTS])("chat-completions: %s", (_name, body, want) => {
    expect(readBy(chatCompletions, { messages: HI, ...body })).toMatchObject(want);
  });

  test.each(MESSAGES)("messages: %s", (_name, body, want) => {
    expect(readBy(messages, { model: "m", max_tokens: 1, messages: HI, ...body })).toMatchObject(want);
  });
});

type NeedRow = readonly [name: string, surface: "chat-completions" | "messages", body: object, want: readonly string[]];

const CALLS = ["a", "b"].map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } }));
const IMAGE = { type: "image", source: { type: "url", url: "https://x/y.png" } };

const CITED = { type: "document", source: { type: "text", media_type: "text/plain", data: "x" } };

const NEEDS: readonly NeedRow[] = [
  ["nothing", "chat-completions", {}, []],
  ["an empty list of tools", "messages", { tools: [] }, []],
  ["a tool", "chat-completions", { tools: [{ type: "function", function: { name: "f" } }] }, ["tools"]],
  ["a custom tool", "chat-completions", { tools: [{ type: "custom", custom: { name: "f" } }] }, ["tools"]],
  ["a function of the older form", "chat-completions", { functions: [{ name: "f" }] }, ["tools"]],
  [
    "Q19 a result without tools",
    "chat-completions",
    { messages: [{ role: "tool", tool_call_id: "a", content: "x" }] },
    ["tools"],
  ],
  [
    "several calls in one turn",
    "chat-completions",
    { messages: [{ role: "assistant", tool_calls: CALLS }] },
    ["tools", "parallel-tools"],
  ],
  [
    "Q29 a server's tool",
    "messages",
    { tools: [{ type: "web_search_20250305", name: "web_search" }] },
    ["server-tools"],
  ],
  ["a server of tools alone", "messages", { mcp_servers: [{ type: "url", url: "https://x", name: "x" }] }, []],
  [
    "the tools of such a server",
    "messages",
    { tools: [{ type: "mcp_toolset", mcp_server_name: "x" }] },
    ["server-tools"],
  ],
  ["web search", "chat-completions", { web_search_options: {} }, ["web-search"]],
  [
    "Q06 an image within a result",
    "messages",
    { messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: [IMAGE] }] }] },
    ["tools", "image"],
  ],
  [
    "an image within a document",
    "messages",
    { messages: [{ role: "user", content: [{ type: "document", source: { type: "content", content: [IMAGE] } }] }] },
    ["document", "image"],
  ],
  [
    "Q08 a file",
    "chat-completions",
    { messages: [{ role: "user", content: [{ type: "file", file: { file_id: "f" } }] }] },
    ["document", "files"],
  ],
  [
    "sound",
    "chat-completions",
    { messages: [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "AA", format: "mp3" } }] }] },
    ["audio"],
  ],
  ...["image", "document"].flatMap((type): NeedRow[] =>
    [
      { type: "base64", media_type: "image/png", data: "AAAA", width: 7 },
      { type: "url", url: "https://x/y.png", detail: "low" },
      { type: "file", file_id: "f", purpose: "vision" },
      { type: "clipboard" },
    ].map((source) => [
      `an ${type} whose source is ${JSON.stringify(source)}`,
      "messages",
      { messages: [{ role: "user", content: [{ type, source }] }] },
      source.type === "file" ? [type, "files"] : [type],
    ]),
  ),
  ...["", []].map(
    (content): NeedRow => [
      `a document whose content is ${JSON.stringify(content)}`,
      "messages",
      { messages: [{ role: "user", content: [{ type: "document", source: { type: "content", content } }] }] },
      ["document"],
    ],
  ),
  ...[{ file_data: "AAAA" }, { file_data: "", filename: "a.pdf" }, {}].map(
    (file): NeedRow => [
      `a file ${JSON.stringify(file)}`,
      "chat-completions",
      { messages: [{ role: "user", content: [{ type: "file", file }] }] },
      ["document"],
    ],
  ),
  ["a spoken answer", "chat-completions", { modalities: ["text", "audio"] }, ["audio-output"]],
  [
    "Q23 what only some honour",
    "chat-completions",
    { n: 2, seed: 0, logprobs: true },
    ["logprobs", "several-answers", "seed"],
  ],
  ["Q23 the same, said to be off", "chat-completions", { n: 1, seed: null, logprobs: false, modalities: ["text"] }, []],
  [
    "Q29 what a server's tool has given",
    "messages",
    { messages: [{ role: "assistant", content: [{ type: "web_search_tool_result", tool_use_id: "a", content: [] }] }] },
    ["server-tools"],
  ],
  [
    "a document that is to be cited, in a tool's result",
    "messages",
    {
      messages: [
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "a",
              content: [{ ...CITED, citations: { enabled: true } }],
            },
          ],
        },
      ],
    },
    ["citations", "document", "tools"],
  ],
  [
    "a document that is not to be cited",
    "messages",
    { messages: [{ role: "user", content: [{ ...CITED, citations: { enabled: false } }] }] },
    ["document"],
  ],
  ["top_k", "messages", { top_k: 5 }, ["top-k"]],
  ["no limit by top_k", "messages", { top_k: 0 }, []],
  [
    "Q20 a schema",
    "chat-completions",
    { response_format: { type: "json_schema", json_schema: { name: "x", schema: {} } } },
    ["structured-output"],
  ],
  ["Q20 plain text is no form", "chat-completions", { response_format: { type: "text" } }, []],
  [
    "Q20 a schema here",
    "messages",
    { output_config: { format: { type: "json_schema", schema: {} } } },
    ["structured-output"],
  ],
  ["thinking is a wish", "messages", { thinking: { type: "adaptive" }, output_config: { effort: "high" } }, []],
];

describe("needs", () => {
  test.each(NEEDS)("%s", (_name, surface, body, want) => {
    const request = readBy(dialects[surface], { model: "m", max_tokens: 1, messages: HI, ...body });
    expect([...needsOf(request)].sort()).toEqual([...want].sort());
  });
});

describe("what suppliers are asked", () => {
  const REQUEST = readBy(chatCompletions, { messages: HI, stream: true, provider: { only: ["x"] }, route: "fallback" });

  test("what was said to the market is not said to them; usage is asked for", () => {
    expect(sent(chatCompletions, REQUEST, "their-model")).toEqual({
      model: "their-model",
      messages: HI,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test.each([
    ["max_tokens", { max_tokens: 50 }],
    ["max_completion_tokens", { max_completion_tokens: 50 }],
  ])("a lowered limit is written as %s, as the caller did", (name, body) => {
    const request = readBy(chatCompletions, { messages: HI, ...body });
    const lowered = sent(chatCompletions, { ...request, outputTokensMax: 9 });
    expect(lowered).toEqual({ model: "m", messages: HI, [name]: 9 });
  });

  test.each([
    ["no name used", {}, { max_tokens: 9 }],
    ["the older one is null", { max_tokens: null }, { max_tokens: 9 }],
    ["the newer one is null", { max_completion_tokens: null }, { max_completion_tokens: 9 }],
    [
      "both, the older higher",
      { max_tokens: 99, max_completion_tokens: 50 },
      { max_tokens: 9, max_completion_tokens: 9 },
    ],
    [
      "both, the older lower",
      { max_tokens: 5, max_completion_tokens: 50 },
      { max_tokens: 5, max_completion_tokens: 9 },
    ],
  ])("a limit is set where there was %s", (_name, body, want) => {
    const request = readBy(chatCompletions, { messages: HI, ...body });
    const capped = sent(chatCompletions, { ...request, outputTokensMax: 9 });
    expect(capped).toEqual({ model: "m", messages: HI, ...want });
  });

  test.each([
    ["has room", 5_000, 4_000, 4_000],
    ["has to find room", 3_000, 4_000, 2_999],
  ])("thinking %s within a lowered limit", (_name, outputTokensMax, budget_tokens, want) => {
    const thinking = { type: "enabled", budget_tokens, display: "summarized" };
    const request = readBy(messages, { model: "m", max_tokens: 9_000, messages: HI, thinking });
    expect(sent(messages, { ...request, outputTokensMax })).toEqual({
      model: "m",
      max_tokens: outputTokensMax,
      messages: HI,
      thinking: { ...thinking, budget_tokens: want },
    });
  });

  test("what the caller itself says of thinking and limit is said as it is", () => {
    const body = { model: "m", max_tokens: 1_000, messages: HI, thinking: { type: "enabled", budget_tokens: 2_000 } };
    expect(sent(messages, readBy(messages, body))).toEqual(body);
  });

  test.each([
    ["chat-completions", "k", { authorization: "Bearer k" }],
    ["chat-completions", undefined, {}],
    ["messages", "k", { "anthropic-version": "2023-06-01", "x-api-key": "k" }],
    ["messages", undefined, { "anthropic-version": "2023-06-01" }],
  ] as const)("%s headers with credential %s", (name, credential, want) => {
    expect(dialects[name].supplier.writeHeaders(REQUEST, credential)).toEqual(want);
  });
});

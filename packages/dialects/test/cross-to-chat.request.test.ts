/** Requests in the Messages format as suppliers of Chat Completions get them. The names begin with the case they prove. */
import { createHash } from "node:crypto";
import { chatCompletions as contract, messages as messagesContract } from "@interchange/contract";
import { bondsOf, FEATURES, type Feature, needsOf } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, messages, type Quirks } from "../src/index.ts";

interface Case {
  /** The body, beside the model, the cap and a first question. */
  readonly given: object;
  /** The body for the supplier, beside the model and the cap; the question is there as well. */
  readonly want: object;
  readonly quirks?: Quirks;
  readonly without?: Feature;
  readonly leftOut?: readonly string[];
}

const HI = { role: "user", content: "hi" };

function cross({ given, quirks = {}, without }: Omit<Case, "want">) {
  const body = { model: "m", max_tokens: 64, messages: [HI], ...given };
  const request = messages.surface.readRequest(body as never);
  const features = new Set(FEATURES.filter((feature) => feature !== without));
  return chatCompletions.supplier.writeRequest(request, { model: "theirs", features, quirks });
}

function check({ want, leftOut = [], ...given }: Case): void {
  const written = cross(given);
  expect(JSON.parse(JSON.stringify(written.body))).toEqual({
    model: "theirs",
    max_tokens: 64,
    messages: [HI],
    ...want,
  });
  expect(written.leftOut).toEqual(leftOut);
  const valid = contract.validators.createChatCompletion.request;
  expect(valid(written.body) ? null : valid.errors).toBe(null);
}

type Row = readonly [name: string, row: Case];

function said(...turns: object[]): { readonly messages: readonly object[] } {
  return { messages: turns };
}

const use = (id: string, input: object = {}) => ({ type: "tool_use", id, name: "f", input });
const result = (id: string, content?: unknown, beside: object = {}) => ({
  type: "tool_result",
  tool_use_id: id,
  ...(content === undefined ? {} : { content }),
  ...beside,
});
const called = (id: string, args = "{}") => ({ id, type: "function", function: { name: "f", arguments: args } });
const text = (said: string, beside: object = {}) => ({ type: "text", text: said, ...beside });
const base64 = (media_type: string, data: string) => ({ type: "base64", media_type, data });

const PNG = "iVBORw0KGgoAAAANSUhEUgAA";
const PDF = "JVBERi0xLjQKMSAwIG9iago8";
const IMAGE = { type: "image", source: base64("image/png", PNG) };
const SHOWN = { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } };
const MARK = { cache_control: { type: "ephemeral" } };

const TURNS: readonly Row[] = [
  ["Q04 a system prompt", { given: { system: "be kind" }, want: said({ role: "system", content: "be kind" }, HI) }],
  [
    "Q04 a system prompt of several blocks, in order",
    {
      given: { system: [text("a"), text("b")] },
      want: said({ role: "system", content: [text("a"), text("b")] }, HI),
    },
  ],
  [
    "Q03 the same where content is one text",
    {
      given: { system: [text("a"), text("b")] },
      quirks: { content: "text" },
      want: said({ role: "system", content: "a\n\nb" }, HI),
    },
  ],
  [
    "Q04 a later system turn stays where it is",
    {
      given: { system: "a", ...said(HI, { role: "system", content: "b" }, HI) },
      want: said({ role: "system", content: "a" }, HI, { role: "system", content: "b" }, HI),
    },
  ],
  [
    "Q05 all system turns are joined in order where there may be but one",
    {
      given: { system: [text("a"), text("b")], ...said(HI, { role: "system", content: "c" }, HI) },
      quirks: { laterSystemTurns: false },
      want: said({ role: "system", content: "a\n\nb\n\nc" }, HI, HI),
    },
  ],
  [
    "R05 arguments that were no JSON are told as they were",
    {
      given: said(
        HI,
        { role: "assistant", content: [{ type: "tool_use", id: "a", name: "f", input: { INVALID_JSON: '{"x":' } }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "no" }] },
      ),
      want: said(
        HI,
        { role: "assistant", content: null, tool_calls: [called("a", '{"x":')] },
        { role: "tool", tool_call_id: "a", content: "no" },
      ),
    },
  ],
  [
    "Q01 empty texts are dropped, and turns of nothing else",
    {
      given: said(
        { role: "user", content: [text(""), text("a")] },
        { role: "assistant", content: [text("")] },
        { role: "user", content: "" },
        { role: "user", content: "b" },
      ),
      want: said({ role: "user", content: "a" }, { role: "user", content: "b" }),
    },
  ],
  [
    "Q01 thoughts in a turn of the user are nobody's, and a turn of nothing else is left out",
    {
      given: said(
        { role: "user", content: [{ type: "redacted_thinking", data: "x" }] },
        { role: "user", content: [{ type: "thinking", thinking: "t", signature: "s" }, text("a")] },
      ),
      want: said({ role: "user", content: "a" }),
    },
  ],
  [
    "Q01 a conversation of nothing",
    { given: said({ role: "user", content: "" }), want: said({ role: "user", content: "" }) },
  ],
  [
    "R04 what the assistant said in several blocks is one text",
    {
      given: said(HI, { role: "assistant", content: [text("a"), text("b")] }),
      want: said(HI, { role: "assistant", content: "ab" }),
    },
  ],
  ...(
    [
      ["null", { content: null }],
      ["empty", { content: "" }],
      ["absent", {}],
    ] as const
  ).map(
    ([emptyContent, content]): Row => [
      `Q02 a turn that only calls tools has ${emptyContent} content`,
      {
        given: said(HI, { role: "assistant", content: [use("a")] }),
        quirks: { emptyContent },
        want: said(HI, { role: "assistant", ...content, tool_calls: [called("a")] }),
      },
    ],
  ),
];

const CALLS = { role: "assistant", content: [text("x"), use("a", { n: 1 }), use("b")] };
const CALLED = { role: "assistant", content: "x", tool_calls: [called("a", '{"n":1}'), called("b")] };

const RESULTS: readonly Row[] = [
  [
    "Q06 results are turns of their own, and what the user says comes after them",
    {
      given: said(HI, CALLS, { role: "user", content: [result("a", "1"), result("b", [text("2")]), text("go on")] }),
      want: said(
        HI,
        CALLED,
        { role: "tool", tool_call_id: "a", content: "1" },
        { role: "tool", tool_call_id: "b", content: "2" },
        { role: "user", content: "go on" },
      ),
    },
  ],
  [
    "Q06 results stand right behind the calls, whoever spoke in between",
    {
      given: said(
        HI,
        CALLS,
        { role: "system", content: "hurry" },
        { role: "user", content: [text("well"), result("a", "1")] },
        { role: "user", content: [result("b", "2")] },
      ),
      want: said(
        HI,
        CALLED,
        { role: "tool", tool_call_id: "a", content: "1" },
        { role: "tool", tool_call_id: "b", content: "2" },
        { role: "system", content: "hurry" },
        { role: "user", content: "well" },
      ),
    },
  ],
  [
    "Q06 an image within a result follows it",
    {
      given: said(HI, CALLS, { role: "user", content: [result("a", [text("see"), IMAGE]), result("b", [IMAGE])] }),
      want: said(
        HI,
        CALLED,
        {
          role: "tool",
          tool_call_id: "a",
          content: [text("see"), text("(What the tool showed follows.)")],
        },
        { role: "tool", tool_call_id: "b", content: "(What the tool showed follows.)" },
        {
          role: "user",
          content: [
            text("Shown by the tool in its result a:"),
            SHOWN,
            text("Shown by the tool in its result b:"),
            SHOWN,
          ],
        },
      ),
    },
  ],
  [
    "Q07 a result that is an error says so",
    {
      given: said(HI, CALLS, {
        role: "user",
        content: [result("a", "no", { is_error: true }), result("b", undefined, { is_error: true })],
      }),
      want: said(
        HI,
        CALLED,
        { role: "tool", tool_call_id: "a", content: "Error: no" },
        { role: "tool", tool_call_id: "b", content: "Error" },
      ),
    },
  ],
  [
    "an empty result",
    {
      given: said(HI, CALLS, { role: "user", content: [result("a"), result("b", "")] }),
      want: said(
        HI,
        CALLED,
        { role: "tool", tool_call_id: "a", content: "" },
        { role: "tool", tool_call_id: "b", content: "" },
      ),
    },
  ],
];

test("Q06 an image within a result stays there where tools may show", () => {
  const given = said(HI, CALLS, { role: "user", content: [result("a", [IMAGE])] });
  const { body } = cross({ given, quirks: { toolResultMedia: true } });
  expect((body as { messages: object[] }).messages.slice(2)).toEqual([
    { role: "tool", tool_call_id: "a", content: [SHOWN] },
  ]);
});

test("Q12 ids of calls and of results are the same narrow ones", () => {
  const id = "toolu_01A09q90qw90lq917835lq9";
  const given = said(
    HI,
    { role: "assistant", content: [use(id), use("abc123XYZ")] },
    {
      role: "user",
      content: [result(id, "1"), result("abc123XYZ", "2")],
    },
  );
  const { body } = cross({ given, quirks: { toolIds: { alphabet: "alphanumeric", charsMax: 9 } } });
  const [, calls, ...results] = (body as { messages: { tool_calls: { id: string }[]; tool_call_id: string }[] })
    .messages;
  const ids = calls?.tool_calls.map((call) => call.id);
  expect(results.map(({ tool_call_id }) => tool_call_id)).toEqual(ids);
  expect(ids).toEqual([expect.stringMatching(/^[a-z0-9]{9}$/), "abc123XYZ"]);
});

function shown(part: object): object {
  return said({ role: "user", content: [part, text("?")] });
}

const file = (filename: string, file_data: string) => ({ type: "file", file: { filename, file_data } });

const MEDIA: readonly Row[] = [
  ["Q09 an image of bytes", { given: shown(IMAGE), want: shown(SHOWN) }],
  [
    "Q09 an image is of the type that its bytes are",
    { given: shown({ type: "image", source: base64("image/jpeg", PNG) }), want: shown(SHOWN) },
  ],
  [
    "Q09 an image at an address",
    {
      given: shown({ type: "image", source: { type: "url", url: "https://x/y.png" } }),
      want: shown({ type: "image_url", image_url: { url: "https://x/y.png" } }),
    },
  ],
  [
    "Q08 a document of bytes has a name that tells its kind",
    {
      given: shown({ type: "document", source: base64("application/pdf", PDF), title: "Lease" }),
      want: shown(file("Lease.pdf", `data:application/pdf;base64,${PDF}`)),
    },
  ],
  [
    "Q08 a document without a title",
    {
      given: shown({ type: "document", source: base64("application/pdf", PDF) }),
      want: shown(file("document.pdf", `data:application/pdf;base64,${PDF}`)),
    },
  ],
  [
    "Q08 a document in words",
    {
      given: shown({ type: "document", title: "T", source: { type: "text", media_type: "text/plain", data: "words" } }),
      want: said({ role: "user", content: [text("T"), text("words"), text("?")] }),
    },
  ],
  [
    "Q08 a document in parts",
    {
      given: shown({ type: "document", source: { type: "content", content: [text("a"), IMAGE] } }),
      want: said({ role: "user", content: [text("a"), SHOWN, text("?")] }),
    },
  ],
  [
    "Q08 what is to be known about a document is told before it",
    {
      given: shown({ type: "document", source: base64("application/pdf", PDF), title: "Lease", context: "Signed." }),
      want: said({
        role: "user",
        content: [text("Signed."), file("Lease.pdf", `data:application/pdf;base64,${PDF}`), text("?")],
      }),
    },
  ],
  [
    "Q08 what is to be known about a document in words",
    {
      given: shown({
        type: "document",
        title: "T",
        context: "C",
        source: { type: "text", media_type: "text/plain", data: "words" },
      }),
      want: said({ role: "user", content: [text("T"), text("C"), text("words"), text("?")] }),
    },
  ],
  [
    "what another format says in its own way is told as text",
    {
      given: shown({ type: "search_result", source: "https://x", title: "T", content: [text("hit")] }),
      want: said({ role: "user", content: [text("T (https://x)\n\nhit"), text("?")] }),
    },
  ],
];

const NAMES = "tool names of other than 1 to 64 letters, digits, _ and -";
const tool = (name: string) => ({ name, input_schema: { type: "object" } });

test.each<[string, object, readonly string[]]>([
  ["a name that is too long elsewhere", { tools: [tool("a".repeat(65))] }, [NAMES]],
  ["a name that is not", { tools: [tool("a".repeat(64))] }, []],
  [
    "a choice that no tool elsewhere can have",
    { tools: [tool("a")], tool_choice: { type: "tool", name: "#" } },
    [NAMES],
  ],
  ["a call of the user", said({ role: "user", content: [use("a")] }), ["tool_use of the user"]],
  [
    "a picture and a result of the assistant",
    said(HI, {
      role: "assistant",
      content: [{ type: "image", source: { type: "url", url: "https://x/y.png" } }, result("a", "x")],
    }),
    ["image of the assistant", "tool_result of the assistant"],
  ],
  [
    "a picture of the system",
    said(HI, { role: "system", content: [{ type: "image", source: { type: "url", url: "https://x/y.png" } }] }),
    ["image of the system"],
  ],
])("Q29 %s is bound to the format", (_, given, want) => {
  const body = { model: "m", max_tokens: 1, messages: [HI], ...given };
  expect(messagesContract.validators.createMessage.request(body)).toBe(true);
  expect(bondsOf(messages.surface.readRequest(body as never))).toEqual(want);
});

test("Q08 a document at an address is bound to the format in which it came", () => {
  const body = {
    model: "m",
    max_tokens: 9,
    ...shown({ type: "document", source: { type: "url", url: "https://x/y" } }),
  };
  const request = messages.surface.readRequest(body as never);
  expect(bondsOf(request)).toEqual(["document url"]);
});

const THOUGHT = { type: "thinking", thinking: "hm", signature: "s" };
const VEILED = { type: "redacted_thinking", data: "x" };

const THOUGHTS: readonly Row[] = [
  [
    "Q13 past thoughts, with what proves them",
    {
      given: said(HI, { role: "assistant", content: [THOUGHT, VEILED, text("a")] }),
      want: said(HI, {
        role: "assistant",
        content: "a",
        reasoning_content: "hm",
        reasoning_details: [
          { type: "reasoning.text", index: 0, text: "hm", signature: "s" },
          { type: "reasoning.encrypted", index: 1, data: "x" },
        ],
      }),
    },
  ],
  [
    "Q14 past thoughts that nobody signed are a text",
    {
      given: said(HI, { role: "assistant", content: [{ type: "thinking", thinking: "hm" }, text("a")] }),
      want: said(HI, { role: "assistant", content: "a", reasoning_content: "hm" }),
    },
  ],
  [
    "past thoughts under another name",
    {
      given: said(HI, { role: "assistant", content: [{ type: "thinking", thinking: "hm" }, text("a")] }),
      quirks: { pastReasoning: "reasoning" },
      want: said(HI, { role: "assistant", content: "a", reasoning: "hm" }),
    },
  ],
  [
    "Q01 past thoughts left out, and the turn that had no more",
    {
      given: said(HI, { role: "assistant", content: [THOUGHT] }, { role: "user", content: "b" }),
      quirks: { pastReasoning: "omit" },
      want: said(HI, { role: "user", content: "b" }),
    },
  ],
  ...(
    [
      ["a small budget", { thinking: { type: "enabled", budget_tokens: 1_024 } }, "low"],
      ["a fair budget", { thinking: { type: "enabled", budget_tokens: 8_000 } }, "medium"],
      ["a large budget", { thinking: { type: "enabled", budget_tokens: 20_000 } }, "high"],
      ["more than most servers know", { thinking: { type: "enabled", budget_tokens: 100_000 } }, "high"],
      ["an effort", { thinking: { type: "adaptive" }, output_config: { effort: "low" } }, "low"],
      ["an effort alone", { output_config: { effort: "max" } }, "high"],
      ["the model's own choice", { thinking: { type: "adaptive" } }, undefined],
    ] as const
  ).map(
    ([name, given, reasoning_effort]): Row => [
      `Q16 thinking: ${name}`,
      {
        given: { max_tokens: 200_000, ...given },
        want: { max_tokens: 200_000, ...(reasoning_effort && { reasoning_effort }) },
      },
    ],
  ),
  [
    "Q16 an effort that the supplier's row names",
    {
      given: { output_config: { effort: "max" } },
      quirks: { efforts: ["low", "xhigh"] },
      want: { reasoning_effort: "xhigh" },
    },
  ],
  [
    "Q16 the least effort where none is low enough",
    {
      given: { output_config: { effort: "low" } },
      quirks: { efforts: ["high"] },
      want: { reasoning_effort: "high" },
    },
  ],
  [
    "Q16 thinking that the model does not know is left out and named",
    {
      given: { output_config: { effort: "high" } },
      without: "reasoning",
      want: {},
      leftOut: ["reasoning"],
    },
  ],
  [
    "Q16 no thinking, where that can be said",
    {
      given: { thinking: { type: "disabled" } },
      quirks: { efforts: ["none", "low"] },
      want: { reasoning_effort: "none" },
    },
  ],
  [
    "Q16 no thinking, where it cannot be said, is left out and named",
    { given: { thinking: { type: "disabled" } }, want: {}, leftOut: ["reasoning"] },
  ],
  [
    "Q16 no thinking, where other efforts can be said",
    {
      given: { thinking: { type: "disabled" } },
      quirks: { efforts: ["low", "high"] },
      want: {},
      leftOut: ["reasoning"],
    },
  ],
  [
    "Q16 none is not the least effort",
    {
      given: { output_config: { effort: "low" } },
      quirks: { efforts: ["none", "high"] },
      want: { reasoning_effort: "high" },
    },
  ],
  [
    "Q16 nor the only one",
    {
      given: { output_config: { effort: "low" } },
      quirks: { efforts: ["none"] },
      want: {},
      leftOut: ["reasoning"],
    },
  ],
  [
    "Q16 no thinking is no wish where nobody thinks",
    { given: { thinking: { type: "disabled" } }, without: "reasoning", want: {} },
  ],
];

const SCHEMA = { type: "object", properties: { n: { type: "number" } }, required: ["n"], additionalProperties: false };
const TOOL = { name: "f", description: "does f", input_schema: SCHEMA };
const FUNCTION = { type: "function", function: { name: "f", description: "does f", parameters: SCHEMA } };

function choice(tool_choice: object): object {
  return { tools: [TOOL], tool_choice };
}

const TOOLS: readonly Row[] = [
  ["Q30 name, description and schema are exact", { given: { tools: [TOOL] }, want: { tools: [FUNCTION] } }],
  [
    "Q18 a schema without a type is one of an object; strict stays",
    {
      given: { tools: [{ name: "f", input_schema: { anyOf: [SCHEMA] }, strict: true }] },
      want: {
        tools: [
          { type: "function", function: { name: "f", parameters: { type: "object", anyOf: [SCHEMA] }, strict: true } },
        ],
      },
    },
  ],
  ["an empty list of tools is not sent", { given: { tools: [], tool_choice: { type: "auto" } }, want: {} }],
  [
    "Q19 a history of tools without tools",
    {
      given: said(HI, { role: "assistant", content: [use("a")] }, { role: "user", content: [result("a", "1")] }),
      want: said(
        HI,
        { role: "assistant", content: null, tool_calls: [called("a")] },
        { role: "tool", tool_call_id: "a", content: "1" },
      ),
    },
  ],
  ...(
    [
      [{ type: "auto" }, { tool_choice: "auto" }],
      [{ type: "none" }, { tool_choice: "none" }],
      [{ type: "any" }, { tool_choice: "required" }],
      [{ type: "tool", name: "f" }, { tool_choice: { type: "function", function: { name: "f" } } }],
      [
        { type: "any", disable_parallel_tool_use: true },
        { tool_choice: "required", parallel_tool_calls: false },
      ],
    ] as const
  ).map(
    ([given, want]): Row => [
      `Q17 the choice ${JSON.stringify(given)}`,
      { given: choice(given), want: { tools: [FUNCTION], ...want } },
    ],
  ),
  [
    "Q17 Q24 parallel_tool_calls is not said where it is refused, and named",
    {
      given: choice({ type: "auto", disable_parallel_tool_use: true }),
      quirks: { parallelToolCalls: false },
      want: { tools: [FUNCTION], tool_choice: "auto" },
      leftOut: ["single-tool-calls"],
    },
  ],
];

const LONG = "user_".padEnd(200, "x");
const DIGEST = createHash("sha256").update(LONG).digest("hex");

/** Not every property is required, and there may be others. */
const OPTIONAL = { type: "object", properties: { a: { type: "string" }, b: { type: "string" } }, required: ["a"] };

const SCALARS: readonly Row[] = [
  [
    "Q20 a schema for the answer",
    {
      given: { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
      want: { response_format: { type: "json_schema", json_schema: { name: "answer", schema: SCHEMA, strict: true } } },
    },
  ],
  [
    "Q20 a schema that a strict supplier refuses aloud stays as it is, and strict",
    {
      given: { output_config: { format: { type: "json_schema", schema: OPTIONAL } } },
      want: {
        response_format: { type: "json_schema", json_schema: { name: "answer", schema: OPTIONAL, strict: true } },
      },
    },
  ],
  ["Q27 stop sequences", { given: { stop_sequences: ["a", "b"] }, want: { stop: ["a", "b"] } }],
  ["Q28 who asks", { given: { metadata: { user_id: "u1" } }, want: { user: "u1" } }],
  ["Q28 who asks, not told", { given: { metadata: { user_id: "u1" } }, quirks: { userId: "omit" }, want: {} }],
  [
    "Q28 who asks, under the newer name",
    {
      given: { metadata: { user_id: "u1" } },
      quirks: { userId: "safety_identifier" },
      want: { safety_identifier: "u1" },
    },
  ],
  ["Q28 who asks, too long to be said", { given: { metadata: { user_id: LONG } }, want: { user: DIGEST } }],
  [
    "Q23 temperature, top_p, top_k",
    { given: { temperature: 0.5, top_p: 0.9, top_k: 4 }, want: { temperature: 0.5, top_p: 0.9, top_k: 4 } },
  ],
  ["no limit by top_k", { given: { top_k: 0 }, want: {} }],
  ["usage is asked for", { given: { stream: true }, want: { stream: true, stream_options: { include_usage: true } } }],
  [
    "usage is not asked for where it is refused",
    { given: { stream: true }, quirks: { streamOptions: false }, want: { stream: true } },
  ],
  [
    "Q24 what is the other format's own is not said",
    {
      given: { context_management: { edits: [] }, service_tier: "auto", metadata: { user_id: null }, mood: 1 },
      want: {},
    },
  ],
];

const CACHES: readonly Row[] = [
  [
    "Q26 marks for a cache are left out where they are refused",
    {
      given: { system: [text("a", MARK)], ...said({ role: "user", content: [text("b", MARK)] }) },
      want: said({ role: "system", content: "a" }, { role: "user", content: "b" }),
    },
  ],
  [
    "Q26 Q03 marks for a cache stay in their place, with their time",
    {
      given: {
        system: [text("a"), text("b", { cache_control: { type: "ephemeral", ttl: "1h" } })],
        tools: [{ ...TOOL, ...MARK }],
        ...said(
          HI,
          { role: "assistant", content: [text("x", MARK), use("a")] },
          {
            role: "user",
            content: [result("a", "1", MARK), { ...IMAGE, ...MARK }],
          },
        ),
      },
      quirks: { cacheControl: true },
      want: {
        tools: [{ ...FUNCTION, ...MARK }],
        ...said(
          { role: "system", content: [text("a"), text("b", { cache_control: { type: "ephemeral", ttl: "1h" } })] },
          HI,
          { role: "assistant", content: [text("x", MARK)], tool_calls: [called("a")] },
          { role: "tool", tool_call_id: "a", content: [text("1", MARK)] },
          { role: "user", content: [{ ...SHOWN, ...MARK }] },
        ),
      },
    },
  ],
];

describe("Messages requests over a Chat Completions supplier", () => {
  test.each([...TURNS, ...RESULTS, ...MEDIA, ...THOUGHTS, ...TOOLS, ...SCALARS, ...CACHES])("%s", (_name, row) => {
    check(row);
  });

  test("Q21 the cap under the newer name, where that is the one that is known", () => {
    const { body } = cross({ given: {}, quirks: { outputCap: "max_completion_tokens" } });
    expect(body).toEqual({ model: "theirs", messages: [HI], max_completion_tokens: 64 });
  });
});

describe("what a request needs of others", () => {
  test("Q23 Q27 more stop sequences than this format can say keep its suppliers away", () => {
    const body = { model: "m", max_tokens: 9, messages: [HI], stop_sequences: ["a", "b", "c", "d", "e"] };
    const needs = needsOf(messages.surface.readRequest(body as never));
    expect([...needs].filter((need) => !chatCompletions.supplier.carries.has(need))).toEqual(["many-stop-sequences"]);
  });
});

/** Requests that came in Chat Completions, as a supplier of Messages gets them. */
import { chatCompletions as chatContract, messages as messagesContract } from "@interchange/contract";
import { bondsOf, FEATURES, needsOf, type Reasoning } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, messages, NO_QUIRKS, type Quirks, type Target, type Written } from "../src/index.ts";

const CAP = 10_000;

/** What the market adds, a cap, is told with every body. */
function cross(body: object, target: Partial<Target> = {}): Written {
  const whole = { messages: HI, ...body };
  expect(chatContract.validators.createChatCompletion.request(whole), JSON.stringify(whole)).toBe(true);
  const read = chatCompletions.surface.readRequest(whole as never);
  const request = { ...read, outputTokensMax: read.outputTokensMax ?? CAP };
  const to = { model: "m", features: new Set(FEATURES), quirks: NO_QUIRKS, ...target };
  return messages.supplier.writeRequest(request, to);
}

function bodyOf(body: object, quirks: Quirks = NO_QUIRKS): Record<string, unknown> {
  const written = JSON.parse(JSON.stringify(cross(body, { quirks }).body)) as Record<string, unknown>;
  expect(messagesContract.validators.createMessage.request(written), JSON.stringify(written)).toBe(true);
  return written;
}

const HI = [{ role: "user", content: "hi" }];

type Row = readonly [name: string, given: object, want: object, quirks?: Quirks];

function said(...messages: readonly object[]): object {
  return { messages };
}

function user(content: unknown): object {
  return { role: "user", content };
}

function call(id: string, args = "{}", name = "f"): object {
  return { id, type: "function", function: { name, arguments: args } };
}

function calls(...tool_calls: readonly object[]): object {
  return { role: "assistant", content: null, tool_calls };
}

function result(tool_call_id: string, content: unknown): object {
  return { role: "tool", tool_call_id, content };
}

function use(id: string, input: object = {}, name = "f"): object {
  return { type: "tool_use", id, name, input };
}

function given(tool_use_id: string, content: unknown): object {
  return { type: "tool_result", tool_use_id, content };
}

const F = { type: "function", function: { name: "f" } };
const TURNS: readonly Row[] = [
  ["Q21 a limit is always told", {}, { model: "m", max_tokens: CAP, messages: HI }],
  ["Q21 the newer name of the limit", { max_tokens: 5, max_completion_tokens: 7 }, { max_tokens: 7 }],
  ["a stream", { stream: true, stream_options: { include_usage: true } }, { stream: true }],
  [
    "Q04 Q05 all that the system says at the beginning, in order",
    said(
      { role: "system", content: "a" },
      { role: "developer", content: "b" },
      { role: "system", content: "c" },
      ...HI,
    ),
    {
      system: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
        { type: "text", text: "c" },
      ],
      messages: HI,
    },
  ],
  ["Q04 one of them alone", said({ role: "developer", content: "a" }, ...HI), { system: "a", messages: HI }],
  [
    "Q04 what the system says later stays where it is",
    said({ role: "system", content: "a" }, ...HI, { role: "developer", content: "b" }, user("ho")),
    { system: "a", messages: [...HI, { role: "system", content: "b" }, user("ho")] },
  ],
  [
    "Q04 where there are no system turns the user tells it in that place",
    said(...HI, { role: "system", content: "b" }, user("ho"), { role: "assistant", content: "c" }),
    {
      messages: [
        user([
          { type: "text", text: "hi" },
          { type: "text", text: "<system>\nb\n</system>" },
          { type: "text", text: "ho" },
        ]),
        { role: "assistant", content: "c" },
      ],
    },
    { systemTurns: false },
  ],
  [
    "Q04 where nobody but the system speaks, the last of it is told by the user",
    said({ role: "system", content: "a" }, { role: "system", content: "b" }),
    { system: "a", messages: [user("<system>\nb\n</system>")] },
  ],
  [
    "Q11 neighbours of one role are one turn",
    said(user("a"), user("b"), { role: "assistant", content: "c" }, { role: "assistant", content: "d" }, user("e")),
    {
      messages: [
        user([
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ]),
        {
          role: "assistant",
          content: [
            { type: "text", text: "c" },
            { type: "text", text: "d" },
          ],
        },
        user("e"),
      ],
    },
  ],
  [
    "Q11 results of one turn's calls are one turn, before what is said beside them",
    { ...said(...HI, calls(call("a"), call("b")), result("a", "1"), user("and?"), result("b", "2")), tools: [F] },
    {
      messages: [
        ...HI,
        { role: "assistant", content: [use("a"), use("b")] },
        user([given("a", "1"), given("b", "2"), { type: "text", text: "and?" }]),
      ],
    },
  ],
  [
    "Q11 an assistant that speaks first is quoted by the user, who must",
    said({ role: "assistant", content: "Welcome!" }, user("hi")),
    {
      messages: [
        user([
          { type: "text", text: "<assistant>\nWelcome!\n</assistant>" },
          { type: "text", text: "hi" },
        ]),
      ],
    },
  ],
  [
    "the beginning of the answer stays the assistant's, also when it ends in a blank",
    said({ role: "assistant", content: "It is " }),
    { messages: [{ role: "assistant", content: "It is " }] },
  ],
  [
    "Q01 texts that say nothing are left out, and turns of nothing else",
    said(
      user([
        { type: "text", text: "" },
        { type: "text", text: "hi" },
      ]),
      { role: "assistant", content: "" },
      user(" \n"),
      { role: "assistant", content: "ho" },
      user("a"),
    ),
    { messages: [user("hi"), { role: "assistant", content: "ho" }, user("a")] },
  ],
  ["Q01 where nobody has said anything, that is said", said(user("")), { messages: [user("")] }],
  [
    "Q02 an assistant that only calls tools, with content null or empty",
    {
      ...said(...HI, calls(call("a")), result("a", "1"), { ...calls(call("b")), content: "" }, result("b", "")),
      tools: [F],
    },
    {
      messages: [
        ...HI,
        { role: "assistant", content: [use("a")] },
        user([given("a", "1")]),
        { role: "assistant", content: [use("b")] },
        user([{ type: "tool_result", tool_use_id: "b" }]),
      ],
    },
  ],
  [
    "R02 words for declining are words",
    said(...HI, { role: "assistant", content: null, refusal: "I will not." }, user("why?")),
    { messages: [...HI, { role: "assistant", content: "I will not." }, user("why?")] },
  ],
];

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
const PDF = "JVBERi0xLjQKJcOkw7zDtsOf";

const MEDIA: readonly Row[] = [
  [
    "Q09 a data address is bytes",
    said(user([{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}`, detail: "low" } }])),
    { messages: [user([{ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }])] },
  ],
  [
    "Q09 bytes are what they are, not what they are called",
    said(user([{ type: "image_url", image_url: { url: `data:image/jpeg;base64,${PNG}` } }])),
    { messages: [user([{ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }])] },
  ],
  [
    "Q09 bytes that are not known are what they are called",
    said(user([{ type: "image_url", image_url: { url: "data:image/heic;base64,AAAA" } }])),
    { messages: [user([{ type: "image", source: { type: "base64", media_type: "image/heic", data: "AAAA" } }])] },
  ],
  [
    "Q09 a data address in capitals is bytes",
    said(user([{ type: "image_url", image_url: { url: "DATA:IMAGE/HEIC;BASE64,AAAA" } }])),
    { messages: [user([{ type: "image", source: { type: "base64", media_type: "image/heic", data: "AAAA" } }])] },
  ],
  [
    "Q09 a document in capitals is bytes",
    said(user([{ type: "file", file: { file_data: `Data:APPLICATION/PDF;base64,${PDF}` } }])),
    {
      messages: [user([{ type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF } }])],
    },
  ],
  [
    "Q09 an address has no type",
    said(user([{ type: "image_url", image_url: { url: "https://x/y.png" } }])),
    { messages: [user([{ type: "image", source: { type: "url", url: "https://x/y.png" } }])] },
  ],
  [
    "Q08 a file with a name",
    said(user([{ type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${PDF}` } }])),
    {
      messages: [
        user([
          { type: "document", title: "a.pdf", source: { type: "base64", media_type: "application/pdf", data: PDF } },
        ]),
      ],
    },
  ],
  [
    "Q08 a file that does not say what it is",
    said(user([{ type: "file", file: { file_data: PDF } }])),
    {
      messages: [user([{ type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF } }])],
    },
  ],
  [
    "Q08 a file of words is told in words",
    said(user([{ type: "file", file: { filename: "a.txt", file_data: "data:text/plain;base64,R3LDvMOfZQ==" } }])),
    {
      messages: [
        user([{ type: "document", title: "a.txt", source: { type: "text", media_type: "text/plain", data: "Grüße" } }]),
      ],
    },
  ],
];

const SCHEMA = { type: "object", properties: { x: { type: "number" } }, required: ["x"] };

const TOOLS: readonly Row[] = [
  [
    "Q30 a tool as it was described",
    { tools: [{ type: "function", function: { name: "f", description: "Does.", parameters: SCHEMA, strict: true } }] },
    { tools: [{ name: "f", description: "Does.", input_schema: SCHEMA, strict: true }] },
  ],
  ["Q18 no schema is that of an object", { tools: [F] }, { tools: [{ name: "f", input_schema: { type: "object" } }] }],
  [
    "Q18 a schema without a type is that of an object; choices at its root stay",
    {
      tools: [
        { type: "function", function: { name: "f", strict: false, parameters: { anyOf: [{ required: ["a"] }] } } },
      ],
    },
    { tools: [{ name: "f", input_schema: { type: "object", anyOf: [{ required: ["a"] }] } }] },
  ],
  ["Q17 auto", { tools: [F], tool_choice: "auto" }, { tool_choice: { type: "auto" } }],
  ["Q17 none", { tools: [F], tool_choice: "none", parallel_tool_calls: false }, { tool_choice: { type: "none" } }],
  ["Q17 required", { tools: [F], tool_choice: "required" }, { tool_choice: { type: "any" } }],
  [
    "Q17 a named tool, and no others beside it",
    { tools: [F], tool_choice: { type: "function", function: { name: "f" } }, parallel_tool_calls: false },
    { tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true } },
  ],
  [
    "Q17 one at a time",
    { tools: [F], parallel_tool_calls: false },
    { tool_choice: { type: "auto", disable_parallel_tool_use: true } },
  ],
  [
    "Q19 calls of tools that are offered no longer",
    said(
      ...HI,
      calls(call("a"), call("b", "{}", "g"), call("c")),
      result("a", "1"),
      result("b", "2"),
      result("c", "3"),
    ),
    {
      tools: [
        { name: "f", input_schema: { type: "object" } },
        { name: "g", input_schema: { type: "object" } },
      ],
      tool_choice: { type: "none" },
    },
  ],
  [
    "R05 arguments are an object; what is none is kept as it is",
    {
      ...said(
        ...HI,
        calls(call("a", '{"x":1}'), call("b", '{"x":'), call("c", "")),
        ...["a", "b", "c"].map((id) => result(id, "1")),
      ),
      tools: [F],
    },
    {
      messages: [
        ...HI,
        { role: "assistant", content: [use("a", { x: 1 }), use("b", { INVALID_JSON: '{"x":' }), use("c")] },
        user([given("a", "1"), given("b", "1"), given("c", "1")]),
      ],
    },
  ],
  [
    "Q12 ids that are not allowed are told in another form, the same for call and result",
    { ...said(...HI, calls(call("functions.f:0")), result("functions.f:0", "1")), tools: [F] },
    {
      messages: [
        ...HI,
        { role: "assistant", content: [use("icw_ZnVuY3Rpb25zLmY6MA")] },
        user([given("icw_ZnVuY3Rpb25zLmY6MA", "1")]),
      ],
    },
  ],
  [
    "Q12 a supplier with a narrower rule",
    { ...said(...HI, calls(call("call_1"), call("abc")), result("call_1", "1"), result("abc", "2")), tools: [F] },
    {
      messages: [
        ...HI,
        { role: "assistant", content: [use("74196fe72"), use("abc")] },
        user([given("74196fe72", "1"), given("abc", "2")]),
      ],
    },
    { toolIds: { alphabet: "alphanumeric", charsMax: 9 } },
  ],
];

const SETTINGS: readonly Row[] = [
  [
    "Q22 Q27 what both can say",
    { temperature: 0.5, top_p: 0.9, stop: "END" },
    { temperature: 0.5, top_p: 0.9, stop_sequences: ["END"] },
  ],
  ["Q27 several", { stop: ["a", "b"] }, { stop_sequences: ["a", "b"] }],
  [
    "Q20 a schema",
    { response_format: { type: "json_schema", json_schema: { name: "x", schema: SCHEMA, strict: true } } },
    { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
  ],
  [
    "Q20 a schema that is described",
    {
      response_format: {
        type: "json_schema",
        json_schema: { name: "x", description: "An x.", schema: { type: "object" } },
      },
    },
    { output_config: { format: { type: "json_schema", schema: { type: "object", description: "An x." } } } },
  ],
  ["Q28 who asks", { user: "u" }, { metadata: { user_id: "u" } }],
  ["Q28 a long name", { user: "u".repeat(256) }, { metadata: { user_id: "u".repeat(256) } }],
  [
    "Q28 one that is too long is told by its digest",
    { user: "u".repeat(257) },
    { metadata: { user_id: "36868c95693f7961e19205254a6e613547eeb4375b384159e91a462f70e8af26" } },
  ],
  [
    "Q26 marks for the cache, with how long to keep it",
    {
      ...said(
        { role: "system", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }] },
        user([{ type: "text", text: "b", cache_control: { type: "ephemeral", ttl: "1h" } }]),
      ),
      tools: [{ ...F, cache_control: { type: "ephemeral", ttl: "5m" } }],
    },
    {
      system: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }],
      messages: [user([{ type: "text", text: "b", cache_control: { type: "ephemeral", ttl: "1h" } }])],
      tools: [{ name: "f", input_schema: { type: "object" }, cache_control: { type: "ephemeral", ttl: "5m" } }],
    },
  ],
  [
    "Q23 Q24 what has no meaning here is left out",
    { service_tier: "flex", store: true, metadata: { a: "b" }, x_own: 1, prompt_cache_key: "k" },
    { model: "m", max_tokens: CAP, messages: HI },
  ],
];

/** Rows of one length, since some say nothing of quirks. */
function rowOf<Want>([name, body, want, quirks = NO_QUIRKS]: readonly [string, object, Want, Quirks?]) {
  return [name, { body, want, quirks }] as const;
}

describe("chat-completions to messages", () => {
  const rows: readonly Row[] = [...TURNS, ...MEDIA, ...TOOLS, ...SETTINGS];

  test.each(rows.map(rowOf))("%s", (_name, { body, want, quirks }) => {
    expect(bodyOf(body, quirks)).toMatchObject(want);
  });

  test("what both can say is all that is said", () => {
    expect(bodyOf({ temperature: 1, tool_choice: "auto", tools: [], n: 1 })).toEqual({
      model: "m",
      max_tokens: CAP,
      messages: HI,
      temperature: 1,
    });
  });

  test("R05 an object's tools are not told of a strictness that is off", () => {
    const tools = [{ type: "function", function: { name: "f", strict: false } }];
    expect(bodyOf({ tools }).tools).toEqual([{ name: "f", input_schema: { type: "object" } }]);
  });
});

/** What a supplier of this format can never honour: routing looks for another. */
const NEEDED: readonly (readonly [body: object, need: string])[] = [
  [{ temperature: 1.5 }, "high-temperature"],
  [{ n: 2 }, "several-answers"],
  [{ logprobs: true }, "logprobs"],
  [{ logit_bias: { 5: 1 } }, "logit-bias"],
  [{ seed: 1 }, "seed"],
  [{ frequency_penalty: 1 }, "frequency-penalty"],
  [{ presence_penalty: 1 }, "presence-penalty"],
  [{ verbosity: "low" }, "verbosity"],
  [{ prediction: { type: "content", content: "x" } }, "prediction"],
  [{ modalities: ["text", "audio"], audio: { voice: "a", format: "wav" } }, "audio-output"],
  [{ web_search_options: {} }, "web-search"],
  [{ response_format: { type: "json_object" } }, "json-object"],
  [{ response_format: { type: "json_schema", json_schema: { name: "a" } } }, "json-object"],
  [{ stop: [" "] }, "blank-stop-sequences"],
  [said(user([{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }])), "audio"],
];

test.each(NEEDED)("Q20 Q22 Q23 Q27 %j needs what this format cannot carry: %s", (body, need) => {
  const needs = needsOf(chatCompletions.surface.readRequest({ messages: HI, ...body } as never));
  expect([...needs].filter((one) => !messages.supplier.carries.has(one))).toEqual([need]);
});

const LOOP = said(...HI, calls(call("a")), result("a", "1"));
const SIGNED = { type: "reasoning.text", text: "hm", signature: "s", format: "anthropic-claude-v1", index: 0 };
const ADAPTIVE: Quirks = { thinking: "adaptive" };
const OUT = ["reasoning"];

interface Thought {
  readonly thinking?: object;
  readonly output_config?: object;
  readonly leftOut?: readonly string[];
}

type ThinkingRow = readonly [name: string, body: object, want: Thought, quirks?: Quirks];

function budget(budget_tokens: number): Thought {
  return { thinking: { type: "enabled", budget_tokens } };
}

const THINKING: readonly ThinkingRow[] = [
  ["an effort is a share of the answer", { reasoning_effort: "low" }, budget(2_000)],
  ["a higher one", { reasoning_effort: "medium" }, budget(5_000)],
  ["a yet higher one", { reasoning_effort: "high" }, budget(8_000)],
  ["the highest", { reasoning_effort: "max" }, budget(9_500)],
  ["no more than one waits for", { reasoning_effort: "high", max_tokens: 100_000 }, budget(32_000)],
  ["no less than the vendor takes", { reasoning_effort: "minimal", max_tokens: 2_000 }, budget(1_024)],
  ["under the limit", { reasoning_effort: "high", max_tokens: 1_025 }, budget(1_024)],
  ["no room for it", { reasoning_effort: "high", max_tokens: 1_024 }, { leftOut: OUT }],
  ["none is asked for", { reasoning_effort: "none" }, { thinking: { type: "disabled" } }],
  ["nothing is said of it", {}, {}],
  ["a temperature forbids it", { reasoning_effort: "low", temperature: 0.5 }, { leftOut: OUT }],
  ["a temperature of 1 does not", { reasoning_effort: "low", temperature: 1 }, budget(2_000)],
  ["a narrow choice of words forbids it", { reasoning_effort: "low", top_p: 0.5 }, { leftOut: OUT }],
  [
    "a tool that must be called forbids it",
    { reasoning_effort: "low", tools: [F], tool_choice: "required" },
    { leftOut: OUT },
  ],
  [
    "the beginning of the answer forbids it",
    { reasoning_effort: "low", ...said(...HI, { role: "assistant", content: "It" }) },
    { leftOut: OUT },
  ],
  [
    "Q13 thoughts of before are lost while tools are at work",
    { reasoning_effort: "low", ...LOOP, tools: [F] },
    { leftOut: OUT },
  ],
  [
    "Q13 thoughts of before are there",
    {
      reasoning_effort: "low",
      ...said(...HI, { ...calls(call("a")), reasoning_details: [SIGNED] }, result("a", "1")),
      tools: [F],
    },
    budget(2_000),
  ],
  [
    "Q13 thoughts are lost but tools are done",
    {
      reasoning_effort: "low",
      ...said(...HI, calls(call("a")), result("a", "1"), { role: "assistant", content: "b" }, user("c")),
      tools: [F],
    },
    budget(2_000),
  ],
  [
    "as the model sees fit, with an effort",
    { reasoning_effort: "high" },
    { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
    ADAPTIVE,
  ],
  [
    "an effort that is not known",
    { reasoning_effort: "minimal" },
    { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
    ADAPTIVE,
  ],
  [
    "efforts of the supplier",
    { reasoning_effort: "max" },
    { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
    { ...ADAPTIVE, efforts: ["low", "high"] },
  ],
  [
    "efforts of the supplier, of which none is one where it speaks the other format",
    { reasoning_effort: "minimal" },
    { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
    { ...ADAPTIVE, efforts: ["none", "low"] },
  ],
  [
    "an effort beside a form",
    { reasoning_effort: "low", response_format: { type: "json_schema", json_schema: { name: "x", schema: SCHEMA } } },
    {
      thinking: { type: "adaptive" },
      output_config: { effort: "low", format: { type: "json_schema", schema: SCHEMA } },
    },
    ADAPTIVE,
  ],
];

describe("Q16 how much to think", () => {
  test.each(THINKING.map(rowOf))("%s", (_name, { body, want: { leftOut = [], ...want }, quirks }) => {
    const written = cross(body, { quirks });
    const { thinking, output_config } = written.body as Thought;
    expect({ thinking, output_config }).toEqual({ thinking: undefined, output_config: undefined, ...want });
    expect(written.leftOut).toEqual(leftOut);
  });

  test.each([
    ["high", OUT],
    ["none", []],
  ])("%s, where the model does not think", (reasoning_effort, leftOut) => {
    const written = cross({ reasoning_effort }, { features: new Set() });
    expect(written.body).not.toHaveProperty("thinking");
    expect(written.leftOut).toEqual(leftOut);
  });
});

test.each<[string, object, readonly string[]]>([
  ["a picture that is not on the web", image("gs://bucket/a.png"), ["image url"]],
  ["a picture that is, in any case", image("HTTPS://x/a.png"), []],
  ["a picture of broken bytes", image("data:image/png;base64,***"), ["image url"]],
  ["a picture that is not in base64", image("data:image/svg+xml,<svg/>"), ["image url"]],
  ["a document of broken bytes", file("H*k@"), ["file"]],
  ["a document", file("JVBERi0="), []],
])("Q29 %s: bound by %j", (_, content, want) => {
  const body = { model: "m", messages: [user([content])] };
  expect(chatContract.validators.createChatCompletion.request(body)).toBe(true);
  const request = chatCompletions.surface.readRequest(body as never);
  expect(bondsOf(request)).toEqual(want);
  const own = chatCompletions.supplier.writeRequest(request, { model: "m", features: new Set(), quirks: NO_QUIRKS });
  expect(own.body).toEqual(body);
});

function image(url: string): object {
  return { type: "image_url", image_url: { url } };
}

function file(file_data: string): object {
  return { type: "file", file: { file_data } };
}

test("Q01 where every turn was another supplier's, the user says nothing", () => {
  const request = chatCompletions.surface.readRequest({ model: "m", messages: [] } as never);
  const target = { model: "m", features: new Set(FEATURES), quirks: NO_QUIRKS };
  const { body } = messages.supplier.writeRequest({ ...request, outputTokensMax: CAP }, target);
  expect(body).toEqual({ model: "m", max_tokens: CAP, messages: [user("")] });
});

test.each([
  ["any name's", "any_name_s"],
  ["", "_"],
  ["a".repeat(129), "a".repeat(128)],
])("Q12 a call of a tool that nobody could offer, %j, is told as one of %s", (name, want) => {
  const turns = [...HI, { role: "assistant", content: null, tool_calls: [call("a", "{}", name)] }];
  expect(bodyOf(said(...turns))).toMatchObject({
    messages: [...HI, { role: "assistant", content: [{ type: "tool_use", name: want }] }],
    tools: [{ name: want }],
  });
});

test.each<[Reasoning, readonly string[]]>([
  [{ mode: "off" }, []],
  [{ mode: "off", isTakenBack: true }, ["reasoning"]],
])("Q24 %j is named only where it was asked for", (reasoning, want) => {
  const request = chatCompletions.surface.readRequest({ model: "m", messages: HI } as never);
  const target = { model: "theirs", features: new Set(FEATURES), quirks: {} };
  const { body, leftOut } = messages.supplier.writeRequest({ ...request, reasoning }, target);
  expect([body, leftOut]).toEqual([expect.objectContaining({ thinking: { type: "disabled" } }), want]);
});

describe("thoughts of before", () => {
  const rest = { content: "ho" };

  test("Q13 those that are signed are said again byte for byte, before what was said", () => {
    const sealed = { type: "reasoning.encrypted", data: "x=", format: "anthropic-claude-v1", index: 1 };
    const turn = { role: "assistant", ...rest, reasoning_details: [SIGNED, sealed] };
    expect(bodyOf(said(...HI, turn, ...HI)).messages).toEqual([
      ...HI,
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature: "s" },
          { type: "redacted_thinking", data: "x=" },
          { type: "text", text: "ho" },
        ],
      },
      ...HI,
    ]);
  });

  test("Q14 those that nobody signed are left out", () => {
    const turn = { role: "assistant", ...rest, reasoning_content: "hm" };
    expect(bodyOf(said(...HI, turn, ...HI)).messages).toEqual([...HI, { role: "assistant", ...rest }, ...HI]);
  });
});

describe("the headers of the format", () => {
  const body = { model: "m", max_tokens: 1, messages: HI };
  const headers = { "anthropic-beta": "a-1,b-2", "anthropic-version": "2026-10-21", "user-agent": "x" };

  test("Q25 a caller's own go along to a supplier of the format", () => {
    const request = messages.surface.readRequest(body as never, headers);
    expect(messages.supplier.writeHeaders(request, "k")).toEqual({
      "anthropic-beta": "a-1,b-2",
      "anthropic-version": "2026-10-21",
      "x-api-key": "k",
    });
    expect(chatCompletions.supplier.writeHeaders(request, "k")).toEqual({ authorization: "Bearer k" });
  });

  test("Q25 those of another format do not", () => {
    const request = chatCompletions.surface.readRequest({ messages: HI } as never, headers);
    expect(messages.supplier.writeHeaders(request, undefined)).toEqual({ "anthropic-version": "2023-06-01" });
  });
});

/** What arrives at a supplier of the other format, on a running gateway, for what a caller sends. */

import { DEFAULT_LIMITS, type Format } from "@interchange/config";
import type { Quirks } from "@interchange/dialects";
import { FEATURES, type Feature } from "@interchange/inference";
import { afterAll, describe, expect, test } from "vitest";
import { type AskOptions, OTHER, QUESTIONS } from "../rig.ts";
import { type Crossing, type CrossingOptions, type Exchange, json, openCrossing } from "./crossing.ts";
import { turnTold } from "./turn-told.ts";
import { turnsOf } from "./turns.ts";
import {
  block,
  chatStream,
  chunk,
  completion,
  message,
  messageStream,
  textBlock,
  toolBlock,
  type Wire,
} from "./wire-format.ts";

/** Opened when first asked for: one gateway for each surface and kind of supplier. */
const crossings = new Map<string, Promise<Crossing>>();
afterAll(async () => {
  for (const crossing of await Promise.all(crossings.values())) await crossing.close();
});

function crossingOf(surface: Format, options: CrossingOptions = {}): Promise<Crossing> {
  const key = JSON.stringify([surface, options]);
  const known = crossings.get(key) ?? openCrossing(surface, options);
  crossings.set(key, known);
  return known;
}

const ANSWERS: Readonly<Record<Format, Wire>> = {
  messages: message([{ type: "text", text: "Hello" }]),
  "chat-completions": completion({ content: "Hello" }),
};

interface Given {
  readonly surface: Format;
  readonly body: Wire;
  readonly quirks?: Quirks;
  readonly features?: readonly Feature[];
  /** The supplier's format; the other one unless said. */
  readonly format?: Format;
  readonly asking?: AskOptions;
}

/** Asks a supplier with these quirks, which says hello. */
async function ask({ surface, body, quirks, features, format, asking }: Given): Promise<Exchange> {
  const crossing = await crossingOf(surface, {
    ...(quirks === undefined ? {} : { row: { quirks } }),
    ...(features === undefined ? {} : { features }),
    ...(format === undefined ? {} : { formats: [format] }),
  });
  return crossing.whole(ANSWERS[format ?? OTHER[surface]], body, asking);
}

const toChat = (body: Wire, quirks?: Quirks): Given => ({ surface: "messages", body, ...(quirks && { quirks }) });
const toMessages = (body: Wire, quirks?: Quirks): Given => ({
  surface: "chat-completions",
  body,
  ...(quirks && { quirks }),
});

const user = (content: unknown): Wire => ({ role: "user", content });
const assistant = (content: unknown, beside: Wire = {}): Wire => ({ role: "assistant", content, ...beside });
const text = (said: string, beside: Wire = {}): Wire => ({ type: "text", text: said, ...beside });

const use = (id: string, name = "find", input: Wire = { q: 1 }): Wire => ({ type: "tool_use", id, name, input });
const result = (id: string, content: unknown, beside: Wire = {}): Wire => ({
  type: "tool_result",
  tool_use_id: id,
  content,
  ...beside,
});
const call = (id: string, name = "find", input = '{"q":1}'): Wire => ({
  id,
  type: "function",
  function: { name, arguments: input },
});
const told = (id: string, content: unknown): Wire => ({ role: "tool", tool_call_id: id, content });

const FIND = {
  name: "find",
  description: "Finds it.",
  input_schema: { type: "object", properties: { q: { type: "integer" } } },
};
const FIND_FUNCTION = {
  type: "function",
  function: {
    name: "find",
    description: "Finds it.",
    parameters: { type: "object", properties: { q: { type: "integer" } } },
  },
};

/** The first bytes of a picture and of a document: enough to tell what they are. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PDF = "JVBERi0xLjQKJcfsj6IK";
const URL_ = "https://example.com/a.png";
const image = (source: Wire): Wire => ({ type: "image", source });
const base64 = (media_type: string, data: string): Wire => ({ type: "base64", media_type, data });
const imageUrl = (url: string): Wire => ({ type: "image_url", image_url: { url } });

/** What is sent, and the conversation that arrives. */
type Turns = readonly [title: string, given: Given, want: readonly unknown[]];

const CONVERSATIONS: readonly Turns[] = [
  [
    "Q01 empty texts beside others",
    toMessages({ messages: [{ role: "system", content: "" }, user([text(""), text("Hi"), text("")])] }),
    ["user: Hi"],
  ],
  [
    "Q01 a turn of nothing but empty texts",
    toMessages({ messages: [user("Hi"), assistant(""), user([text("")]), user("there")] }),
    ["user: Hi | there"],
  ],
  [
    "Q01 an empty text beside a tool call",
    toMessages({
      tools: [FIND_FUNCTION],
      messages: [user("Hi"), assistant("", { tool_calls: [call("c1")] }), told("c1", "ok")],
    }),
    ["user: Hi", 'assistant: call c1 find {"q":1}', "user: result c1 [ok]"],
  ],
  [
    "Q02 no content beside a tool call",
    toMessages({
      tools: [FIND_FUNCTION],
      messages: [user("Hi"), assistant(null, { tool_calls: [call("c1")] }), told("c1", "ok")],
    }),
    ["user: Hi", 'assistant: call c1 find {"q":1}', "user: result c1 [ok]"],
  ],
  [
    "Q04 several system texts, and one later on",
    toChat({
      system: [text("One."), text("Two.")],
      messages: [user("Hi"), { role: "system", content: "Three." }, user("there")],
    }),
    ["system: One. | Two.", "user: Hi", "system: Three.", "user: there"],
  ],
  [
    "Q04 at a supplier that takes system texts only at the start",
    toChat(
      { system: [text("One.")], messages: [user("Hi"), { role: "system", content: "Two." }, user("there")] },
      { laterSystemTurns: false },
    ),
    ["system: One.\n\nTwo.", "user: Hi", "user: there"],
  ],
  [
    "Q04 a system turn within a Chat conversation stays in its place",
    toMessages({
      messages: [{ role: "system", content: "One." }, user("Hi"), { role: "system", content: "Two." }, user("there")],
    }),
    ["system: One.", "user: Hi", "system: Two.", "user: there"],
  ],
  [
    "Q04 and is told by the user, in its place, where the supplier has no such turns",
    toMessages(
      {
        messages: [{ role: "system", content: "One." }, user("Hi"), { role: "system", content: "Two." }, user("there")],
      },
      { systemTurns: false },
    ),
    ["system: One.", expect.stringMatching(/^user: Hi \| .*Two\..* \| there$/s)],
  ],
  [
    "Q05 developer and system texts in their order",
    toMessages({
      messages: [
        { role: "system", content: "One." },
        { role: "developer", content: "Two." },
        { role: "system", content: "Three." },
        user("Hi"),
      ],
    }),
    ["system: One. | Two. | Three.", "user: Hi"],
  ],
  [
    "Q06 a picture in a tool's result follows it",
    toChat({
      tools: [FIND],
      messages: [
        user("Hi"),
        assistant([use("t1"), use("t2")]),
        user([result("t1", [text("see"), image(base64("image/png", PNG))]), result("t2", "ok"), text("So?")]),
      ],
    }),
    [
      "user: Hi",
      'assistant: call t1 find {"q":1} | call t2 find {"q":1}',
      expect.stringMatching(/^tool t1: see/),
      "tool t2: ok",
      expect.stringMatching(new RegExp(`^user: .*image data:image/png;base64,${PNG.slice(0, 20)}`, "s")),
    ],
  ],
  [
    "Q06 at a supplier whose tools may show pictures",
    toChat(
      {
        tools: [FIND],
        messages: [
          user("Hi"),
          assistant([use("t1")]),
          user([result("t1", [text("see"), image({ type: "url", url: URL_ })])]),
        ],
      },
      { toolResultMedia: true },
    ),
    ["user: Hi", 'assistant: call t1 find {"q":1}', `tool t1: see | image ${URL_}`],
  ],
  [
    "Q07 a tool's result that is an error says so",
    toChat({
      tools: [FIND],
      messages: [user("Hi"), assistant([use("t1")]), user([result("t1", "no such file", { is_error: true })])],
    }),
    ["user: Hi", 'assistant: call t1 find {"q":1}', expect.stringMatching(/^tool t1: .*error.*no such file/is)],
  ],
  [
    "Q08 a document of base64",
    toChat({ messages: [user([{ type: "document", source: base64("application/pdf", PDF) }])] }),
    [`user: file data:application/pdf;base64,${PDF}`],
  ],
  [
    "Q08 a document of text",
    toChat({
      messages: [
        user([
          { type: "document", title: "Notes", source: { type: "text", media_type: "text/plain", data: "All of it." } },
        ]),
      ],
    }),
    [expect.stringContaining("All of it.")],
  ],
  [
    "Q08 a file of Chat Completions",
    toMessages({
      messages: [
        user([{ type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${PDF}` } }]),
      ],
    }),
    [`user: document application/pdf ${PDF}`],
  ],
  [
    "Q09 a picture as a data URL",
    toMessages({ messages: [user([imageUrl(`data:image/png;base64,${PNG}`)])] }),
    [`user: image image/png ${PNG}`],
  ],
  [
    "Q09 a picture whose bytes are of another type than it says",
    toMessages({ messages: [user([imageUrl(`data:image/jpeg;base64,${PNG}`)])] }),
    [`user: image image/png ${PNG}`],
  ],
  ["Q09 a picture's address", toMessages({ messages: [user([imageUrl(URL_)])] }), [`user: image ${URL_}`]],
  [
    "Q09 base64 becomes a data URL",
    toChat({ messages: [user([image(base64("image/png", PNG)), image({ type: "url", url: URL_ })])] }),
    [`user: image data:image/png;base64,${PNG} | image ${URL_}`],
  ],
  [
    "Q11 turns of one role become one, tool results first",
    toMessages({
      tools: [FIND_FUNCTION],
      messages: [
        user("One."),
        user("Two."),
        assistant(null, { tool_calls: [call("c1"), call("c2")] }),
        told("c1", "a"),
        told("c2", "b"),
        user("Three."),
      ],
    }),
    [
      "user: One. | Two.",
      'assistant: call c1 find {"q":1} | call c2 find {"q":1}',
      "user: result c1 [a] | result c2 [b] | Three.",
    ],
  ],
];

describe("conversations", () => {
  test.each(CONVERSATIONS)("%s", async (_title, given, want) => {
    const { status, sent, text } = await ask(given);
    expect([status, turnsOf(OTHER[given.surface], sent)], text).toEqual([200, want]);
  });
});

const CALLED = { tools: [FIND], messages: [user("Hi"), assistant([use("t1")]), user([result("t1", "ok")])] };
const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

const MARK = { cache_control: { type: "ephemeral", ttl: "1h" } };
const MARKED = {
  system: [text("One.", MARK)],
  tools: [{ ...FIND, ...MARK }],
  messages: [user([text("Hi", MARK)]), assistant([use("t1")]), user([result("t1", [text("ok")], MARK)])],
};
const MARKED_FOR_CHAT = {
  tools: [MARK],
  messages: [
    { role: "system", content: [MARK] },
    { role: "user", content: [MARK] },
    { role: "assistant" },
    { role: "tool", content: [MARK] },
  ],
};

/** What is sent, what arrives of it, and what must not arrive, by its path. */
type Body = readonly [title: string, given: Given, want: Wire, absent?: string];

const choose = (tool_choice: unknown, beside: Wire = {}): Wire => ({ tools: [FIND], tool_choice, ...beside });
const chooseFunction = (tool_choice: unknown, beside: Wire = {}): Wire => ({
  tools: [FIND_FUNCTION],
  tool_choice,
  ...beside,
});

const CHOICES: readonly (readonly [of: string, messages: unknown, chat: unknown])[] = [
  ["auto", { type: "auto" }, "auto"],
  ["none", { type: "none" }, "none"],
  ["any", { type: "any" }, "required"],
  ["one by name", { type: "tool", name: "find" }, { type: "function", function: { name: "find" } }],
];

const BODIES: readonly Body[] = [
  ["Q02 a turn that only calls has no content", toChat(CALLED), { messages: [{}, { content: null }, {}] }],
  ["Q02 or an empty one", toChat(CALLED, { emptyContent: "empty" }), { messages: [{}, { content: "" }, {}] }],
  ["Q02 or none at all", toChat(CALLED, { emptyContent: "absent" }), { messages: [{}, {}, {}] }, "messages[1].content"],
  [
    "Q03 parts as one string",
    toChat({ messages: [user([text("One."), text("Two.")])] }, { content: "text" }),
    { messages: [{ content: expect.stringMatching(/^One\.\s*Two\.$/) }] },
  ],
  [
    "Q03 parts with their marks",
    toChat(
      { messages: [user([text("One.", { cache_control: { type: "ephemeral" } }), text("Two.")])] },
      { cacheControl: true },
    ),
    { messages: [{ content: [{ text: "One.", cache_control: { type: "ephemeral" } }, { text: "Two." }] }] },
  ],
  [
    "Q16 effort becomes a budget below the cap",
    toMessages({ reasoning_effort: "high", max_completion_tokens: 3_000 }, { thinking: "budget" }),
    {
      max_tokens: 3_000,
      thinking: {
        type: "enabled",
        budget_tokens: expect.toSatisfy((budget: number) => budget >= 1_024 && budget < 3_000),
      },
    },
    "temperature",
  ],
  [
    "Q16 a temperature that thinking does not allow is kept, and the thinking left out",
    toMessages({ reasoning_effort: "high", temperature: 0.5 }, { thinking: "budget" }),
    { temperature: 0.5 },
    "thinking",
  ],
  [
    "Q16 effort at a supplier that takes efforts",
    toMessages({ reasoning_effort: "high" }, { thinking: "adaptive" }),
    { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
  ],
  [
    "Q16 a budget becomes an effort",
    toChat({ max_tokens: 20_000, thinking: { type: "enabled", budget_tokens: 16_000 } }),
    { reasoning_effort: "high" },
  ],
  [
    "Q16 an effort stays one",
    toChat({ thinking: { type: "adaptive" }, output_config: { effort: "low" } }),
    { reasoning_effort: "low" },
  ],
  [
    "Q16 no thinking, where that can be said",
    toChat({ thinking: { type: "disabled" } }, { efforts: ["none", "low"] }),
    { reasoning_effort: "none" },
  ],
  [
    "Q16 no thinking, where it cannot be said",
    toChat({ thinking: { type: "disabled" } }),
    { messages: [{ role: "user" }] },
    "reasoning_effort",
  ],
  ...CHOICES.flatMap(([of, messages, chat]): Body[] => [
    [`Q17 ${of}, to Chat`, toChat(choose(messages)), { tool_choice: chat }],
    [`Q17 ${of}, to Messages`, toMessages(chooseFunction(chat)), { tool_choice: messages }],
  ]),
  [
    "Q17 one at a time, to Chat",
    toChat(choose({ type: "auto", disable_parallel_tool_use: true })),
    { parallel_tool_calls: false },
  ],
  [
    "Q17 one at a time, to Messages",
    toMessages({ tools: [FIND_FUNCTION], parallel_tool_calls: false }),
    { tool_choice: { type: "auto", disable_parallel_tool_use: true } },
  ],
  [
    "Q17 any, one at a time",
    toMessages(chooseFunction("required", { parallel_tool_calls: false })),
    { tool_choice: { type: "any", disable_parallel_tool_use: true } },
  ],
  [
    "Q18 a function without parameters has an object for a schema",
    toMessages({ tools: [{ type: "function", function: { name: "now" } }] }),
    { tools: [{ name: "now", input_schema: { type: "object" } }] },
  ],
  [
    "Q18 a schema without a type at its root gets one",
    toMessages({ tools: [{ type: "function", function: { name: "now", parameters: { properties: {} } } }] }),
    { tools: [{ name: "now", input_schema: { type: "object", properties: {} } }] },
  ],
  [
    "Q18 a choice at the root of a schema is kept, as one between objects",
    toMessages({ tools: [{ type: "function", function: { name: "now", parameters: { anyOf: [SCHEMA, SCHEMA] } } }] }),
    { tools: [{ name: "now", input_schema: { type: "object", anyOf: [SCHEMA, SCHEMA] } }] },
  ],
  [
    "Q18 strictness is kept, to Messages",
    toMessages({ tools: [{ type: "function", function: { name: "find", parameters: SCHEMA, strict: true } }] }),
    { tools: [{ name: "find", strict: true, input_schema: SCHEMA }] },
  ],
  [
    "Q18 strictness is kept, to Chat",
    toChat({ tools: [{ name: "find", input_schema: SCHEMA, strict: true }] }),
    { tools: [{ type: "function", function: { name: "find", strict: true, parameters: SCHEMA } }] },
  ],
  [
    "Q20 a schema for the answer, to Messages",
    toMessages({
      response_format: { type: "json_schema", json_schema: { name: "place", schema: SCHEMA, strict: true } },
    }),
    { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
  ],
  [
    "Q20 a schema for the answer, to Chat",
    toChat({ output_config: { format: { type: "json_schema", schema: SCHEMA } } }),
    {
      response_format: {
        type: "json_schema",
        json_schema: { name: expect.stringMatching(/^[\w-]{1,64}$/), schema: SCHEMA },
      },
    },
  ],
  ["Q21 no cap is the model's own", toMessages({}), { max_tokens: 128_000 }],
  ["Q21 a cap by the older name", toMessages({ max_tokens: 321 }), { max_tokens: 321 }],
  [
    "Q21 a cap by the newer name",
    toMessages({ max_completion_tokens: 321 }),
    { max_tokens: 321 },
    "max_completion_tokens",
  ],
  [
    "Q21 a cap by both, the newer one wins",
    toMessages({ max_tokens: 999, max_completion_tokens: 321 }),
    { max_tokens: 321 },
  ],
  ["Q21 a cap of one token", toMessages({ max_completion_tokens: 1 }), { max_tokens: 1 }],
  ["Q21 to Chat by the older name", toChat({ max_tokens: 321 }), { max_tokens: 321 }],
  [
    "Q21 to Chat by the name that the supplier knows",
    toChat({ max_tokens: 321 }, { outputCap: "max_completion_tokens" }),
    { max_completion_tokens: 321 },
    "max_tokens",
  ],
  ["Q22 a temperature within both", toMessages({ temperature: 0.7 }), { temperature: 0.7 }],
  ["Q26 marks reach a Chat supplier that knows them", toChat(MARKED, { cacheControl: true }), MARKED_FOR_CHAT],
  ["Q27 one stop sequence, to Messages", toMessages({ stop: "END" }), { stop_sequences: ["END"] }, "stop"],
  ["Q27 several, to Messages", toMessages({ stop: ["A", "B"] }), { stop_sequences: ["A", "B"] }, "stop"],
  ["Q27 to Chat", toChat({ stop_sequences: ["A", "B"] }), { stop: ["A", "B"] }, "stop_sequences"],
  ["Q28 to Messages", toMessages({ safety_identifier: "u-1" }), { metadata: { user_id: "u-1" } }],
  ["Q28 to Messages by the older name", toMessages({ user: "u-1" }), { metadata: { user_id: "u-1" } }],
];

describe("bodies", () => {
  test.for(BODIES)("%s", async ([_title, given, want, absent]) => {
    const { status, sent, text } = await ask(given);
    expect(status, text).toBe(200);
    expect(sent).toMatchObject(want);
    if (absent !== undefined) expect(sent).not.toHaveProperty(absent);
  });
});

/** What is sent, and the property that the refusal names. Nobody is asked. */
type Refused = readonly [title: string, given: Given, named: string];

const NO_TOP_K = FEATURES.filter((feature) => feature !== "top-k");
const SEARCH = { type: "web_search_20250305", name: "web_search" };

const REFUSED: readonly Refused[] = [
  [
    "Q08 a document of which only the supplier's own format knows",
    toChat({ messages: [user([{ type: "document", source: { type: "file", file_id: "file_1" } }])] }),
    "file_id",
  ],
  ["Q22 a temperature above 1", toMessages({ temperature: 1.5 }), "temperature"],
  ["Q23 n", toMessages({ n: 2 }), "n"],
  ["Q23 logprobs", toMessages({ logprobs: true }), "logprobs"],
  ["Q23 top_logprobs", toMessages({ logprobs: true, top_logprobs: 2 }), "logprobs"],
  ["Q23 logit_bias", toMessages({ logit_bias: { 50256: -100 } }), "logit_bias"],
  ["Q23 seed", toMessages({ seed: 4 }), "seed"],
  ["Q23 frequency_penalty", toMessages({ frequency_penalty: 0.5 }), "frequency_penalty"],
  ["Q23 presence_penalty", toMessages({ presence_penalty: 0.5 }), "presence_penalty"],
  ["Q23 top_k where nobody has it", { ...toChat({ top_k: 40 }), features: NO_TOP_K }, "top_k"],
  ["Q20 a JSON object without a schema", toMessages({ response_format: { type: "json_object" } }), "response_format"],
  [
    "Q24 what nobody knows, where it is required",
    toMessages({ holograms: true, provider: { require_parameters: true } }),
    "holograms",
  ],
  ["Q27 a stop sequence of white space", toMessages({ stop: [" "] }), "stop"],
  [
    "Q27 more stop sequences than the format has room for",
    toChat({ stop_sequences: ["1", "2", "3", "4", "5"] }),
    "stop_sequences",
  ],
  ["Q29 a tool that the supplier runs", toChat({ tools: [SEARCH] }), "web_search_20250305"],
  [
    "Q29 code that the supplier runs",
    toChat({ tools: [{ type: "code_execution_20250522", name: "code_execution" }] }),
    "code_execution_20250522",
  ],
];

describe("refusals", () => {
  test.each(REFUSED)("%s", async (_title, given, named) => {
    const { status, body, asked } = await ask(given);
    expect([status, asked]).toEqual([400, []]);
    const { message, param } = body["error"] as Wire;
    expect(/can honour ([^.]*)\. /.exec(String(message))?.[1]).toBe(named);
    if (given.surface === "chat-completions") expect(param).toBe(named);
  });
});

const NAMED = { name: "find_it-2", description: "Findet „es“.\nAlways." };
const RICH = {
  ...SCHEMA,
  $defs: { place: { $ref: "#/$defs/place" } },
  properties: {
    city: { type: ["string", "null"], pattern: "^\\p{L}+$", enum: ["Århus", null], default: null, "x-own": {} },
  },
};
const TOOL = { ...NAMED, input_schema: RICH };
const FUNCTION = { type: "function", function: { ...NAMED, parameters: RICH } };

test.each<[string, Given, Wire]>([
  ["Chat", toChat({ tools: [TOOL] }), FUNCTION],
  ["Messages", toMessages({ tools: [FUNCTION] }), TOOL],
])("Q30 a tool arrives as it was sent, and as nothing else, to %s", async (_to, given, want) => {
  const { sent } = await ask(given);
  expect(JSON.stringify(sent["tools"])).toBe(JSON.stringify([want]));
});

test.each<[string, Wire]>([
  ["Q22 a temperature above 1", { temperature: 1.5 }],
  ["Q23 a seed", { seed: 4 }],
  ["Q23 several answers", { n: 2 }],
])("%s goes to the supplier that can have it, though another is cheaper", async (_title, body) => {
  const crossing = await crossingOf("chat-completions", { formats: ["messages", "chat-completions"] });
  const { status, asked, sent } = await crossing.whole(ANSWERS["chat-completions"], body);
  expect([status, asked[0]?.path, asked.length]).toEqual([200, "/v1/chat/completions", 1]);
  expect(sent).toMatchObject(body);
});

test("Q10 a picture that the supplier cannot have is an error, and is not asked for again without it", async () => {
  const crossing = await crossingOf("messages");
  const refused = {
    error: {
      message: "The image at https://example.com/a.png could not be downloaded.",
      type: "invalid_request_error",
    },
  };
  const body = { ...choose({ type: "any" }), messages: [user([image({ type: "url", url: URL_ })])] };
  const told = await crossing.exchange(json(refused, 400), body);
  expect(told.status).toBe(400);
  expect((told.body["error"] as Wire)["message"]).toContain("could not be downloaded");
  expect(told.asked).toHaveLength(1);
  expect(turnsOf("chat-completions", told.sent)).toEqual([`user: image ${URL_}`]);
});

const NARROW = /^[A-Za-z0-9_-]{1,64}$/;

test.each(["call:1/ä é", "functions.find:0", `call_${"x".repeat(90)}`])(
  "Q12 the id %j is told in letters that Messages has, and comes back as it was",
  async (id) => {
    const crossing = await crossingOf("messages");
    const answer = completion({ tool_calls: [call(id)] }, "tool_calls");
    const { body } = await crossing.whole(answer, { tools: [FIND] });
    const [told] = body["content"] as readonly Wire[];
    expect(told?.["id"]).toMatch(NARROW);
    const calls = [{ index: 0, ...call(id) }];
    const streamed = await crossing.stream([chatStream("tool_calls", chunk({ tool_calls: calls }))], { tools: [FIND] });
    expect(streamed.score[1]).toBe(`0 call ${told?.["id"]} find {}`);
    const again = {
      tools: [FIND],
      messages: [user("Hi"), assistant([told]), user([result(String(told?.["id"]), "ok")])],
    };
    const { sent } = await crossing.whole(ANSWERS["chat-completions"], again);
    const [, called, answered] = sent["messages"] as readonly Wire[];
    const [sentCall] = (called?.["tool_calls"] ?? []) as readonly Wire[];
    expect(answered?.["tool_call_id"]).toBe(sentCall?.["id"]);
    // What is longer than a marked id has room for is told as a digest, which cannot be read back.
    if (id.length <= 40) expect(sentCall?.["id"]).toBe(id);
  },
);

test("Q12 ids that Messages cannot say are written alike in every turn", async () => {
  const messages = [
    user("Hi"),
    assistant(null, { tool_calls: [call("functions.find:0")] }),
    told("functions.find:0", "ok"),
  ];
  const first = await ask(toMessages({ tools: [FIND_FUNCTION], messages }));
  const second = await ask(
    toMessages({ tools: [FIND_FUNCTION], messages: [...messages, assistant("Hm."), user("So?")] }),
  );
  const [, ...turns] = turnsOf("messages", first.sent);
  const id = /^assistant: call (\S+)/.exec(turns[0] ?? "")?.[1] ?? "";
  expect(id).toMatch(NARROW);
  expect(turns[1]).toBe(`user: result ${id} [ok]`);
  expect(turnsOf("messages", second.sent).slice(1, 3)).toEqual(turns);
});

const THOUGHTS: readonly Wire[] = [
  { type: "thinking", thinking: "Let me see.", signature: "EqoBCkgIARABGAIiQL8=/+" },
  { type: "redacted_thinking", data: "EmwKAhgBEgy3va3pzix/LafPsn4=" },
  text("I look it up."),
  use("t1"),
];
const THINKING = { tools: [FIND], max_tokens: 8_000, thinking: { type: "enabled", budget_tokens: 2_000 } };

/** Has these blocks told, and sends them back with the tool's result. */
async function replay(crossing: Crossing, answer: Wire, body: Wire): Promise<Exchange> {
  const first = await crossing.whole(answer, body);
  expect(first.status, first.text).toBe(200);
  const turns = [user("Hi"), assistant(first.body["content"]), user([result("t1", "ok")])];
  return crossing.whole(message([text("Hello")]), { ...body, messages: turns });
}

test("Q13 signed and redacted thinking comes back byte for byte and in its place", async () => {
  const crossing = await crossingOf("messages", { formats: ["messages"] });
  const { sent, status } = await replay(crossing, message(THOUGHTS, "tool_use"), THINKING);
  expect(status).toBe(200);
  expect((sent["messages"] as readonly Wire[])[1]).toEqual(assistant(THOUGHTS));
});

test("Q13 and on the Chat surface", async () => {
  const crossing = await crossingOf("chat-completions");
  const first = await crossing.whole(message(THOUGHTS, "tool_use"), {
    tools: [FIND_FUNCTION],
    reasoning_effort: "low",
  });
  const said = (first.body["choices"] as readonly Wire[])[0]?.["message"] as Wire;
  const messages = [user("Hi"), said, told("t1", "ok")];
  const { sent, status } = await crossing.whole(ANSWERS.messages, {
    tools: [FIND_FUNCTION],
    reasoning_effort: "low",
    messages,
  });
  expect(status).toBe(200);
  expect((sent["messages"] as readonly Wire[])[1]).toEqual(assistant(THOUGHTS));
});

/** The same told step by step; a signature comes whole. */
const THOUGHTS_STREAMED = messageStream(
  block(
    0,
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking: "Let me" },
    { type: "thinking_delta", thinking: " see." },
    { type: "signature_delta", signature: "EqoBCkgIARABGAIiQL8=/+" },
  ),
  block(1, THOUGHTS[1] as Wire),
  textBlock(2, "I look ", "it up."),
  toolBlock(3, "t1", "find", '{"q"', ":1}"),
).replace("end_turn", "tool_use");

/** Has the thoughts streamed on this surface, and gives the turn as a client puts it together. */
async function streamedTurn(crossing: Crossing, body: Wire): Promise<Wire> {
  const told = await crossing.stream([THOUGHTS_STREAMED], body);
  expect([told.status, told.faults, told.ending]).toEqual([200, [], "complete"]);
  return turnTold(crossing.surface, told.events);
}

/** The turns that follow on a surface: what was told goes back with what the tool gave. */
const GOING_ON: Readonly<Record<Format, (turn: Wire) => Wire>> = {
  messages: (turn) => ({ ...THINKING, messages: [user("Hi"), turn, user([result("t1", "ok")])] }),
  "chat-completions": (turn) => ({ ...CHAT_THINKING, messages: [user("Hi"), turn, told("t1", "ok")] }),
};
const CHAT_THINKING = { tools: [FIND_FUNCTION], reasoning_effort: "low" };
const BEGINNING: Readonly<Record<Format, Wire>> = { messages: THINKING, "chat-completions": CHAT_THINKING };

describe.each<Format>(["messages", "chat-completions"])("thinking that was streamed on %s", (surface) => {
  test("Q13 comes back byte for byte and in its place", async () => {
    const crossing = await crossingOf(surface, { formats: ["messages"] });
    const turn = await streamedTurn(crossing, BEGINNING[surface]);
    const { sent, status } = await crossing.whole(ANSWERS.messages, GOING_ON[surface](turn));
    expect(status).toBe(200);
    expect((sent["messages"] as readonly Wire[])[1]).toEqual(assistant(THOUGHTS));
  });

  test("Q13 Q14 is not sent to another supplier", async () => {
    // The empty quirks make it a market of its own: one that another test has seen fail is passed over for a while.
    const crossing = await crossingOf(surface, { formats: ["messages", "messages"], row: { quirks: {} } });
    const turn = await streamedTurn(crossing, BEGINNING[surface]);
    const [maker, other] = crossing.suppliers;
    maker?.answer(json({ type: "error", error: { type: "api_error", message: "gone" } }, 500));
    other?.answer(json(ANSWERS.messages));
    let last = await crossing.exchange(undefined, GOING_ON[surface](turn));
    if (last.status !== 200) last = await crossing.exchange(undefined, GOING_ON[surface](turn));
    const asked = last.asked.find((each) => each.body["model"] === "model-1");
    expect([last.status, turnsOf("messages", asked?.body ?? {})[1]]).toEqual([
      200,
      'assistant: I look it up. | call t1 find {"q":1}',
    ]);
  });
});

test.each<[string, Wire]>([
  ["that nobody signed", { type: "thinking", thinking: "Hm.", signature: "" }],
  ["that somebody else signed", { type: "thinking", thinking: "Hm.", signature: "EqoBCkgIARABGAIiQL8=/+" }],
  ["that somebody else redacted", { type: "redacted_thinking", data: "EmwKAhgBEgy3va3pzix" }],
])("Q14 thinking %s is not sent", async (_title, thought) => {
  const crossing = await crossingOf("messages", { formats: ["messages"] });
  const messages = [user("Hi"), assistant([thought, text("One.")]), user("there")];
  const { sent, status } = await crossing.whole(ANSWERS.messages, { ...THINKING, messages });
  expect([status, turnsOf("messages", sent)]).toEqual([200, ["user: Hi", "assistant: One.", "user: there"]]);
});

test("Q14 what one supplier signed is not sent to the next", async () => {
  const crossing = await crossingOf("messages", { formats: ["messages", "messages"] });
  const first = await crossing.whole(message(THOUGHTS, "tool_use"), THINKING);
  expect(first.sent["model"]).toBe("model-0");
  const body = { ...THINKING, messages: [user("Hi"), assistant(first.body["content"]), user([result("t1", "ok")])] };
  crossing.suppliers[0]?.answer(json({ type: "error", error: { type: "api_error", message: "gone" } }, 500));
  crossing.suppliers[1]?.answer(json(ANSWERS.messages));
  let last = await crossing.exchange(undefined, body);
  if (last.status !== 200) last = await crossing.exchange(undefined, body);
  const asked = last.asked.find((each) => each.body["model"] === "model-1");
  expect([last.status, turnsOf("messages", asked?.body ?? {})[1]]).toEqual([
    200,
    'assistant: I look it up. | call t1 find {"q":1}',
  ]);
});

const SIGNED_CALL = { ...call("c1"), extra_content: { google: { thought_signature: "CiQB/+==" } } };
const DETAILS = [
  { type: "reasoning.encrypted", data: "gAAAAB/+==", id: "rs_1", format: "openai-responses-v1", index: 0 },
];

/** Signatures may be told with a mark of whose they are, and are sent back as they came. */
test.each([false, true])(
  "Q15 signatures beside calls and texts survive a round trip on the Chat surface, streamed: %j",
  async (stream) => {
    const crossing = await crossingOf("chat-completions", { formats: ["chat-completions"] });
    const said = { content: "One.", reasoning_details: DETAILS, tool_calls: [SIGNED_CALL] };
    const deltas = { ...said, tool_calls: [{ index: 0, ...SIGNED_CALL }] };
    const body = { tools: [FIND_FUNCTION], stream };
    const first = stream
      ? await crossing.stream([chatStream("tool_calls", chunk(deltas))], body)
      : await crossing.whole(completion(said, "tool_calls"), body);
    const back = stream ? deltaOf(first) : ((first.body["choices"] as readonly Wire[])[0]?.["message"] as Wire);
    expect(back).toMatchObject({ content: "One.", tool_calls: [{ id: "c1" }] });
    const messages = [user("Hi"), { role: "assistant", ...back }, told("c1", "ok")];
    const { sent } = await crossing.whole(ANSWERS["chat-completions"], { tools: [FIND_FUNCTION], messages });
    expect((sent["messages"] as readonly Wire[])[1]).toMatchObject(said);
  },
);

/** Every delta in one, where each property comes once, but for the only call's arguments. */
function deltaOf({ events }: Exchange): Wire {
  const deltas = events.flatMap(({ choices }) => (choices as readonly Wire[]).map(({ delta }) => delta as Wire));
  const calls = deltas.flatMap((delta) => (delta["tool_calls"] ?? []) as readonly Wire[]);
  const functions = calls.map((each) => each["function"] as Wire);
  const input = functions.map((each) => each["arguments"] ?? "").join("");
  const { index: _, ...one } = Object.assign({}, ...calls) as Wire;
  const said = deltas.flatMap((delta) => Object.entries(delta).filter(([, value]) => value !== ""));
  return {
    ...Object.fromEntries(said),
    tool_calls: [{ ...one, function: { ...(Object.assign({}, ...functions) as Wire), arguments: input } }],
  };
}

test("Q15 and on the Messages surface, in thinking that the supplier reads back", async () => {
  const crossing = await crossingOf("messages");
  const said = { content: "One.", reasoning_content: "Hm.", reasoning_details: DETAILS, tool_calls: [call("c1")] };
  const first = await crossing.whole(completion(said, "tool_calls"), { tools: [FIND] });
  const messages = [user("Hi"), assistant(first.body["content"]), user([result("c1", "ok")])];
  const { sent } = await crossing.whole(ANSWERS["chat-completions"], { tools: [FIND], messages });
  expect((sent["messages"] as readonly Wire[])[1]).toMatchObject({ reasoning_details: [{ data: "gAAAAB/+==" }] });
});

test.each<[string, Given]>([
  ["Chat", toChat({ messages: CALLED.messages })],
  [
    "Messages",
    toMessages({
      messages: [user("Hi"), assistant(null, { tool_calls: [call("c1")] }), told("c1", "ok"), user("So?")],
    }),
  ],
])("Q19 a history with tool calls and no tools, to %s", async (_to, given) => {
  const { status, sent, text } = await ask(given);
  expect(status, text).toBe(200);
  const turns = turnsOf(OTHER[given.surface], sent).join("\n");
  expect(turns).toContain("find");
  // Suppliers of Messages refuse calls of tools that the request does not have; those of Chat do not mind.
  if (given.surface === "chat-completions") expect(sent["tools"]).toMatchObject([{ name: "find" }]);
});

test("Q24 what only the caller's format or nobody knows is left out and named", async () => {
  const edits = [{ type: "clear_tool_uses_20250919" }];
  const given = toChat({ holograms: true, context_management: { edits } });
  const { status, headers, sent } = await ask(given);
  expect(status).toBe(200);
  const named = headers.get("x-interchange-dropped")?.split(", ");
  expect(named?.toSorted()).toEqual(["context_management", "holograms"]);
  expect(sent).not.toHaveProperty("holograms");
  expect(sent).not.toHaveProperty("context_management");
});

test.each<[string, Record<string, unknown>]>([
  ["that does not know the word", {}],
  ["of which more efforts are known", { efforts: ["low", "high"] }],
])("Q24 Q16 the wish not to think is named at a supplier %s", async (_, quirks) => {
  const { status, headers } = await ask(toChat({ thinking: { type: "disabled" } }, quirks));
  expect([status, headers.get("x-interchange-dropped")]).toEqual([200, "thinking"]);
});

test("Q24 it reaches a supplier of the same format, and is not named then", async () => {
  const body = { holograms: { depth: [1, 2] }, context_management: { edits: [] } };
  const { status, headers, sent } = await ask({ ...toChat(body), format: "messages" });
  expect([status, headers.get("x-interchange-dropped")]).toEqual([200, null]);
  expect(sent).toMatchObject(body);
});

test("Q25 the header of beta features reaches its own format whole, and no other", async () => {
  const asking = { headers: { "anthropic-beta": "one-2025-01-01,two-2025-02-02" } };
  const own = await ask({ ...toChat({}), format: "messages", asking });
  expect(own.asked[0]?.headers["anthropic-beta"]?.toString().split(/,\s*/)).toEqual(
    expect.arrayContaining(["one-2025-01-01", "two-2025-02-02"]),
  );
  const other = await ask({ ...toChat({}), asking });
  expect(other.status).toBe(200);
  expect(other.asked[0]?.headers).not.toHaveProperty("anthropic-beta");
});

test("Q26 marks reach a supplier of the same format as they were", async () => {
  const { sent } = await ask({ ...toChat(MARKED), format: "messages" });
  expect(sent).toMatchObject(MARKED);
});

test("Q26 and reach no Chat supplier that does not know them", async () => {
  const { status, asked } = await ask(toChat(MARKED));
  expect(status).toBe(200);
  expect(asked[0]?.text).not.toContain("cache_control");
});

test("Q26 marks of a Chat caller reach a supplier of Messages", async () => {
  const { sent } = await ask(toMessages({ messages: [user([text("One.", MARK), text("Two.")])] }));
  expect(sent["messages"]).toMatchObject([{ content: [text("One.", MARK), text("Two.")] }]);
});

test("Q28 an id that is longer than Chat allows is told within the limit, alike every time", async () => {
  const given = toChat({ metadata: { user_id: `user_${"a".repeat(200)}` } });
  const [first, second] = [(await ask(given)).sent, (await ask(given)).sent];
  const { safety_identifier = "", user: named = "" } = first;
  expect(String(safety_identifier).length).toBeLessThanOrEqual(64);
  expect(String(named).length).toBeLessThanOrEqual(512);
  expect(`${safety_identifier}${named}`).not.toBe("");
  expect([second["safety_identifier"] ?? "", second["user"] ?? ""]).toEqual([safety_identifier, named]);
});

test("Q28 the user of Messages reaches Chat", async () => {
  const { sent } = await ask(toChat({ metadata: { user_id: "u-1" } }));
  expect([sent["user"], sent["safety_identifier"]]).toContain("u-1");
  expect(sent).not.toHaveProperty("metadata");
});

test.each(["messages", "chat-completions"] as const)(
  "Q31 a body over the limit is refused in the shape of %s",
  async (surface) => {
    const crossing = await crossingOf(surface, { config: { limits: { ...DEFAULT_LIMITS, bodyBytesMax: 100_000 } } });
    const { status, body, asked } = await crossing.whole({}, { messages: [user("x".repeat(100_001))] });
    expect([status, asked]).toEqual([413, []]);
    expect(body["error"]).toMatchObject({ type: "request_too_large", message: expect.any(String) });
  },
);

test.each(["", "/inline"])("Q31 many megabytes of a picture arrive whole at base %j", async (base) => {
  const data = PNG.slice(0, -4) + "AAAA".repeat(2_000_000);
  const given = toChat({ messages: [user([image(base64("image/png", data))])] });
  const { status, sent } = await ask({ ...given, asking: { base, body: QUESTIONS.messages.body(given.body) } });
  expect(status).toBe(200);
  // Not by `toBe`, which would print both.
  expect(turnsOf("chat-completions", sent)[0] === `user: image data:image/png;base64,${data}`).toBe(true);
});

test("Q16 the wish for thinking that is left out is named", async () => {
  const { headers } = await ask(toMessages({ reasoning_effort: "high", temperature: 0.5 }, { thinking: "budget" }));
  expect(headers.get("x-interchange-dropped")).toContain("reasoning_effort");
});

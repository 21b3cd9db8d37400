/** Streams of suppliers of Chat Completions, as a caller of Messages sees them. */
import { messages as contract } from "@interchange/contract";
import type { InferenceEvent } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, messages } from "../src/index.ts";
import { read } from "./told.ts";

const REQUEST_ID = "req_1";

/** What the caller is told, each event checked by the contract. */
function write(events: readonly InferenceEvent[]): readonly Record<string, unknown>[] {
  const writer = messages.surface.writeEvents({ showUsage: true, requestId: REQUEST_ID });
  const told = events.flatMap((event) => [...writer.write(event)]) as unknown as Record<string, unknown>[];
  for (const event of told) expect(contract.validators.createMessage.event(event), JSON.stringify(event)).toBe(true);
  return told;
}

function cross(...chunks: readonly object[]): readonly Record<string, unknown>[] {
  return write(read(chatCompletions, sse(...chunks)));
}

function sse(...chunks: readonly object[]): string {
  return [...chunks.map((one) => JSON.stringify(one)), "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
}

function chunk(delta: object, finish_reason: string | null = null, beside: object = {}): object {
  const choices = [{ index: 0, delta, finish_reason }];
  return { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices, ...beside };
}

function calling(index: number, call: object): object {
  return chunk({ tool_calls: [{ index, ...call }] });
}

function fn(id: string, name: string, args = ""): object {
  return { id, type: "function", function: { name, arguments: args } };
}

function more(args: string): object {
  return { function: { arguments: args } };
}

const USAGE = {
  prompt_tokens: 10,
  completion_tokens: 5,
  total_tokens: 15,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const COUNTED = { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage: USAGE };

/** One line an event: what of it differs from answer to answer. */
function lines(events: readonly Record<string, unknown>[]): readonly string[] {
  return events.map(({ type, ...event }) => LINES[String(type)]?.(event) ?? String(type));
}

type Line = (event: Record<string, unknown>) => string;

const LINES: Readonly<Record<string, Line>> = {
  content_block_start: ({ index, content_block: block }) => `start ${index} ${JSON.stringify(block)}`,
  content_block_delta: ({ index, delta }) => `delta ${index} ${Object.values(delta as object).join(" ")}`,
  content_block_stop: ({ index }) => `stop ${index}`,
  message_delta: ({ delta }) => `end ${Reflect.get(delta as object, "stop_reason")}`,
  error: ({ error }) => `error ${Object.values(error as object).join(" ")}`,
};

const BEGIN = "message_start";
const STOP = "message_stop";
const text = (n: number): string => `start ${n} {"type":"text","text":""}`;
const thinking = (n: number): string => `start ${n} {"type":"thinking","thinking":"","signature":""}`;
const tool = (n: number, id: string, name: string): string =>
  `start ${n} {"type":"tool_use","id":"${id}","name":"${name}","input":{}}`;
const input = (n: number, json: string): string => `delta ${n} input_json_delta ${json}`;
const words = (n: number, said: string): string => `delta ${n} text_delta ${said}`;
const thought = (n: number, said: string): string => `delta ${n} thinking_delta ${said}`;
const unsigned = (n: number): string => `delta ${n} signature_delta `;

type Row = readonly [name: string, given: readonly object[], want: readonly string[]];

const ROWS: readonly Row[] = [
  [
    "S05 S07 a text",
    [
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "Hi" }),
      chunk({ content: "!" }),
      chunk({}, "stop"),
      COUNTED,
    ],
    [BEGIN, text(0), words(0, "Hi"), words(0, "!"), "stop 0", "end end_turn", STOP],
  ],
  ["nothing said", [chunk({ role: "assistant" }), chunk({}, "stop")], [BEGIN, "end end_turn", STOP]],
  [
    "S01 arguments in the chunk that names the call",
    [calling(0, fn("a", "f", '{"x":')), calling(0, more("1}")), chunk({}, "tool_calls")],
    [BEGIN, tool(0, "a", "f"), input(0, '{"x":'), input(0, "1}"), "stop 0", "end tool_use", STOP],
  ],
  [
    "S03 no calls at all beside a text",
    [chunk({ content: "Hi", tool_calls: [] }), chunk({ tool_calls: [] }, "stop")],
    [BEGIN, text(0), words(0, "Hi"), "stop 0", "end end_turn", STOP],
  ],
  [
    "S04 calls without a role come after the start as well",
    [calling(0, fn("a", "f", "{}")), chunk({}, "tool_calls")],
    [BEGIN, tool(0, "a", "f"), input(0, "{}"), "stop 0", "end tool_use", STOP],
  ],
  [
    "S04 usage alone at first",
    [COUNTED, chunk({ content: "Hi" }), chunk({}, "stop")],
    [BEGIN, text(0), words(0, "Hi"), "stop 0", "end end_turn", STOP],
  ],
  [
    "S08 calls told in turns become blocks one after the other",
    [
      calling(0, fn("a", "f")),
      calling(1, fn("b", "g")),
      calling(1, more('{"y":2}')),
      calling(0, more('{"x":')),
      calling(0, more("1}")),
      chunk({}, "tool_calls"),
    ],
    [
      BEGIN,
      tool(0, "a", "f"),
      input(0, '{"x":'),
      input(0, "1}"),
      "stop 0",
      tool(1, "b", "g"),
      input(1, '{"y":2}'),
      "stop 1",
      "end tool_use",
      STOP,
    ],
  ],
  [
    "S09 S18 from a thought to a text and back",
    [
      chunk({ reasoning_content: "hm" }),
      chunk({ content: "a" }),
      chunk({ reasoning: "ah" }),
      chunk({ content: "b" }),
      chunk({}, "stop"),
    ],
    [
      BEGIN,
      ...[thinking(0), thought(0, "hm"), unsigned(0), "stop 0"],
      ...[text(1), words(1, "a"), "stop 1"],
      ...[thinking(2), thought(2, "ah"), unsigned(2), "stop 2"],
      ...[text(3), words(3, "b"), "stop 3"],
      "end end_turn",
      STOP,
    ],
  ],
  [
    "S10 a tool was called, whatever the supplier says",
    [calling(0, fn("a", "f", "{}")), chunk({}, "stop")],
    [BEGIN, tool(0, "a", "f"), input(0, "{}"), "stop 0", "end tool_use", STOP],
  ],
  [
    "S10 no tool was called, whatever the supplier says",
    [chunk({ content: "Hi" }), chunk({}, "tool_calls")],
    [BEGIN, text(0), words(0, "Hi"), "stop 0", "end end_turn", STOP],
  ],
  [
    "S11 a later finish changes nothing",
    [calling(0, fn("a", "f", "{}")), chunk({}, "tool_calls"), chunk({}, "stop")],
    [BEGIN, tool(0, "a", "f"), input(0, "{}"), "stop 0", "end tool_use", STOP],
  ],
  [
    "S28 what comes after the finish does not come after the end",
    [chunk({ content: "Hi" }), chunk({}, "stop"), chunk({ content: " there" })],
    [BEGIN, text(0), words(0, "Hi"), "stop 0", "end end_turn", STOP],
  ],
  [
    "S29 a tool without arguments",
    [calling(0, fn("a", "f")), chunk({}, "tool_calls")],
    [BEGIN, tool(0, "a", "f"), input(0, ""), "stop 0", "end tool_use", STOP],
  ],
  [
    "S30 arguments that were cut short",
    [calling(0, fn("a", "f", '{"x":')), chunk({}, "length")],
    [BEGIN, tool(0, "a", "f"), input(0, '{"x":'), "stop 0", "end max_tokens", STOP],
  ],
  [
    "Q12 R06 ids of calls in this format's letters",
    [calling(0, fn("functions.f:0", "f", "{}")), chunk({}, "tool_calls")],
    [BEGIN, tool(0, "icw_ZnVuY3Rpb25zLmY6MA", "f"), input(0, "{}"), "stop 0", "end tool_use", STOP],
  ],
  [
    "R06 calls without an id have one of the answer's",
    [
      calling(0, { function: { name: "f", arguments: "{}" } }),
      calling(1, { function: { name: "g", arguments: "{}" } }),
      chunk({}, "tool_calls"),
    ],
    [
      BEGIN,
      ...[tool(0, "c_0", "f"), input(0, "{}"), "stop 0"],
      ...[tool(1, "c_1", "g"), input(1, "{}"), "stop 1"],
      "end tool_use",
      STOP,
    ],
  ],
  [
    "R06 a call without a name has one that no tool has",
    [calling(0, fn("a", "", "{}")), chunk({}, "tool_calls")],
    [BEGIN, tool(0, "a", "unnamed"), input(0, "{}"), "stop 0", "end tool_use", STOP],
  ],
  ["R01 a filter", [chunk({}, "content_filter")], [BEGIN, "end refusal", STOP]],
  [
    "R01 a word that nobody knows",
    [chunk({ content: "Hi" }), chunk({}, "eos")],
    [BEGIN, text(0), words(0, "Hi"), "stop 0", "end end_turn", STOP],
  ],
  [
    "calls of tools of a kind that is not known here are not told",
    [
      chunk({ tool_calls: [{ index: 0, id: "a", type: "custom", custom: { name: "f", input: "x" } }] }),
      chunk({}, "tool_calls"),
    ],
    [BEGIN, "end end_turn", STOP],
  ],
];

describe("chat-completions streams on messages", () => {
  test.each(ROWS)("%s", (_name, given, want) => {
    expect(lines(cross(...given))).toEqual(want);
  });

  test("S16 S17 U01 U03 the start counts nothing and says no reason, the end counts all", () => {
    const told = cross(chunk({ content: "Hi" }), chunk({}, "stop"), COUNTED);
    expect(told[0]).toEqual({
      type: "message_start",
      message: {
        id: "msg_c",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 0, output_tokens: 0 },
      },
    });
    expect(told.at(-2)).toEqual({
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: {
        input_tokens: 6,
        output_tokens: 5,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 4,
        output_tokens_details: { thinking_tokens: 2 },
      },
    });
  });

  test("R02 words for declining are a text, and the reason", () => {
    const told = cross(chunk({ refusal: "I will " }), chunk({ refusal: "not." }), chunk({}, "stop"));
    expect(lines(told)).toEqual([BEGIN, text(0), words(0, "I will "), words(0, "not."), "stop 0", "end refusal", STOP]);
    expect(told.at(-2)?.delta).toEqual({
      stop_reason: "refusal",
      stop_sequence: null,
      stop_details: { type: "refusal", category: null, explanation: "I will not." },
    });
  });

  test("R03 the text that stopped it", () => {
    const end = { ...chunk({}), choices: [{ index: 0, delta: {}, finish_reason: "stop", stop_reason: "END" }] };
    expect(cross(chunk({ content: "Hi" }), end).at(-2)?.delta).toEqual({
      stop_reason: "stop_sequence",
      stop_sequence: "END",
    });
  });

  test("S18 a thought is signed before its block ends", () => {
    const signed = { type: "reasoning.text", text: "hm", signature: "s", index: 0 };
    const told = cross(chunk({ reasoning_details: [signed] }), chunk({ content: "a" }), chunk({}, "stop"));
    expect(lines(told).slice(1, 5)).toEqual([thinking(0), thought(0, "hm"), "delta 0 signature_delta s", "stop 0"]);
  });

  test.each([
    [
      "S19 an error of the supplier",
      { error: { message: "Overloaded", type: "overloaded_error" } },
      "overloaded_error Overloaded",
    ],
    ["S19 one of an unknown kind", { error: { message: "boom", type: "odd" } }, "api_error boom"],
    [
      "E02 one that says that the prompt is too long",
      {
        error: {
          message: "This model's maximum context length is 8 tokens. However, your request has 9 input tokens.",
          type: "odd",
        },
      },
      "invalid_request_error prompt is too long: 9 tokens > 8 maximum",
    ],
  ])("%s closes what is open and is the last event", (_name, error, want) => {
    const told = cross(chunk({ content: "Hi" }), calling(0, fn("a", "f", '{"x"')), error, chunk({}, "stop"));
    expect(lines(told)).toEqual([
      BEGIN,
      ...[text(0), words(0, "Hi"), "stop 0"],
      ...[tool(1, "a", "f"), input(1, '{"x"'), "stop 1"],
      `error ${want}`,
    ]);
    expect(told.at(-1)).toHaveProperty("request_id", REQUEST_ID);
  });

  test("S06 a stream that stops before its end is no answer", () => {
    const cut = `data: ${JSON.stringify(chunk({ content: "Hi" }))}\n\n`;
    const told = lines(write(read(chatCompletions, cut)));
    expect(told.slice(0, 4)).toEqual([BEGIN, text(0), words(0, "Hi"), "stop 0"]);
    expect(told.slice(4)).toEqual(["error api_error The supplier closed the stream before the answer was finished"]);
  });
});

function at(part: number, choice = 0): { readonly choice: number; readonly part: number } {
  return { choice, part };
}

const END: readonly InferenceEvent[] = [
  { type: "finish", choice: 0, finish: { reason: "stop", raw: "stop" } },
  { type: "end" },
];

/** Events as no reader tells them: what is written is in order all the same. */
const ODD: readonly (readonly [name: string, given: readonly InferenceEvent[], want: readonly string[]])[] = [
  [
    "S04 no start",
    [{ type: "text-start", ...at(0) }, { type: "text-end", ...at(0) }, ...END],
    [BEGIN, text(0), "stop 0", "end end_turn", STOP],
  ],
  ["S05 nothing but the end", [{ type: "end" }], [BEGIN, "end end_turn", STOP]],
  [
    "S05 S28 more after the end",
    [...END, { type: "start", id: "b", model: "m" }, { type: "text-start", ...at(0) }, { type: "ping" }, ...END],
    [BEGIN, "end end_turn", STOP],
  ],
  [
    "S20 more after an error",
    [{ type: "error", failure: { message: "boom", caller: false } }, { type: "text-start", ...at(0) }, ...END],
    ["error api_error boom"],
  ],
  [
    "S09 a part that begins twice, and one that begins again",
    [
      { type: "text-start", ...at(0) },
      { type: "text-start", ...at(0) },
      { type: "text-delta", ...at(0), text: "a" },
      { type: "text-end", ...at(0) },
      { type: "text-delta", ...at(0), text: "lost" },
      { type: "text-start", ...at(0) },
      ...END,
    ],
    [BEGIN, text(0), words(0, "a"), "stop 0", text(1), "stop 1", "end end_turn", STOP],
  ],
  [
    "S03 more of another kind than the block",
    [
      { type: "tool-input-start", ...at(0), callId: "a", name: "f" },
      { type: "text-delta", ...at(0), text: "no" },
      { type: "tool-input-delta", ...at(0), text: "{}" },
      { type: "text-end", ...at(0) },
      ...END,
    ],
    [BEGIN, tool(0, "a", "f"), input(0, "{}"), "stop 0", "end tool_use", STOP],
  ],
  [
    "S08 parts that wait when the stream ends",
    [
      { type: "text-start", ...at(0) },
      { type: "tool-input-start", ...at(1), callId: "a", name: "f" },
      { type: "tool-input-delta", ...at(1), text: "{}" },
      ...END,
    ],
    [BEGIN, text(0), "stop 0", tool(1, "a", "f"), input(1, "{}"), "stop 1", "end tool_use", STOP],
  ],
  [
    "S39 what only another format knows",
    [
      { type: "opaque-start", dialect: "chat-completions", wire: { audio: {} }, ...at(0) },
      { type: "opaque-delta", dialect: "chat-completions", wire: { audio: {} }, ...at(0) },
      { type: "opaque-end", dialect: "chat-completions", ...at(0) },
      { type: "text-start", ...at(0, 1) },
      ...END,
    ],
    [BEGIN, "end end_turn", STOP],
  ],
  [
    "S11 a second finish",
    [
      { type: "finish", choice: 0, finish: { reason: "length", raw: "length" } },
      { type: "finish", choice: 1, finish: { reason: "content-filter", raw: "x" } },
      ...END,
    ],
    [BEGIN, "end max_tokens", STOP],
  ],
];

test.each(ODD)("whatever comes: %s", (_name, given, want) => {
  const told = lines(write(given));
  expect(told[0] === "message_start" || told.length === 1).toBe(true);
  expect(told).toEqual(want);
});

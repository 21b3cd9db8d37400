/** Whole answers and refusals of suppliers of Chat Completions, as a caller of Messages sees them. */
import { messages as contract } from "@interchange/contract";
import {
  fold,
  type InferenceAnswer,
  isFailure,
  NO_USAGE,
  type Refusal,
  type SupplierFailure,
} from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, messages } from "../src/index.ts";
import { read } from "./told.ts";

function write(answer: InferenceAnswer | SupplierFailure): Record<string, unknown> {
  if (isFailure(answer)) throw new Error(answer.message);
  const wire = JSON.parse(JSON.stringify(messages.surface.writeAnswer(answer))) as Record<string, unknown>;
  expect(contract.validators.createMessage.responses[200](wire), JSON.stringify(wire)).toBe(true);
  return wire;
}

function cross(message: object, finish_reason: string | null = "stop", beside: object = {}): Record<string, unknown> {
  const choices = [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason, ...beside }];
  return write(chatCompletions.supplier.readAnswer({ id: "c", created: 1, model: "m", choices, usage: USAGE }));
}

const USAGE = { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } };
const CALL = { id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } };
const USE = { type: "tool_use", id: "a", name: "f", input: { x: 1 } };

function calls(id: string, args: string): object {
  return { tool_calls: [{ id, type: "function", function: { name: "f", arguments: args } }] };
}

const DECLINED = { type: "refusal", category: null, explanation: "No." };

type Row = readonly [name: string, given: Parameters<typeof cross>, want: object];

const ROWS: readonly Row[] = [
  [
    "R01 R06 a text",
    [{ content: "Hi" }],
    { id: "msg_c", model: "m", content: [{ type: "text", text: "Hi" }], stop_reason: "end_turn", stop_sequence: null },
  ],
  ["R01 cut short", [{ content: "Hi" }, "length"], { stop_reason: "max_tokens" }],
  [
    "R01 a filter",
    [{ content: "Hi" }, "content_filter"],
    { stop_reason: "refusal", stop_details: { ...DECLINED, explanation: null } },
  ],
  ["R01 a word that nobody knows", [{ content: "Hi" }, "eos"], { stop_reason: "end_turn" }],
  ["R01 no word at all", [{ content: "Hi" }, null], { stop_reason: null }],
  ["R01 S10 a call under another word", [{ tool_calls: [CALL] }, "stop"], { content: [USE], stop_reason: "tool_use" }],
  ["R01 a call that was cut short", [calls("a", '{"x"'), "length"], { stop_reason: "max_tokens" }],
  ["R01 no call under the word for one", [{ content: "Hi" }, "tool_calls"], { stop_reason: "end_turn" }],
  [
    "R02 words for declining",
    [{ refusal: "No." }],
    { content: [{ type: "text", text: "No." }], stop_reason: "refusal", stop_details: DECLINED },
  ],
  [
    "R03 the text that stopped it",
    [{ content: "Hi" }, "stop", { stop_reason: "END" }],
    { stop_reason: "stop_sequence", stop_sequence: "END" },
  ],
  [
    "R04 a text before a call",
    [{ content: "Let me look.", tool_calls: [CALL] }, "tool_calls"],
    { content: [{ type: "text", text: "Let me look." }, USE] },
  ],
  [
    "R05 arguments that are no JSON are kept as they are",
    [calls("a", '{"x"'), "tool_calls"],
    { content: [{ ...USE, input: { INVALID_JSON: '{"x"' } }] },
  ],
  [
    "R05 arguments that are no object are kept as they are",
    [calls("a", "[1]"), "tool_calls"],
    { content: [{ ...USE, input: { INVALID_JSON: "[1]" } }] },
  ],
  ["S29 no arguments", [calls("a", ""), "tool_calls"], { content: [{ ...USE, input: {} }] }],
  [
    "Q12 an id in this format's letters",
    [calls("functions.f:0", "{}"), "tool_calls"],
    { content: [{ ...USE, id: "icw_ZnVuY3Rpb25zLmY6MA", input: {} }] },
  ],
  ["R06 a call without an id", [calls("", "{}"), "tool_calls"], { content: [{ ...USE, id: "c_0", input: {} }] }],
  [
    "S18 a thought",
    [{ reasoning_content: "hm", content: "Hi" }],
    {
      content: [
        { type: "thinking", thinking: "hm", signature: "" },
        { type: "text", text: "Hi" },
      ],
    },
  ],
  [
    "U01 what came from a cache is counted apart",
    [{ content: "Hi" }],
    { usage: { input_tokens: 6, output_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: 4 } },
  ],
];

describe("chat-completions answers on messages", () => {
  test.each(ROWS)("%s", (_name, given, want) => {
    expect(cross(...given)).toMatchObject(want);
  });

  test("R06 a call without a name has one that no tool has", () => {
    const call = { id: "a", type: "function", function: { name: "", arguments: "{}" } };
    expect(cross({ tool_calls: [call] }, "tool_calls").content).toEqual([{ ...USE, name: "unnamed", input: {} }]);
  });

  test("what only the other format knows is not told", () => {
    const custom = { id: "a", type: "custom", custom: { name: "f", input: "x" } };
    expect(
      cross(
        { content: "Hi", audio: { id: "x", data: "AA", expires_at: 1, transcript: "Hi" }, tool_calls: [custom] },
        "tool_calls",
        { logprobs: null },
      ),
    ).toEqual({
      id: "msg_c",
      type: "message",
      role: "assistant",
      model: "m",
      content: [{ type: "text", text: "Hi" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 6, output_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: 4 },
    });
  });

  test.each([
    ["stop", "end_turn"],
    ["stop-sequence", "stop_sequence"],
    ["length", "max_tokens"],
    ["context-length", "model_context_window_exceeded"],
    ["tool-use", "end_turn"],
    ["content-filter", "refusal"],
    ["pause", "pause_turn"],
    ["unknown", "end_turn"],
  ] as const)("R01 an answer without calls that ended for %s, under a word of another format: %s", (reason, want) => {
    const choices = [{ index: 0, content: [], finish: { reason, raw: "x" } }];
    expect(write({ id: "c", model: "m", choices, usage: NO_USAGE }).stop_reason).toBe(want);
  });

  test("U02 what was written to a cache, by how long it is kept", () => {
    const usage = { input: 1, cacheRead: 2, cacheWrite5m: 3, cacheWrite1h: 4, output: 5 };
    const choices = [{ index: 0, content: [], finish: { reason: "stop", raw: "stop" } }] as const;
    expect(write({ id: "c", model: "m", choices, usage }).usage).toEqual({
      input_tokens: 1,
      output_tokens: 5,
      cache_creation_input_tokens: 7,
      cache_read_input_tokens: 2,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
    });
  });

  test("R08 a stream folds to what is told at once", () => {
    const deltas = [
      { reasoning_content: "hm" },
      { content: "Hi" },
      { tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"x":1}' } }] },
    ];
    const chunks = [
      ...deltas.map((delta) => ({ id: "c", created: 1, model: "m", choices: [{ index: 0, delta }] })),
      {
        id: "c",
        created: 1,
        model: "m",
        choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }],
        usage: USAGE,
      },
    ];
    const text = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
    const whole = cross({ reasoning_content: "hm", content: "Hi", tool_calls: [CALL] }, "tool_calls");
    const writer = messages.surface.writeEvents({ showUsage: true, requestId: "req_1" });
    const told = read(chatCompletions, `${text}data: [DONE]\n\n`).flatMap((event) => [...writer.write(event)]);
    const again = told.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
    expect(write(fold(read(messages, again)))).toEqual(whole);
  });
});

function refused(failure: Partial<SupplierFailure>): Refusal {
  return {
    kind: "supplier-refused",
    supplier: "a",
    failure: { status: 400, message: "Too long.", caller: true, ...failure },
  };
}

const BY_OUTPUT = "input length and `max_tokens` exceed context limit: 7 + 3 > 8";

const REFUSALS: readonly (readonly [name: string, refusal: Refusal, type: string, message: string])[] = [
  [
    "counts of a prompt",
    refused({ overflow: { input: 9, context: 8 } }),
    "invalid_request_error",
    "prompt is too long: 9 tokens > 8 maximum",
  ],
  [
    "counts with the answer's share",
    refused({ overflow: { input: 7, output: 3, context: 8 } }),
    "invalid_request_error",
    BY_OUTPUT,
  ],
  [
    "a prompt that is too long even without an answer",
    refused({ overflow: { input: 9, output: 3, context: 8 } }),
    "invalid_request_error",
    "prompt is too long: 9 tokens > 8 maximum",
  ],
  ["no counts", refused({ overflow: {} }), "invalid_request_error", "prompt is too long: Too long."],
  [
    "the vendor's own words",
    refused({ message: BY_OUTPUT, overflow: { input: 7, output: 3, context: 8 } }),
    "invalid_request_error",
    BY_OUTPUT,
  ],
  [
    "the same under the status of a large body",
    refused({ status: 413, overflow: { input: 9, context: 8 } }),
    "invalid_request_error",
    "prompt is too long: 9 tokens > 8 maximum",
  ],
  [
    "our own",
    { kind: "prompt-too-long", instrument: "text-prime", tokens: 9, contextTokens: 8, excluded: [] },
    "invalid_request_error",
    "prompt is too long: 9 tokens > 8 maximum",
  ],
];

describe("refusals on messages", () => {
  test.each(REFUSALS)("E02 too long a prompt: %s", (_name, refusal, type, message) => {
    expect(messages.surface.writeRefusal(refusal, "req_1").error).toEqual({ type, message });
  });

  test("E02 an error of a supplier of the other format, from end to end", () => {
    const message = "This model's maximum context length is 8 tokens. However, your messages resulted in 9 tokens.";
    const body = { error: { message, type: "invalid_request_error", code: "context_length_exceeded" } };
    const failure = chatCompletions.supplier.readRefusal(400, {}, JSON.stringify(body));
    expect(messages.surface.writeRefusal(refused(failure), "req_1").error.message).toBe(
      "prompt is too long: 9 tokens > 8 maximum",
    );
  });

  test("E03 suppliers that are too busy", () => {
    expect(messages.surface.writeRefusal({ kind: "supplier-overloaded", attempts: [] }, "req_1").error.type).toBe(
      "overloaded_error",
    );
  });

  test.each([
    ["too busy", 529, "overloaded_error", "Overloaded", { overloaded: true }],
    ["too many requests", 429, "rate_limit_error", "Slow down", { overloaded: true }],
    [
      "too long a prompt",
      400,
      "invalid_request_error",
      "prompt is too long: 9 tokens > 8 maximum",
      { overflow: { input: 9, context: 8 } },
    ],
    ["too long an answer", 400, "invalid_request_error", BY_OUTPUT, { overflow: { input: 7, output: 3, context: 8 } }],
    ["a wrong request", 400, "invalid_request_error", "temperature: out of range", {}],
  ])("E02 E03 what a supplier says: %s", (_name, status, type, message, want) => {
    const { overloaded, overflow } = messages.supplier.readRefusal(
      status,
      {},
      JSON.stringify({ type: "error", error: { type, message } }),
    );
    expect({ overloaded, overflow }).toEqual({ overloaded: undefined, overflow: undefined, ...want });
  });

  test("S19 E03 an error within a stream", () => {
    const text = `event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } })}\n\n`;
    expect(read(messages, text)).toMatchObject([
      { type: "error", failure: { type: "overloaded_error", overloaded: true } },
    ]);
  });
});

/** Streams of Messages suppliers as callers of Chat Completions read them. */
import { chatCompletions as contract } from "@interchange/contract";
import { fold, isFailure } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, messages } from "../src/index.ts";
import { read } from "./told.ts";

type Wire = Record<string, unknown>;

const HEAD = { id: "msg_1", type: "message", role: "assistant", model: "owl-4", content: [], stop_reason: null };
const START = { type: "message_start", message: { ...HEAD, usage: { input_tokens: 5, output_tokens: 1 } } };
const STOP = { type: "message_stop" };

function end(stop_reason: string, beside: object = {}): object {
  return { type: "message_delta", delta: { stop_reason, stop_sequence: null, ...beside }, usage: { output_tokens: 9 } };
}

/** A block: its start, its deltas, its stop. */
function block(index: number, content_block: object, ...deltas: object[]): readonly object[] {
  return [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

function textBlock(index: number, ...texts: string[]): readonly object[] {
  return block(index, { type: "text", text: "" }, ...texts.map((text) => ({ type: "text_delta", text })));
}

function toolBlock(index: number, id: string, ...pieces: string[]): readonly object[] {
  const deltas = pieces.map((partial_json) => ({ type: "input_json_delta", partial_json }));
  return block(index, { type: "tool_use", id, name: "f", input: {} }, ...deltas);
}

function sse(events: readonly object[]): string {
  return events.map((event) => `event: ${(event as Wire)["type"]}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

function cross(events: readonly object[], showUsage = false): readonly Wire[] {
  const writer = chatCompletions.surface.writeEvents({ showUsage, requestId: "req_1" });
  const written = read(messages, sse(events)).flatMap((event) => writer.write(event)) as unknown as readonly Wire[];
  const { event: valid } = contract.validators.createChatCompletion;
  for (const event of written) expect(valid(event) ? null : valid.errors).toBe(null);
  return written;
}

function choices(events: readonly object[]): readonly Wire[] {
  return cross(events).flatMap((event) => event["choices"] as Wire[]);
}

function deltas(events: readonly object[]): readonly unknown[] {
  return choices(events)
    .map(({ delta }) => delta as Wire)
    .filter((delta) => Object.keys(delta).length > 0)
    .slice(1);
}

type Row = readonly [name: string, given: readonly object[], want: readonly object[]];

const begun = (index: number, id: string) => ({
  tool_calls: [{ index, id, type: "function", function: { name: "f", arguments: "" } }],
});
const grown = (index: number, args: string) => ({ tool_calls: [{ index, function: { arguments: args } }] });
const thinkingBlock = (index: number, signature: string) =>
  block(
    index,
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking: "h" },
    { type: "thinking_delta", thinking: "m" },
    { type: "signature_delta", signature },
  );

const ROWS: readonly Row[] = [
  [
    "S31 S33 calls are counted from 0, wherever they stand, and begin with empty arguments",
    [...textBlock(0, "a"), ...toolBlock(1, "t1", '{"x"', ":1}"), ...textBlock(2, "b"), ...toolBlock(3, "t2", "{}")],
    [
      { content: "a" },
      begun(0, "t1"),
      grown(0, '{"x"'),
      grown(0, ":1}"),
      { content: "b" },
      begun(1, "t2"),
      grown(1, "{}"),
    ],
  ],
  ["S29 a call without arguments has an empty object", toolBlock(0, "t1", ""), [begun(0, "t1"), grown(0, "{}")]],
  ["S37 pings are swallowed", [{ type: "ping" }, ...textBlock(0, "a"), { type: "ping" }], [{ content: "a" }]],
  [
    "R07 a thought is told as it grows, and whole with what proves it",
    [...thinkingBlock(0, "s1"), ...thinkingBlock(1, "s2")],
    ["s1", "s2"].flatMap((signature, index) => [
      { reasoning_content: "h" },
      { reasoning_content: "m" },
      { reasoning_details: [{ type: "reasoning.text", index, text: "hm", signature }] },
    ]),
  ],
  [
    "R07 a thought that its author alone can read",
    block(0, { type: "redacted_thinking", data: "x" }),
    [{ reasoning_details: [{ type: "reasoning.encrypted", index: 0, data: "x" }] }],
  ],
  [
    "S39 citations, blocks of the supplier's own tools and unknown ones are no text",
    [
      ...block(
        0,
        { type: "server_tool_use", id: "s", name: "web_search", input: {} },
        {
          type: "input_json_delta",
          partial_json: "{}",
        },
      ),
      ...block(1, { type: "web_search_tool_result", tool_use_id: "s", content: [] }),
      ...block(2, { type: "hologram", text: "secret" }),
      ...block(3, { type: "text", text: "" }, { type: "text_delta", text: "a" }),
      { type: "aurora", text: "secret" },
    ],
    [{ content: "a" }],
  ],
];

describe("Messages streams to callers of Chat Completions", () => {
  test.each(ROWS)("%s", (_name, given, want) => {
    expect(deltas([START, ...given, end("end_turn"), STOP])).toEqual(want);
  });

  test.each([
    ["end_turn", {}, { finish_reason: "stop" }],
    ["stop_sequence", { stop_sequence: "END" }, { finish_reason: "stop", stop_reason: "END" }],
    ["max_tokens", {}, { finish_reason: "length" }],
    ["refusal", {}, { finish_reason: "content_filter" }],
    ["pause_turn", {}, { finish_reason: "stop", native_finish_reason: "pause_turn" }],
  ])("S36 R01 R03 %s is told once, in the last chunk", (word, beside, want) => {
    const told = choices([START, ...textBlock(0, "a"), end(word, beside), STOP]);
    expect(told.filter(({ finish_reason }) => finish_reason !== null)).toEqual([{ index: 0, delta: {}, ...want }]);
    expect(told.at(-1)).toMatchObject(want);
  });

  test("S30 a call that was cut short ends for that", () => {
    const told = choices([START, ...toolBlock(0, "t1", '{"x'), end("max_tokens"), STOP]);
    expect(told.at(-2)).toMatchObject({ delta: grown(0, '{"x') });
    expect(told.at(-1)).toMatchObject({ finish_reason: "length" });
  });

  test("S34 S35 U01 usage is told last and alone, the newest count of each, nothing twice", () => {
    const late = {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 9 },
    };
    const told = cross([START, ...textBlock(0, "a"), late, STOP], true);
    expect(told.slice(0, -1).map(({ usage }) => usage)).toEqual(told.slice(0, -1).map(() => null));
    expect(told.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 9, total_tokens: 19, prompt_tokens_details: { cached_tokens: 4 } },
    });
  });

  test("R06 every chunk has the same id, model and time", () => {
    const heads = cross([START, ...textBlock(0, "a"), end("end_turn"), STOP], true).map(
      ({ choices: _choices, usage: _usage, ...head }) => head,
    );
    const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 0, model: "owl-4" };
    expect(heads).toEqual(heads.map(() => head));
  });

  test("S28 what follows the finish is left out", () => {
    const told = choices([START, ...textBlock(0, "a"), end("end_turn"), ...textBlock(1, "b"), STOP]);
    expect(told.at(-1)).toEqual({ index: 0, delta: {}, finish_reason: "stop" });
    expect(JSON.stringify(told)).not.toContain('"b"');
  });

  test("S04 R06 a stream whose start was lost still has an id, and tells its usage", () => {
    const told = cross([...textBlock(0, "a"), end("end_turn"), STOP], true);
    expect(told[0]).toMatchObject({ id: "chatcmpl-req_1", choices: [{ delta: { role: "assistant" } }] });
    expect(told.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 9 } });
  });

  test("S34 usage is not told where it was not asked for", () => {
    for (const event of cross([START, ...textBlock(0, "a"), end("end_turn"), STOP])) {
      expect(event).not.toHaveProperty("usage");
    }
  });

  test("S38 an error within the stream is the last thing told, and no finish before it", () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const told = cross([START, ...textBlock(0, "a"), error, end("end_turn"), STOP]);
    expect(told.at(-1)).toEqual({
      error: { message: "Overloaded", type: "overloaded_error", param: null, code: "supplier_overloaded" },
    });
    const finishes = told.flatMap((event) => ((event["choices"] ?? []) as Wire[]).map((one) => one["finish_reason"]));
    expect(finishes.filter((word) => word !== null)).toEqual([]);
  });

  test("R08 what a caller folds of the stream is the answer, with thoughts and calls", () => {
    const events = [
      START,
      ...thinkingBlock(0, "s1"),
      ...textBlock(1, "a", "b"),
      ...toolBlock(2, "t1", '{"x":1}'),
      end("tool_use"),
      STOP,
    ];
    const lines = cross(events).map((event) => `data: ${JSON.stringify(event)}\n\n`);
    const answer = fold(read(chatCompletions, `${lines.join("")}data: [DONE]\n\n`));
    if (isFailure(answer)) throw new Error(answer.message);
    expect(answer.choices[0]).toMatchObject({
      content: [
        { type: "reasoning", text: "hm", signature: "s1" },
        { type: "text", text: "ab" },
        { type: "tool-call", callId: "t1", name: "f", input: '{"x":1}' },
      ],
      finish: { reason: "tool-use" },
    });
  });
});

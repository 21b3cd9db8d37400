/** What suppliers really stream, where it strays from the format. The names begin with the case they prove. */
import { eventsOf, fold, type InferenceAnswer, type InferenceEvent } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { messages } from "../src/index.ts";
import { read, told } from "./told.ts";

type Row = readonly [name: string, given: string, want: readonly string[]];

function send(...events: readonly object[]): string {
  return events.map((event) => `event: ${Reflect.get(event, "type")}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

const BEGIN = {
  type: "message_start",
  message: { id: "msg_1", model: "m", usage: { input_tokens: 5, output_tokens: 1 } },
};
const PING = { type: "ping" };
const STOP = { type: "message_stop" };
const END = [{ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } }, STOP];

function block(index: number, content_block: object): object {
  return { type: "content_block_start", index, content_block };
}

function delta(index: number, said: object): object {
  return { type: "content_block_delta", index, delta: said };
}

function stop(index: number): object {
  return { type: "content_block_stop", index };
}

const TEXT = [block(0, { type: "text", text: "" }), delta(0, { type: "text_delta", text: "Hi" }), stop(0)];

const START = "start id=msg_1 usage=[5,0,0,0,1]";
const SAID = ["text-start 0.0", "text-delta 0.0 text=Hi", "text-end 0.0"];
const ENDED = ["finish 0 finish=stop", "usage usage=[5,0,0,0,3]", "end"];
const CUT = "error failure=The supplier closed the stream before the answer was finished";

const ROWS: readonly Row[] = [
  ["plain", send(BEGIN, ...TEXT, ...END), [START, ...SAID, ...ENDED]],
  ["S37 pings are kept as pings", send(BEGIN, PING, ...TEXT, ...END), [START, "ping", ...SAID, ...ENDED]],
  [
    "S04 a start is told before anything else",
    send(...TEXT, ...END),
    ["start id=", ...SAID, "finish 0 finish=stop", "usage usage=[0,0,0,0,3]", "end"],
  ],
  ["S05 a second start is left out", send(BEGIN, BEGIN, ...TEXT, ...END, STOP), [START, ...SAID, ...ENDED]],
  [
    "S35 totals at the end replace those at the start, nulls do not",
    send(
      BEGIN,
      ...TEXT,
      {
        type: "message_delta",
        delta: { stop_reason: "end_turn" },
        usage: { input_tokens: 9, output_tokens: 3, cache_read_input_tokens: 4, cache_creation_input_tokens: null },
      },
      STOP,
    ),
    [START, ...SAID, "finish 0 finish=stop", "usage usage=[9,4,0,0,3]", "end"],
  ],
  [
    "indexes that are not dense",
    send(BEGIN, block(4, { type: "text", text: "Hi" }), stop(4), ...END),
    [START, ...SAID, ...ENDED],
  ],
  [
    "a text block that never began",
    send(BEGIN, delta(0, { type: "text_delta", text: "Hi" }), ...END),
    [START, ...SAID, ...ENDED],
  ],
  [
    "a block of arguments that never began",
    send(BEGIN, delta(0, { type: "input_json_delta", partial_json: "{" }), ...END),
    [START, "error failure=The supplier continued a block that it had not begun"],
  ],
  [
    "thoughts and their signature",
    send(
      BEGIN,
      block(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "thinking_delta", thinking: "hm" }),
      delta(0, { type: "signature_delta", signature: "s" }),
      stop(0),
      ...END,
    ),
    [
      START,
      "reasoning-start 0.0",
      "reasoning-delta 0.0 text=hm",
      "reasoning-signature 0.0 signature=s",
      "reasoning-end 0.0",
      ...ENDED,
    ],
  ],
  [
    "thoughts not to be read",
    send(BEGIN, block(0, { type: "redacted_thinking", data: "x" }), stop(0), ...END),
    [START, "reasoning-start 0.0 redacted=x", "reasoning-end 0.0", ...ENDED],
  ],
  [
    "S29 a tool without arguments",
    send(BEGIN, block(0, { type: "tool_use", id: "t", name: "f", input: {} }), stop(0), ...END),
    [START, "tool-input-start 0.0 callId=t name=f", "tool-input-delta 0.0 text={}", "tool-input-end 0.0", ...ENDED],
  ],
  [
    "arguments that are whole at the start of their block",
    send(BEGIN, block(0, { type: "tool_use", id: "t", name: "f", input: { x: 1 } }), stop(0), ...END),
    [
      START,
      "tool-input-start 0.0 callId=t name=f",
      'tool-input-delta 0.0 text={"x":1}',
      "tool-input-end 0.0",
      ...ENDED,
    ],
  ],
  [
    "S39 a block of a server's tool stays opaque",
    send(
      BEGIN,
      block(0, { type: "server_tool_use", id: "s", name: "web_search", input: {} }),
      delta(0, { type: "input_json_delta", partial_json: "{}" }),
      stop(0),
      ...END,
    ),
    [
      START,
      'opaque-start 0.0 wire={"type":"server_tool_use","id":"s","name":"web_search","input":{}}',
      'opaque-delta 0.0 wire={"type":"input_json_delta","partial_json":"{}"}',
      "opaque-end 0.0",
      ...ENDED,
    ],
  ],
  [
    "a delta of an unknown kind is passed on within its block",
    send(BEGIN, block(0, { type: "text", text: "Hi" }), delta(0, { type: "mood_delta", mood: 1 }), stop(0), ...END),
    [
      START,
      "text-start 0.0",
      "text-delta 0.0 text=Hi",
      'opaque-delta 0.0 wire={"type":"mood_delta","mood":1}',
      "text-end 0.0",
      ...ENDED,
    ],
  ],
  ["a block that is left open is closed", send(BEGIN, ...TEXT.slice(0, 2), ...END), [START, ...SAID, ...ENDED]],
  [
    "events of an unknown kind are left out",
    send(BEGIN, { type: "weather" }, { type: "constructor" }, ...TEXT, ...END),
    [START, ...SAID, ...ENDED],
  ],
  [
    "an unknown stop_reason is kept raw",
    send(BEGIN, { type: "message_delta", delta: { stop_reason: "tired" } }, STOP),
    [START, "finish 0 finish=unknown", "end"],
  ],
  [
    "closed after the finish, without message_stop",
    send(BEGIN, ...TEXT, ...END.slice(0, 1)),
    [START, ...SAID, ...ENDED],
  ],
  ["S06 closed before the finish", send(BEGIN, ...TEXT.slice(0, 2)), [START, ...SAID, CUT]],
  ["message_stop before the finish", send(BEGIN, ...TEXT, STOP), [START, ...SAID, CUT]],
  ["nothing at all", "", [CUT]],
  [
    "S19 an error event",
    send(BEGIN, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, ...END),
    [START, "error failure=Overloaded"],
  ],
  ["S19 an error without a type of its own", 'data: {"error":{"message":"boom"}}\n\n', ["error failure=boom"]],
  [
    "S19 an error that is no JSON",
    "event: error\ndata: boom\n\n",
    ["error failure=The supplier ended its stream with an error"],
  ],
  [
    "JSON cut in the middle",
    `${send(BEGIN)}event: ping\ndata: {"type\n\n`,
    [START, "error failure=The supplier sent something that is not JSON within its stream"],
  ],
];

describe("messages, what suppliers stream", () => {
  test.each(ROWS)("%s", (_name, given, want) => {
    expect(told(messages, given)).toEqual(want);
  });
});

function write(events: readonly InferenceEvent[]): readonly object[] {
  const writer = messages.surface.writeEvents({ showUsage: true, requestId: "req_1" });
  return events.flatMap((event) => [...writer.write(event)]);
}

function at(part: number): { readonly choice: 0; readonly part: number } {
  return { choice: 0, part };
}

describe("messages, what callers are streamed", () => {
  const start = { type: "start", id: "1", model: "m" } as const;
  const head = { id: "msg_1", type: "message", role: "assistant", model: "m" };
  const open = { stop_reason: null, stop_sequence: null };

  test("S08 S07 S16 S17 parts told in turns become blocks one after the other", () => {
    const usage = { input: 4, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 2 };
    const events = write([
      start,
      { type: "tool-input-start", ...at(0), callId: "a", name: "f" },
      { type: "tool-input-start", ...at(1), callId: "b", name: "g" },
      { type: "tool-input-delta", ...at(1), text: "2" },
      { type: "tool-input-delta", ...at(0), text: "1" },
      { type: "tool-input-end", ...at(0) },
      { type: "tool-input-delta", ...at(1), text: "3" },
      { type: "tool-input-end", ...at(1) },
      { type: "finish", choice: 0, finish: { reason: "tool-use", raw: "tool_calls" } },
      { type: "usage", usage },
      { type: "end" },
    ]);
    const none = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    expect(events).toEqual([
      {
        type: "message_start",
        message: { ...head, content: [], ...open, usage: { input_tokens: 0, output_tokens: 0 } },
      },
      block(0, { type: "tool_use", id: "a", name: "f", input: {} }),
      delta(0, { type: "input_json_delta", partial_json: "1" }),
      stop(0),
      block(1, { type: "tool_use", id: "b", name: "g", input: {} }),
      delta(1, { type: "input_json_delta", partial_json: "2" }),
      delta(1, { type: "input_json_delta", partial_json: "3" }),
      stop(1),
      {
        type: "message_delta",
        delta: { stop_reason: "tool_use", stop_sequence: null },
        usage: { ...none, input_tokens: 4, output_tokens: 2 },
      },
      STOP,
    ]);
  });

  test("three parts of which the first ends last", () => {
    const types = write([
      start,
      { type: "text-start", ...at(0) },
      { type: "text-start", ...at(1) },
      { type: "text-end", ...at(1) },
      { type: "text-start", ...at(2) },
      { type: "text-end", ...at(2) },
      { type: "text-end", ...at(0) },
    ]).map((event) => `${Reflect.get(event, "type")} ${Reflect.get(event, "index")}`);
    expect(types.slice(1)).toEqual([0, 1, 2].flatMap((n) => [`content_block_start ${n}`, `content_block_stop ${n}`]));
  });

  test("S06 an error closes what is open and is the last event", () => {
    const failure = { type: "overloaded_error", message: "Overloaded", caller: false };
    const events = write([start, { type: "text-start", ...at(0) }, { type: "error", failure }]);
    expect(events.slice(2)).toEqual([
      stop(0),
      {
        type: "error",
        error: { type: "overloaded_error", message: "Overloaded" },
        request_id: "req_1",
        errors: { detail: "Overloaded" },
      },
    ]);
  });

  test("citations are deltas of their own and belong to the whole block", () => {
    const citation = { type: "web_search_result_location", cited_text: "x", url: "https://x" };
    const given = send(
      BEGIN,
      block(0, { type: "text", text: "", citations: [] }),
      delta(0, { type: "citations_delta", citation }),
      delta(0, { type: "text_delta", text: "Hi" }),
      stop(0),
      ...END,
    );
    const events = read(messages, given);
    expect(write(events).slice(1, 5)).toEqual([
      block(0, { type: "text", text: "", citations: [] }),
      delta(0, { type: "citations_delta", citation }),
      delta(0, { type: "text_delta", text: "Hi" }),
      stop(0),
    ]);
    expect(messages.surface.writeAnswer(fold(events) as never).content).toEqual([
      { type: "text", text: "Hi", citations: [citation] },
    ]);
  });

  test("blocks and deltas that nobody knows are passed on as they are, and joined when whole", () => {
    const use = { type: "server_tool_use", id: "s", name: "web_search", input: {} };
    const steps = ['{"query"', ':"x"}'].map((partial_json) => ({ type: "input_json_delta", partial_json }));
    const compaction = { type: "compaction_delta", content: "short", encrypted_content: null };
    const blocks = [
      block(0, use),
      delta(0, steps[0]!),
      delta(0, steps[1]!),
      stop(0),
      block(1, { type: "compaction", content: null }),
      delta(1, compaction),
      stop(1),
    ];
    const events = read(messages, send(BEGIN, ...blocks, ...END));
    expect(write(events).slice(1, -2)).toEqual(blocks);
    expect(messages.surface.writeAnswer(fold(events) as never).content).toEqual([
      { ...use, input: { query: "x" } },
      { type: "compaction", content: "short", encrypted_content: null },
    ]);
  });

  test("what the end says besides stands where it stood", () => {
    const context_management = { applied_edits: [] };
    const last = {
      type: "message_delta",
      delta: { stop_reason: "stop_sequence", stop_sequence: "X", stop_details: null, container: { id: "c" } },
      usage: { output_tokens: 3 },
      context_management,
    };
    expect(write(read(messages, send(BEGIN, last, STOP))).at(-2)).toEqual({
      ...last,
      usage: { input_tokens: 5, output_tokens: 3 },
    });
  });

  test("only the first choice has a place", () => {
    const events = write([
      start,
      { type: "text-start", choice: 1, part: 0 },
      { type: "text-delta", choice: 1, part: 0, text: "no" },
    ]);
    expect(events).toHaveLength(1);
  });
});

test("S22 S39 a block that the contract has in requests alone is not told, neither whole nor streamed", () => {
  const picture = { type: "image", source: { type: "url", url: "https://x" } };
  const streamed = fold(read(messages, send(BEGIN, block(0, picture), stop(0), ...END)));
  const whole = messages.supplier.readAnswer({ ...BEGIN.message, content: [picture], stop_reason: "end_turn" });
  const retold = fold(eventsOf(whole as InferenceAnswer));
  for (const answer of [streamed, whole, retold]) expect(answer).toMatchObject({ choices: [{ content: [] }] });
});

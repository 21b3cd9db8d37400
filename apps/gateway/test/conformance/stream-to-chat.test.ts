/** Chat Completions streams over a supplier that speaks Messages, as they leave a running gateway. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Crossing, openCrossing } from "./crossing.ts";
import type { Piece } from "./scripted-supplier.ts";
import {
  block,
  event,
  MESSAGE_STOP,
  message,
  messageDelta,
  messageStart,
  messageStream,
  PING,
  textBlock,
  toolBlock,
  type Wire,
} from "./wire-format.ts";

/** How long nothing is said before the caller is given a sign of life. */
const PING_AFTER_MS = 15_000;

let crossing: Crossing;
beforeAll(async () => {
  crossing = await openCrossing("chat-completions");
});
afterAll(() => crossing.close());

/** What the supplier streams, and every chunk that the caller is told. */
type Row = readonly [title: string, given: readonly Piece[], want: readonly string[]];

const HELLO = ["assistant", "+Hello", "finish stop", "done"];
const ENDS = [messageDelta("end_turn"), MESSAGE_STOP];
const TOOL_ENDS = [messageDelta("tool_use"), MESSAGE_STOP];

const blockStart = (index: number | undefined, content_block: Wire): string =>
  event({ type: "content_block_start", index, content_block });
const blockDelta = (index: number | undefined, delta: Wire): string =>
  event({ type: "content_block_delta", index, delta });
const blockStop = (index: number | undefined): string => event({ type: "content_block_stop", index });
const json = (partial_json: string): Wire => ({ type: "input_json_delta", partial_json });
const use = (id: string, name: string): Wire => ({ type: "tool_use", id, name, input: {} });

const CALLS: readonly Row[] = [
  [
    "S31 tool calls are counted among themselves",
    [
      messageStart(),
      textBlock(0, "See."),
      toolBlock(1, "t1", "find", '{"q"', ":1}"),
      textBlock(2, "And."),
      toolBlock(3, "t2", "keep", "{}"),
      ...TOOL_ENDS,
    ],
    [
      "assistant",
      "+See.",
      'call 0 t1 function find ""',
      '0 {"q"',
      "0 :1}",
      "+And.",
      'call 1 t2 function keep ""',
      "1 {}",
      "finish tool_calls",
      "done",
    ],
  ],
  [
    "S32 blocks whose index is used again are told apart by their ids",
    [messageStart(), toolBlock(0, "t1", "find", '{"q":1}'), toolBlock(0, "t2", "keep", '{"k":2}'), ...TOOL_ENDS],
    [
      "assistant",
      'call 0 t1 function find ""',
      '0 {"q":1}',
      'call 1 t2 function keep ""',
      '1 {"k":2}',
      "finish tool_calls",
      "done",
    ],
  ],
  [
    "S32 blocks that have no index are told apart by their ids",
    [
      messageStart(),
      blockStart(undefined, use("t1", "find")),
      blockDelta(undefined, json('{"q":1}')),
      blockStop(undefined),
      blockStart(undefined, use("t2", "keep")),
      blockDelta(undefined, json('{"k":2}')),
      blockStop(undefined),
      ...TOOL_ENDS,
    ],
    [
      "assistant",
      'call 0 t1 function find ""',
      '0 {"q":1}',
      'call 1 t2 function keep ""',
      '1 {"k":2}',
      "finish tool_calls",
      "done",
    ],
  ],
  [
    "S33 id, type and name once, then arguments alone",
    [messageStart(), toolBlock(0, "t1", "find", '{"q"', ":", "1}"), ...TOOL_ENDS],
    ["assistant", 'call 0 t1 function find ""', '0 {"q"', "0 :", "0 1}", "finish tool_calls", "done"],
  ],
];

const ENDINGS: readonly Row[] = [
  ["S36 one finish, then the mark", [messageStream(textBlock(0, "Hello"))], HELLO],
  [
    "S36 a finish that is told twice",
    [messageStart(), textBlock(0, "Hello"), messageDelta("end_turn"), ...ENDS],
    HELLO,
  ],
  ["S36 a stop that is told twice", [messageStart(), textBlock(0, "Hello"), ...ENDS, MESSAGE_STOP], HELLO],
  [
    "S36 a supplier that closes after its finish",
    [messageStart(), textBlock(0, "Hello"), messageDelta("end_turn")],
    HELLO,
  ],
  [
    "S36 no finish is an error",
    [messageStart(), textBlock(0, "Hello"), MESSAGE_STOP],
    ["assistant", "+Hello", "error api_error"],
  ],
  [
    "S36 nothing after half an answer is an error",
    [messageStart(), textBlock(0, "Hello")],
    ["assistant", "+Hello", "error api_error"],
  ],
  ["S37 pings are no chunks", [messageStart(), PING, textBlock(0, "Hello"), PING, PING, ...ENDS], HELLO],
  ["S37 a ping before the start", [PING, messageStream(textBlock(0, "Hello"))], HELLO],
  [
    "S38 an error is told, and nothing after it",
    [
      messageStart(),
      textBlock(0, "Hel"),
      event({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
      textBlock(1, "lo"),
      ...ENDS,
    ],
    ["assistant", "+Hel", "error overloaded_error"],
  ],
  [
    "S38 an error within a tool call is no call that ended",
    [
      messageStart(),
      blockStart(0, use("t1", "find")),
      blockDelta(0, json('{"q"')),
      event({ type: "error", error: { type: "api_error", message: "gone" } }),
    ],
    ["assistant", 'call 0 t1 function find ""', '0 {"q"', "error api_error"],
  ],
];

const SEARCH = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
const FOUND = {
  type: "web_search_tool_result",
  tool_use_id: "srvtoolu_1",
  content: [{ type: "web_search_result", url: "https://example.com/", title: "An example", encrypted_content: "abc" }],
};
const CITED = {
  type: "web_search_result_location",
  url: "https://example.com/",
  title: "An example",
  encrypted_index: "x",
  cited_text: "words",
};

const STRANGE: readonly Row[] = [
  [
    "S39 a search that the supplier ran",
    [messageStart(), block(0, SEARCH, json('{"query":"hello"}')), block(1, FOUND), textBlock(2, "Hello"), ...ENDS],
    HELLO,
  ],
  [
    "S39 citations",
    [
      messageStart(),
      block(
        0,
        { type: "text", text: "" },
        { type: "citations_delta", citation: CITED },
        { type: "text_delta", text: "Hello" },
      ),
      ...ENDS,
    ],
    HELLO,
  ],
  [
    "S39 a block and a delta that nobody knows",
    [
      messageStart(),
      block(
        0,
        { type: "hologram", text: "leak" },
        { type: "hologram_delta", text: "leak" },
        { type: "text_delta", text: "leak" },
      ),
      block(
        1,
        { type: "text", text: "" },
        { type: "text_delta", text: "Hello" },
        { type: "hologram_delta", text: "leak" },
      ),
      ...ENDS,
    ],
    HELLO,
  ],
  [
    "S39 an event that nobody knows",
    [messageStart(), event({ type: "hologram", text: "leak" }), textBlock(0, "Hello"), ...ENDS],
    HELLO,
  ],
];

describe.each([
  ["tool calls", CALLS],
  ["endings", ENDINGS],
  ["what the format cannot say", STRANGE],
])("%s", (_name, rows) => {
  test.each(rows)("%s", async (_title, given, want) => {
    const told = await crossing.stream(given);
    expect(told.status).toBe(200);
    expect(told.score).toEqual(want);
    expect(told.faults).toEqual([]);
    expect(told.text).not.toContain("leak");
  });
});

const ASKED = { stream_options: { include_usage: true } };

test("S34 usage is told last, in a chunk without choices, and null before", async () => {
  const told = await crossing.stream([messageStream(textBlock(0, "Hello"))], ASKED);
  expect(told.score).toEqual(["assistant", "+Hello", "finish stop", "usage 7+5", "done"]);
  expect(told.events.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 12 } });
  for (const chunk of told.events.slice(0, -1)) expect(chunk["usage"]).toBeNull();
});

test.each([{}, { stream_options: null }, { stream_options: { include_usage: false } }])(
  "S34 usage is not told to whoever asks with %j, and settled all the same",
  async (asking) => {
    const told = await crossing.stream([messageStream(textBlock(0, "Hello"))], asking);
    for (const chunk of told.events) {
      expect(chunk["usage"] ?? null).toBeNull();
      expect(chunk["choices"]).toHaveLength(1);
    }
    expect((await crossing.rig.receipt(told.requestId))?.tokensUsed).toBe(12);
  },
);

test.each<[string, Wire, Wire, string]>([
  ["only output", { input_tokens: 7, output_tokens: 1 }, { output_tokens: 5 }, "usage 7+5"],
  ["input again", { input_tokens: 7, output_tokens: 1 }, { input_tokens: 7, output_tokens: 5 }, "usage 7+5"],
  ["another input", { input_tokens: 3, output_tokens: 1 }, { input_tokens: 9, output_tokens: 5 }, "usage 9+5"],
  [
    "cached input in both",
    { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 1 },
    { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 5 },
    "usage 7+5",
  ],
])("S35 the message delta's usage replaces the start's: %s", async (_title, first, last, want) => {
  const given = [messageStart(first), textBlock(0, "Hello"), messageDelta("end_turn", last), MESSAGE_STOP];
  const told = await crossing.stream(given, ASKED);
  expect(told.score.at(-2)).toBe(want);
  const { total_tokens } = (told.events.at(-1)?.["usage"] ?? {}) as Wire;
  expect((await crossing.rig.receipt(told.requestId))?.tokensUsed).toBe(total_tokens);
});

test("S22 one JSON body where a stream was asked for is told as a stream", async () => {
  const answer = message(
    [
      { type: "text", text: "See." },
      { ...use("t1", "find"), input: { q: 1 } },
    ],
    "tool_use",
  );
  const told = await crossing.whole(answer, { stream: true, ...ASKED });
  expect([told.status, told.faults]).toEqual([200, []]);
  expect(told.score).toEqual([
    "assistant",
    "+See.",
    'call 0 t1 function find ""',
    '0 {"q":1}',
    "finish tool_calls",
    "usage 7+5",
    "done",
  ]);
});

test("S23 a caller that waits is told a comment, which is no chunk", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const patient = await openCrossing("chat-completions", { timeouts: { idleMs: 20_000 } });
  onTestFinished(() => patient.close());
  const waiting = patient.stream([messageStart(), { pauseMs: 800 }, textBlock(0, "Hello"), ...ENDS]);
  for (let times = 0; times < 2; times += 1) {
    await sleep(250);
    vi.advanceTimersByTime(PING_AFTER_MS + 1);
  }
  const told = await waiting;
  expect([told.score, told.faults]).toEqual([HELLO, []]);
  expect(told.text).toMatch(/^:/m);
});

/** Messages streams over a supplier that speaks Chat Completions, as they leave a running gateway. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Crossing, openCrossing } from "./crossing.ts";
import { CUT, HANG, type Piece } from "./scripted-supplier.ts";
import {
  call,
  chatStream,
  chatUsage,
  chunk,
  completion,
  DONE,
  data,
  more,
  ROLE,
  usageChunk,
  type Wire,
} from "./wire-format.ts";

/** How long nothing is said before the caller is pinged. */
const PING_AFTER_MS = 15_000;

let crossing: Crossing;
beforeAll(async () => {
  crossing = await openCrossing("messages");
});
afterAll(() => crossing.close());

/** What the supplier streams, and every event that the caller is told. */
type Row = readonly [title: string, given: readonly Piece[], want: readonly string[]];

const HELLO = ["start", "0 text", "0 +Hello", "0 end", "end_turn", "stop"];
const said = (...texts: readonly string[]): string => texts.map((content) => chunk({ content })).join("");

/** The end of a stream, after its texts. */
const ENDS = [chunk({}, "stop"), usageChunk(7, 5), DONE];

const CALLS: readonly Row[] = [
  [
    "S01 a tool's input in the chunk that names it is told",
    [chatStream("tool_calls", chunk({ tool_calls: [call(0, "c1", "find", '{"q":1}')] }))],
    ["start", "0 call c1 find {}", '0 json {"q":1}', "0 end", "tool_use", "stop"],
  ],
  [
    "S01 with more of it in later chunks",
    [
      chatStream(
        "tool_calls",
        chunk({ tool_calls: [call(0, "c1", "find", '{"q"')] }),
        chunk({ tool_calls: [more(0, ":1}")] }),
      ),
    ],
    ["start", "0 call c1 find {}", '0 json {"q"', "0 json :1}", "0 end", "tool_use", "stop"],
  ],
  [
    "S02 a tool call that comes whole with the finish is told once",
    [ROLE, chunk({ tool_calls: [call(0, "c1", "find", '{"q":1}')] }, "tool_calls"), usageChunk(7, 5), DONE],
    ["start", "0 call c1 find {}", '0 json {"q":1}', "0 end", "tool_use", "stop"],
  ],
  [
    "S02 a tool call in a message in place of a delta is told once",
    [
      ROLE,
      data({
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: null, tool_calls: [call(0, "c1", "find", '{"q":1}')] },
            finish_reason: "tool_calls",
          },
        ],
      }),
      usageChunk(7, 5),
      DONE,
    ],
    ["start", "0 call c1 find {}", '0 json {"q":1}', "0 end", "tool_use", "stop"],
  ],
  [
    "S03 an empty list of tool calls beside a text opens no block",
    [
      chunk({ role: "assistant", content: "", tool_calls: [] }),
      chunk({ content: "Hello", tool_calls: [] }),
      chunk({ tool_calls: [] }, "stop"),
      usageChunk(7, 5),
      DONE,
    ],
    HELLO,
  ],
  [
    "S08 parallel tool calls: one block open at a time, what comes between waits its turn",
    [
      chatStream(
        "tool_calls",
        chunk({ tool_calls: [call(0, "c1", "find")] }),
        chunk({ tool_calls: [call(1, "c2", "keep")] }),
        chunk({ tool_calls: [more(0, '{"q"')] }),
        chunk({ tool_calls: [more(1, '{"k"'), more(0, ":1}")] }),
        chunk({ tool_calls: [more(1, ":2}")] }),
      ),
    ],
    [
      "start",
      "0 call c1 find {}",
      '0 json {"q"',
      "0 json :1}",
      "0 end",
      "1 call c2 keep {}",
      '1 json {"k"',
      "1 json :2}",
      "1 end",
      "tool_use",
      "stop",
    ],
  ],
  [
    "S08 and a text that comes between two calls",
    [
      chatStream(
        "tool_calls",
        said("Let me see."),
        chunk({ tool_calls: [call(0, "c1", "find", "{}")] }),
        said("And more."),
        chunk({ tool_calls: [call(1, "c2", "keep", "{}")] }),
      ),
    ],
    [
      "start",
      "0 text",
      "0 +Let me see.",
      "0 end",
      "1 call c1 find {}",
      "1 json {}",
      "1 end",
      "2 text",
      "2 +And more.",
      "2 end",
      "3 call c2 keep {}",
      "3 json {}",
      "3 end",
      "tool_use",
      "stop",
    ],
  ],
  ...["", "{}"].map(
    (input): Row => [
      `S29 a tool without input, said as ${JSON.stringify(input)}`,
      [chatStream("tool_calls", chunk({ tool_calls: [call(0, "c1", "now", input)] }))],
      ["start", "0 call c1 now {}", `0 json ${input}`, "0 end", "tool_use", "stop"],
    ],
  ),
  [
    "S30 a tool's input that the limit cuts is told as far as it came",
    [chatStream("length", chunk({ tool_calls: [call(0, "c1", "find", '{"q":"lo')] }))],
    ["start", "0 call c1 find {}", '0 json {"q":"lo', "0 end", "max_tokens", "stop"],
  ],
  [
    "S21 a limit closes the blocks that are open",
    [
      chatStream(
        "length",
        said("Hel"),
        chunk({ tool_calls: [call(0, "c1", "find")] }),
        chunk({ tool_calls: [call(1, "c2", "keep", "{")] }),
      ),
    ],
    [
      "start",
      "0 text",
      "0 +Hel",
      "0 end",
      "1 call c1 find {}",
      "1 json ",
      "1 end",
      "2 call c2 keep {}",
      "2 json {",
      "2 end",
      "max_tokens",
      "stop",
    ],
  ],
];

const FIRSTS: readonly Row[] = [
  ["S04 first a chunk without a role", [said("Hello"), ...ENDS], HELLO],
  [
    "S04 first a tool call",
    [chunk({ tool_calls: [call(0, "c1", "find", "{}")] }), chunk({}, "tool_calls"), usageChunk(7, 5), DONE],
    ["start", "0 call c1 find {}", "0 json {}", "0 end", "tool_use", "stop"],
  ],
  ["S04 first the usage", [usageChunk(7, 0), said("Hello"), ...ENDS], HELLO],
  ["S04 first the finish", [chunk({}, "stop"), usageChunk(7, 0), DONE], ["start", "end_turn", "stop"]],
  [
    "S05 the role again with every chunk",
    [
      ROLE,
      chunk({ role: "assistant", content: "Hello" }),
      chunk({ role: "assistant" }, "stop"),
      usageChunk(7, 5),
      DONE,
    ],
    HELLO,
  ],
  ["S05 the first chunk twice", [ROLE, ROLE, said("Hello"), ...ENDS], HELLO],
  ["S05 the end twice", [ROLE, said("Hello"), ...ENDS, DONE], HELLO],
  ["S05 another answer after the end", [ROLE, said("Hello"), ...ENDS, ROLE, said("Again"), ...ENDS], HELLO],
];

const BREAKS: readonly Row[] = [
  ["S06 no finish, then closed", [ROLE, said("Hel")], ["start", "0 text", "0 +Hel", "0 end", "error api_error"]],
  [
    "S06 no finish, then the mark of the end",
    [ROLE, said("Hel"), DONE],
    ["start", "0 text", "0 +Hel", "0 end", "error api_error"],
  ],
  [
    "S06 no finish within two tool calls",
    [ROLE, chunk({ tool_calls: [call(0, "c1", "find", "{"), call(1, "c2", "keep", "{")] })],
    ["start", "0 call c1 find {}", "0 json {", "0 end", "1 call c2 keep {}", "1 json {", "1 end", "error api_error"],
  ],
  [
    "S19 an error object in a chunk",
    [ROLE, said("Hel"), data({ error: { message: "CUDA out of memory", type: "server_error", code: 500 } }), DONE],
    ["start", "0 text", "0 +Hel", "0 end", "error api_error"],
  ],
  [
    "S19 an event that is called an error",
    [ROLE, said("Hel"), `event: error\n${data({ message: "gone", type: "overloaded_error" })}`, DONE],
    ["start", "0 text", "0 +Hel", "0 end", "error overloaded_error"],
  ],
  [
    "S19 a connection that breaks",
    [ROLE, said("Hel"), { pauseMs: 30 }, CUT],
    ["start", "0 text", "0 +Hel", "0 end", "error api_error"],
  ],
];

const ORDER: readonly Row[] = [
  [
    "S07 every block is closed before the message delta",
    [
      chatStream(
        "tool_calls",
        said("Hello"),
        chunk({ tool_calls: [call(0, "c1", "find", "{}"), call(1, "c2", "keep", "{}")] }),
      ),
    ],
    [
      "start",
      "0 text",
      "0 +Hello",
      "0 end",
      "1 call c1 find {}",
      "1 json {}",
      "1 end",
      "2 call c2 keep {}",
      "2 json {}",
      "2 end",
      "tool_use",
      "stop",
    ],
  ],
  [
    "S09 text, thinking and text again are three blocks",
    [chatStream("stop", said("One."), chunk({ reasoning_content: "Hm." }), said("Two."))],
    [
      "start",
      "0 text",
      "0 +One.",
      "0 end",
      "1 thinking",
      "1 thought Hm.",
      "1 signature",
      "1 end",
      "2 text",
      "2 +Two.",
      "2 end",
      "end_turn",
      "stop",
    ],
  ],
  ...["reasoning_content", "reasoning"].map(
    (name): Row => [
      `S18 ${name} is thinking`,
      [chatStream("stop", chunk({ [name]: "Let " }), chunk({ [name]: "me see." }), said("Hello"))],
      [
        "start",
        "0 thinking",
        "0 thought Let ",
        "0 thought me see.",
        "0 signature",
        "0 end",
        "1 text",
        "1 +Hello",
        "1 end",
        "end_turn",
        "stop",
      ],
    ],
  ),
  ...["stop", "function_call", "eos"].map(
    (word): Row => [
      `S10 tool calls that end with ${word}`,
      [chatStream(word, chunk({ tool_calls: [call(0, "c1", "find", "{}")] }))],
      ["start", "0 call c1 find {}", "0 json {}", "0 end", "tool_use", "stop"],
    ],
  ),
  [
    "S11 a finish after the finish changes nothing",
    [
      ROLE,
      chunk({ tool_calls: [call(0, "c1", "find", "{}")] }),
      chunk({}, "tool_calls"),
      chunk({}, "stop"),
      usageChunk(7, 5),
      DONE,
    ],
    ["start", "0 call c1 find {}", "0 json {}", "0 end", "tool_use", "stop"],
  ],
  [
    "S11 nor after a limit",
    [ROLE, said("Hello"), chunk({}, "length"), chunk({}, "stop"), usageChunk(7, 5), DONE],
    ["start", "0 text", "0 +Hello", "0 end", "max_tokens", "stop"],
  ],
  [
    "S12 the empty word is no finish",
    [chunk({ content: "Hel" }, ""), chunk({ content: "lo" }, ""), ...ENDS],
    ["start", "0 text", "0 +Hel", "0 +lo", "0 end", "end_turn", "stop"],
  ],
  [
    "S27 a chunk without choices",
    [data({ id: "chatcmpl-1" }), ROLE, data({ id: "chatcmpl-1" }), said("Hello"), ...ENDS],
    HELLO,
  ],
  [
    "S27 chunks of no choices",
    [data({ choices: [] }), ROLE, data({ choices: [] }), said("Hello"), data({ choices: null }), ...ENDS],
    HELLO,
  ],
  [
    "S27 choices that have no index",
    [
      data({ choices: [{ delta: { role: "assistant" } }] }),
      data({ choices: [{ delta: { content: "Hello" } }] }),
      data({ choices: [{ delta: {}, finish_reason: "stop" }] }),
      usageChunk(7, 5),
      DONE,
    ],
    HELLO,
  ],
  [
    "S28 a text after the finish",
    [ROLE, said("Hello"), chunk({}, "stop"), said(" again"), usageChunk(7, 5), DONE],
    HELLO,
  ],
  ["S28 a text after the end", [ROLE, said("Hello"), ...ENDS, said(" again")], HELLO],
];

const WHOLE = chatStream("stop", said("Hello"));

const SPELLINGS: readonly Row[] = [
  ["S25 CRLF", [WHOLE.replaceAll("\n", "\r\n")], HELLO],
  ["S25 lone CR", [WHOLE.replaceAll("\n", "\r")], HELLO],
  ["S25 no space after the colon", [WHOLE.replaceAll("data: ", "data:")], HELLO],
  ["S25 a byte order mark", [`\uFEFF${WHOLE}`], HELLO],
  ["S25 CRLF that falls into two reads", torn(WHOLE.replaceAll("\n", "\r\n")), HELLO],
  ["S25 data in several lines", [WHOLE.replaceAll('"choices":', '\ndata: "choices":')], HELLO],
  ["S25 fields that nobody asked for", [WHOLE.replaceAll("data: ", "id: 4\nretry: 10\nnonsense\ndata: ")], HELLO],
  ["S26 comments", [": PROCESSING\n\n", WHOLE.replaceAll("\n\n", "\n\n: PROCESSING\n\n:\n\n")], HELLO],
  ["S26 comments within an event", [WHOLE.replaceAll("data: ", ": {not json\ndata: ")], HELLO],
];

/** Every line end in two reads. */
function torn(text: string): Piece[] {
  return text.split(/(?<=\r)/).flatMap((part): Piece[] => [part, { pauseMs: 1 }]);
}

describe.each([
  ["tool calls", CALLS],
  ["what comes first", FIRSTS],
  ["what breaks", BREAKS],
  ["order", ORDER],
  ["spellings", SPELLINGS],
])("%s", (_name, rows) => {
  test.each(rows)("%s", async (_title, given, want) => {
    const told = await crossing.stream(given);
    expect(told.status).toBe(200);
    expect(told.score).toEqual(want);
    expect(told.faults).toEqual([]);
  });
});

/** The usage that a stream ends with, and the tokens that were settled for it. */
async function usageOf(pieces: readonly Piece[]): Promise<readonly [usage: unknown, settled: number | undefined]> {
  const { events, requestId, faults } = await crossing.stream(pieces);
  expect(faults).toEqual([]);
  const { usage } = events.at(-2) ?? {};
  return [usage, (await crossing.rig.receipt(requestId))?.tokensUsed];
}

const cached = { prompt_tokens_details: { cached_tokens: 4 } };

test.each<[string, readonly Piece[]]>([
  [
    "S13 after the finish, in a chunk without choices",
    [ROLE, said("Hello"), chunk({}, "stop"), usageChunk(7, 5), DONE],
  ],
  ["S13 long after the finish", [ROLE, said("Hello"), chunk({}, "stop"), { pauseMs: 50 }, usageChunk(7, 5), DONE]],
  ["S14 on the finish itself", [ROLE, said("Hello"), chunk({}, "stop", { usage: chatUsage(7, 5) }), DONE]],
  [
    "S14 on a chunk whose delta is empty",
    [ROLE, said("Hello"), chunk({}, "stop"), chunk({}, null, { usage: chatUsage(7, 5) }), DONE],
  ],
  [
    "S15 on every chunk, each a total",
    [
      chunk({ content: "Hel" }, null, { usage: chatUsage(7, 1) }),
      chunk({ content: "lo" }, null, { usage: chatUsage(7, 3) }),
      chunk({}, "stop", { usage: chatUsage(7, 5) }),
      usageChunk(7, 5),
      DONE,
    ],
  ],
])("%s: usage is what the supplier counted", async (_title, pieces) => {
  expect(await usageOf(pieces)).toEqual([expect.objectContaining({ input_tokens: 7, output_tokens: 5 }), 12]);
});

test("S16 S17 the start invents no count and no finish, the end tells all counts", async () => {
  const { events } = await crossing.stream([ROLE, said("Hello"), chunk({}, "stop"), usageChunk(7, 5, cached), DONE]);
  const start = (events[0]?.["message"] ?? {}) as Wire;
  expect(start).toMatchObject({ stop_reason: null, stop_sequence: null, content: [] });
  expect(start["usage"]).toMatchObject({ input_tokens: 0, output_tokens: 0 });
  expect(events.at(-2)?.["usage"]).toMatchObject({ input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 5 });
});

test("S16 a count that the supplier tells at once stands at the end, with those that come later", async () => {
  const { events } = await crossing.stream([usageChunk(7, 0), said("Hello"), chunk({}, "stop"), DONE]);
  expect(events[0]).toMatchObject({ message: { usage: { input_tokens: 0, output_tokens: 0 } } });
  expect(events.at(-2)).toMatchObject({ usage: { input_tokens: 7 } });
});

test("S20 the stream ends after an error though the supplier's connection stays open", async () => {
  const startedAtMs = performance.now();
  const told = await crossing.stream([ROLE, said("Hel"), data({ error: { message: "gone" } }), HANG]);
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  expect(told.ending).toBe("broken");
  await expect.poll(() => told.asked[0]?.leftAtMs()).toBeDefined();
});

test.each<[string, Wire, readonly string[]]>([
  ["text", completion({ content: "Hello" }), HELLO],
  [
    "text and tools",
    completion(
      {
        content: "See.",
        tool_calls: [{ id: "c1", type: "function", function: { name: "find", arguments: '{"q":1}' } }],
      },
      "tool_calls",
    ),
    ["start", "0 text", "0 +See.", "0 end", "1 call c1 find {}", '1 json {"q":1}', "1 end", "tool_use", "stop"],
  ],
  [
    "thinking",
    completion({ reasoning_content: "Hm.", content: "Hello" }),
    ["start", "0 thinking", "0 thought Hm.", "0 signature", "0 end", "1 text", "1 +Hello", "1 end", "end_turn", "stop"],
  ],
])("S22 one JSON body where a stream was asked for is told as a stream: %s", async (_title, answer, want) => {
  const told = await crossing.whole(answer, { stream: true });
  expect([told.status, told.score, told.faults]).toEqual([200, want, []]);
  expect(told.events.at(-2)?.["usage"]).toMatchObject({ input_tokens: 7, output_tokens: 5 });
});

test("S22 one JSON body that is an error is none", async () => {
  const told = await crossing.whole({ error: { message: "gone", type: "server_error" } }, { stream: true });
  expect([told.status, told.body]).toEqual([502, expect.objectContaining({ type: "error" })]);
});

test("S24 characters that are cut anywhere stay whole", async () => {
  const bytes = new TextEncoder().encode(chatStream("stop", chunk({ content: "Ærøskøbing 🏝️ 東京 👩‍👩‍👧" })));
  const pieces = Array.from(bytes, (_byte, at): Piece => bytes.subarray(at, at + 1));
  const { score, faults } = await crossing.stream(
    pieces.flatMap((piece, at) => (at % 8 === 0 ? [piece, { pauseMs: 0 }] : [piece])),
  );
  expect(faults).toEqual([]);
  expect(score[2]).toBe("0 +Ærøskøbing 🏝️ 東京 👩‍👩‍👧");
});

test("S30 whole: what a limit has cut is an object all the same", async () => {
  const calls = [{ id: "c1", type: "function", function: { name: "find", arguments: '{"q":"lo' } }];
  const { status, body } = await crossing.whole(completion({ tool_calls: calls }, "length"));
  expect(status).toBe(200);
  expect(body).toMatchObject({
    stop_reason: "max_tokens",
    content: [{ type: "tool_use", id: "c1", input: expect.any(Object) }],
  });
});

test("S19 an error before the first word is a refusal, since nothing was told", async () => {
  const told = await crossing.stream([ROLE, data({ error: { message: "gone", type: "server_error" } }), DONE]);
  expect([told.status, told.faults]).toEqual([502, []]);
});

describe("S23 silence", () => {
  let patient: Crossing;
  beforeAll(async () => {
    patient = await openCrossing("messages", { timeouts: { idleMs: 20_000 } });
  });
  afterAll(() => patient.close());

  const later = (ms: number): void => void vi.advanceTimersByTime(ms);
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
  afterEach(() => void vi.useRealTimers());

  test("a caller that waits is pinged, and told the rest", async () => {
    const pinging = patient.stream([ROLE, said("Hel"), { pauseMs: 800 }, said("lo"), ...ENDS]);
    for (let times = 0; times < 2; times += 1) {
      await sleep(250);
      later(PING_AFTER_MS + 1);
    }
    const { score, faults } = await pinging;
    const heard = score.slice(score.indexOf("0 +Hel") + 1, score.indexOf("0 +lo"));
    expect([...new Set(heard)]).toEqual(["ping"]);
    expect(score.filter((each) => each !== "ping")).toEqual([
      "start",
      "0 text",
      "0 +Hel",
      "0 +lo",
      "0 end",
      "end_turn",
      "stop",
    ]);
    expect(faults).toEqual([]);
  });

  test("pings do not keep a dead supplier alive", async () => {
    const startedAtMs = performance.now();
    const waiting = patient.stream([ROLE, said("Hel"), HANG]);
    for (let times = 0; times < 4; times += 1) {
      await sleep(200);
      later(PING_AFTER_MS + 1);
    }
    const { score } = await waiting;
    expect(score.filter((each) => each === "ping").length).toBeGreaterThan(1);
    expect(score.at(-1)).toBe("error timeout_error");
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  });
});

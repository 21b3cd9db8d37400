/**
 * Goal: no body and no stream costs more than it is long, or brings a reader down. Method: many of everything, or one
 * thing nested deep. Work that grew with the square of the length would take minutes here.
 */
import { FEATURES } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, type Dialect, messages } from "../src/index.ts";

const MANY = 60_000;
const MS_MAX = 10_000;
const target = { model: "m", features: new Set(FEATURES), quirks: {} };
const FORMATS: Readonly<Record<"chat" | "messages", Dialect<never>>> = { chat: chatCompletions, messages };
type Format = keyof typeof FORMATS;

function times<T>(of: (nth: number) => T, count = MANY): T[] {
  return Array.from({ length: count }, (_, nth) => of(nth));
}

const use = (nth: number) => ({ type: "tool_use", id: `c${nth}`, name: "f", input: {} });
const result = (nth: number) => ({ type: "tool_result", tool_use_id: `c${nth}`, content: "a" });
const call = (nth: number) => ({ id: `c${nth}`, type: "function", function: { name: "f", arguments: "{}" } });
const custom = (nth: number) => ({ id: `c${nth}`, type: "custom", custom: { name: "x", input: "" } });

/** JSON; `HOLE` stands for what is nested deeper than the engine writes: it recurses where names are numbers. */
function textOf(value: object): string {
  return JSON.stringify(value).replace('"HOLE"', `${'{"0":'.repeat(MANY)}1${"}".repeat(MANY)}`);
}

function deep(value: object): object {
  return JSON.parse(textOf(value)) as object;
}

type RequestRow = readonly [name: string, from: Format, to: Format, body: object];

const REQUESTS: readonly RequestRow[] = [
  ["turns of one role", "chat", "messages", { messages: times(() => ({ role: "user", content: "a" })) }],
  [
    "results of one turn's calls",
    "chat",
    "messages",
    {
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", tool_calls: times(call) },
        ...times((nth) => ({ role: "tool", tool_call_id: `c${nth}`, content: "a" })),
      ],
    },
  ],
  ["calls of another kind", "chat", "chat", { messages: [{ role: "assistant", tool_calls: times(custom) }] }],
  ["results in one turn", "messages", "chat", { messages: [{ role: "user", content: times(result) }] }],
  [
    "results in turns of their own",
    "messages",
    "chat",
    { messages: times((nth) => ({ role: "user", content: [result(nth), { type: "text", text: "x" }] })) },
  ],
  [
    "results far behind their call",
    "messages",
    "chat",
    {
      messages: [
        { role: "assistant", content: [use(0)] },
        ...times((nth) => ({ role: "user", content: [result(nth), { type: "text", text: "x" }] })),
      ],
    },
  ],
  [
    "a call and its result in turns",
    "messages",
    "chat",
    {
      messages: times((nth) =>
        nth % 2 ? { role: "user", content: [result(nth - 1)] } : { role: "assistant", content: [use(nth)] },
      ),
    },
  ],
  ["a deep block", "messages", "messages", deep({ messages: [{ role: "user", content: [{ type: "x", y: "HOLE" }] }] })],
  [
    "blocks within blocks",
    "messages",
    "messages",
    JSON.parse(
      `{"messages":[{"role":"user","content":${'[{"type":"x","content":'.repeat(MANY)}[]${"}]".repeat(MANY)}}]}`,
    ) as object,
  ],
  [
    "deep arguments",
    "messages",
    "chat",
    deep({ messages: [{ role: "assistant", content: [{ ...use(0), input: { a: "HOLE" } }] }] }),
  ],
];

describe("requests", () => {
  test.each(REQUESTS)("%s", { timeout: MS_MAX }, (_name, from, to, body) => {
    const begun = performance.now();
    FORMATS[to].supplier.writeRequest(FORMATS[from].surface.readRequest({ max_tokens: 1, ...body } as never), target);
    expect(performance.now() - begun).toBeLessThan(MS_MAX);
  });
});

const HEAD = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };

function chunk(delta: object, choice: object = {}, beside: object = {}): object {
  return { ...HEAD, choices: [{ index: 0, delta, finish_reason: null, ...choice }], ...beside };
}

const FINISH = chunk({}, { finish_reason: "tool_calls" });
const callChunk = (nth: number) => chunk({ tool_calls: [{ index: nth, ...call(nth) }] });
const text = (index: number) => ({ type: "content_block_start", index, content_block: { type: "text", text: "" } });

type StreamRow = readonly [name: string, from: Format, to: Format, events: readonly object[]];

const STREAMS: readonly StreamRow[] = [
  ["S08 calls", "chat", "messages", [...times(callChunk), FINISH]],
  [
    "S08 texts and thoughts behind an open call",
    "chat",
    "messages",
    [callChunk(0), ...times((nth) => chunk(nth % 2 ? { content: "a" } : { reasoning_content: "b" })), FINISH],
  ],
  [
    "S08 blocks behind an open block",
    "messages",
    "messages",
    [text(0), ...times((nth) => [text(nth + 1), { type: "content_block_stop", index: nth + 1 }]).flat()],
  ],
  ["parts of one delta", "chat", "chat", [chunk({ content: times(() => ({ type: "text", text: "a" })) })]],
  [
    "properties that come one by one",
    "chat",
    "chat",
    times((nth) => chunk({ content: "a" }, {}, { [`k${nth}`]: 1 }), MANY / 10),
  ],
  [
    "properties that come all at once",
    "chat",
    "chat",
    times(() => chunk({ content: "a" }, {}, Object.fromEntries(times((nth) => [`k${nth}`, 1]))), 3),
  ],
  ["a deep property", "chat", "chat", [chunk({}, {}, { x: {} }), chunk({}, {}, { x: { a: "HOLE" } })]],
  [
    "deep arguments",
    "chat",
    "messages",
    [chunk({ tool_calls: [{ index: 0, id: "c", function: { name: "f", arguments: { a: "HOLE" } } }] })],
  ],
];

function bytesOf(event: object): Buffer {
  return Buffer.from(`data: ${textOf(event)}\n\n`);
}

describe("streams", () => {
  test.each(STREAMS)("%s", { timeout: MS_MAX }, (_name, from, to, events) => {
    const begun = performance.now();
    const reader = FORMATS[from].supplier.readEvents();
    const writer = FORMATS[to].surface.writeEvents({ showUsage: true, requestId: "r" });
    const read = [...events.flatMap((event) => reader.push(bytesOf(event))), ...reader.end()];
    expect(read.flatMap((event) => writer.write(event)).length).toBeGreaterThan(0);
    expect(performance.now() - begun).toBeLessThan(MS_MAX);
  });

  test("long names are not told again with every chunk", () => {
    const long = "x".repeat(100_000);
    const reader = chatCompletions.supplier.readEvents();
    const writer = chatCompletions.surface.writeEvents({ showUsage: true, requestId: "r" });
    const events = [
      { ...chunk({ content: "a" }), id: long, model: long, padding: long },
      ...times(() => chunk({ content: "a" }), 100),
    ];
    const told = events.flatMap((event) => reader.push(bytesOf(event))).flatMap((event) => writer.write(event));
    expect(JSON.stringify(told).length).toBeLessThan(2 * long.length);
  });
});

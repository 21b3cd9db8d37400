/**
 * Goal: `final()` gives what the unstreamed call gives. Method: every stream among the situations of the contract, every recorded
 * stream, and the vendors' own SDKs, which fold the same events.
 */
import { isDeepStrictEqual } from "node:util";
import { MessageStream } from "@anthropic-ai/sdk/lib/MessageStream.js";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream.js";
import { describe, expect, test } from "vitest";
import { foldCompletion } from "../src/chat-completions/completion.ts";
import type { Fold } from "../src/event-stream.ts";
import { StreamError } from "../src/index.ts";
import { foldMessage } from "../src/messages/message.ts";
import type { Framing } from "../src/operation.ts";
import { bytesOf, eventsOf, type Json, plain, recorded, situations } from "./fold.ts";

interface Subject {
  readonly document: string;
  readonly fold: () => Fold<unknown, unknown>;
  readonly framing: Framing;
  /** What the vendor's SDK makes of the events. */
  readonly sdk: (events: readonly Json[]) => Promise<unknown>;
  /** Recorded streams that do not tell what the same server's whole answer does, each with why. */
  readonly unlike: Readonly<Record<string, string>>;
  /** Recorded streams of which the vendor's SDK makes something else, each with why. */
  readonly unlikeSdk: Readonly<Record<string, string>>;
}

const lines = (events: readonly Json[]) => bytesOf(events.map((event) => `${JSON.stringify(event)}\n`).join(""));

const subjects: readonly Subject[] = [
  {
    document: "chat-completions",
    fold: foldCompletion,
    framing: { done: "[DONE]" },
    sdk: (events) => ChatCompletionStream.fromReadableStream(lines(events) as never).finalChatCompletion(),
    unlike: {
      "azure-text": "the stream tells less of what the filter found",
      "content-as-parts": "its content is a list, which the document does not know",
      "gemini-tools": "the stream has another finish word than the whole answer",
      "kimi-tool-ids": "the stream has the usage in its choice as well",
      "ollama-tool": "the whole answer has the index that only a stream has",
    },
    unlikeSdk: {
      "azure-text": "it keeps of the filter what the last chunk says, which is nothing",
      "content-as-parts": "its content is a list, which the document does not know",
      "empty-tool-calls": "it keeps an empty list of calls",
      image: "it lets a null at the end take the place of a word",
      ping: "as with image",
      "reasoning-details": "it keeps the last piece of the thoughts alone",
      "text-between-thoughts": "as with reasoning-details",
      thinking: "as with reasoning-details",
    },
  },
  {
    document: "messages",
    fold: foldMessage,
    framing: { event: "type", last: "message_stop" },
    sdk: (events) => MessageStream.fromReadableStream(lines(events) as never).finalMessage(),
    unlike: {},
    unlikeSdk: {
      "fine-grained-tool": "it mends an input that was cut, where we say that there is no whole message",
      "index-with-gaps": "it takes the index for a place in the list",
      "unknown-event": "it drops the deltas of kinds that it does not know",
      "unknown-field": "it drops counters and fields that it does not know",
    },
  },
];

function folded({ fold }: Subject, events: readonly unknown[]): unknown {
  const gathering = fold();
  for (const event of events) gathering.add(event);
  return gathering.answer();
}

/** An empty list of citations stands in whole answers only. */
const withoutEmpties = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(plain(value), (name, each: unknown) =>
      name === "annotations" && Array.isArray(each) && each.length === 0 ? undefined : each,
    ),
  );

describe.each(subjects.map((subject) => [subject.document, subject] as const))("%s", (_, subject) => {
  const told = situations(subject.document);
  const streams = recorded(subject.document);

  test("there are streams to fold", () => {
    expect(told.length).toBeGreaterThan(10);
    expect(streams.length).toBeGreaterThan(40);
  });

  test.each(told.map((each) => [each.name, each] as const))("the situation %s", (_name, { answer, events }) => {
    const before = structuredClone(events);
    expect(folded(subject, events)).toEqual(answer);
    // The caller has the events too.
    expect(events).toEqual(before);
  });

  test.each(
    streams.filter(({ name, whole }) => whole && !(name in subject.unlike)).map((each) => [each.name, each] as const),
  )("the recorded %s comes to what the same server answers whole", async (_name, { bytes, whole }) => {
    const { events } = await eventsOf(bytes, subject.framing);
    expect(withoutEmpties(folded(subject, events))).toEqual(withoutEmpties(whole));
  });

  test("every recorded stream comes to what the vendor's SDK makes of it, wherever it makes anything", async () => {
    const unlike: string[] = [];
    let alike = 0;
    for (const { name, bytes } of streams) {
      const { events, failed } = await eventsOf(bytes, subject.framing);
      const theirs = failed ? undefined : await subject.sdk(events).then(plain, () => undefined);
      if (theirs === undefined) continue;
      if (isDeepStrictEqual(foldedOrNot(subject, events), theirs)) alike += 1;
      else unlike.push(name);
    }
    expect(unlike.sort()).toEqual(Object.keys(subject.unlikeSdk).sort());
    expect(alike).toBeGreaterThan(25);
  });
});

function foldedOrNot(subject: Subject, events: readonly unknown[]): unknown {
  try {
    return plain(folded(subject, events));
  } catch {
    return "no answer";
  }
}

describe("there is no whole answer", () => {
  test.each([
    ["of no chunk", foldCompletion, []],
    ["of no message", foldMessage, [{ type: "ping" }]],
    [
      "of a tool's input that was cut, and what was read so far is not repeated",
      foldMessage,
      [
        { type: "message_start", message: { content: [] } },
        { type: "content_block_start", index: 0, content_block: { type: "tool_use", name: "save", input: {} } },
        { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"secret' } },
      ],
    ],
  ])("%s", (_, fold, events) => {
    const gathering = fold();
    for (const event of events) gathering.add(event);
    expect(() => gathering.answer()).toThrow(StreamError);
    expect(() => gathering.answer()).not.toThrow("secret");
  });
});

test("names that every object has are names like any other, and reach no object but their own", () => {
  const events = JSON.parse(`[
    {"id":"1","choices":[{"index":0,"delta":{"constructor":"a","valueOf":null,"__proto__":{"polluted":"yes"}},"toString":{"b":1}}]},
    {"id":"1","choices":[{"index":0,"delta":{"constructor":"b","x":{"__proto__":{"polluted":"yes"}}},"toString":{"c":2}}]}
  ]`) as Json[];
  const gathering = foldCompletion();
  for (const event of events) gathering.add(event);
  expect(JSON.parse(JSON.stringify(gathering.answer()))).toMatchObject({
    choices: [{ message: { constructor: "ab", valueOf: null, x: {} }, toString: { b: 1, c: 2 } }],
  });
  const { choices } = gathering.answer() as { choices: { message: { polluted?: string; x: { polluted?: string } } }[] };
  expect([choices[0]?.message.polluted, choices[0]?.message.x.polluted]).toEqual([undefined, undefined]);
  expect(({} as Json)["polluted"]).toBeUndefined();
});

test("answers and calls that come in any order stand in theirs", () => {
  const gathering = foldCompletion();
  const call = (index: number, id: string) => ({
    index,
    id,
    type: "function",
    function: { name: id, arguments: "{}" },
  });
  gathering.add({ id: "1", choices: [{ index: 1, delta: { tool_calls: [call(1, "b"), call(0, "a")] } }] });
  gathering.add({ id: "1", choices: [{ index: 0, delta: { content: "first" } }] });
  expect(gathering.answer()).toMatchObject({
    choices: [
      { index: 0, message: { content: "first" } },
      { index: 1, message: { tool_calls: [{ id: "a" }, { id: "b" }] } },
    ],
  });
});

test("a signature that is told again is not told twice", () => {
  const gathering = foldMessage();
  const delta = { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2ln" } };
  const start = {
    type: "content_block_start",
    index: 0,
    content_block: { type: "thinking", thinking: "", signature: "" },
  };
  for (const event of [{ type: "message_start", message: {} }, start, delta, delta]) gathering.add(event);
  expect(gathering.answer()).toEqual({ content: [{ type: "thinking", thinking: "", signature: "c2ln" }] });
});

test("the counters of a message that come last take the place of those before, and add nothing", () => {
  const gathering = foldMessage();
  const events = [
    {
      type: "message_start",
      message: { content: [], usage: { input_tokens: 9, output_tokens: 1, cache_read_input_tokens: 4 } },
    },
    { type: "message_delta", delta: { stop_reason: null }, usage: { output_tokens: 5, input_tokens: null } },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 8, new_tokens: 2 } },
  ];
  for (const event of events) gathering.add(event);
  expect(gathering.answer()).toEqual({
    content: [],
    stop_reason: "end_turn",
    usage: { input_tokens: 9, output_tokens: 8, cache_read_input_tokens: 4, new_tokens: 2 },
  });
});

/** Records that are told on as they came: a caller who is given them is told the same as one for whom they were written anew. */
import { chatCompletions as chatContract, messages as messagesContract } from "@interchange/contract";
import { fold } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, type Dialect, messages } from "../src/index.ts";
import { jsonOf, mutations } from "./mutation.ts";
import { type Json, situations } from "./situation.ts";

interface Subject {
  readonly dialect: Dialect<never>;
  readonly isEvent: (event: unknown) => boolean;
  readonly frame: (json: string, type: unknown) => string;
  readonly done: string;
}

const SUBJECTS: readonly Subject[] = [
  {
    dialect: chatCompletions,
    isEvent: chatContract.validators.createChatCompletion.event,
    frame: (json) => `data: ${json}\n\n`,
    done: "data: [DONE]\n\n",
  },
  {
    dialect: messages,
    isEvent: messagesContract.validators.createMessage.event,
    frame: (json, type) => `event: ${String(type)}\ndata: ${json}\n\n`,
    done: "",
  },
];

interface Relayed {
  readonly text: string;
  /** The records that were passed on. */
  readonly passed: readonly Json[];
}

/** What a caller is given of the bytes; of a stream that breaks, what comes before the break. */
function relay({ dialect, frame }: Subject, bytes: Buffer, options: { fast: boolean; showUsage?: boolean }): Relayed {
  const reader = dialect.supplier.readEvents();
  const writer = dialect.surface.writeEvents({ requestId: "req_1", showUsage: options.showUsage ?? true });
  const passed: Json[] = [];
  let text = "";
  for (const { event, plain } of [...reader.read(bytes), ...reader.close()]) {
    if (options.fast && plain !== undefined && writer.passes(event, plain)) {
      passed.push(plain.wire);
      text += Buffer.from(plain.bytes).toString();
    } else for (const wire of writer.write(event)) text += frame(JSON.stringify(wire), (wire as Json).type);
  }
  return { text, passed };
}

function answerOf({ dialect, done }: Subject, text: string): unknown {
  const reader = dialect.supplier.readEvents();
  return fold([...reader.push(Buffer.from(text + done)), ...reader.end()]);
}

function bytesOf({ frame, done }: Subject, events: readonly Json[]): Buffer {
  return Buffer.from(events.map((event) => frame(JSON.stringify(event), event.type)).join("") + done);
}

/**
 * The events of a stream that tell its kinds apart, with their places: of those that differ in their texts alone the first,
 * the second, which is read by way of the first, and the last.
 */
function telling(events: readonly Json[]): readonly (readonly [at: number, event: Json])[] {
  const alike = Map.groupBy(events.entries(), ([, event]) =>
    JSON.stringify(event, (key, value: unknown) => (TEXTS.has(key) ? typeof value : value)),
  );
  return [...alike.values()].flatMap((group) => group.filter((_, nth) => nth < 2 || nth === group.length - 1));
}

/** Where texts grow, by their names in either format. */
const TEXTS: ReadonlySet<string> = new Set([
  "content",
  "text",
  "thinking",
  "reasoning_content",
  "arguments",
  "partial_json",
]);

describe.each(SUBJECTS)("$dialect.name", (subject) => {
  const all = situations(subject.dialect.name).filter(({ events }) => events !== undefined);

  test.each(all)("$name: the same answer, passed on or written anew", ({ events = [] }) => {
    const bytes = bytesOf(subject, events);
    const fast = relay(subject, bytes, { fast: true });
    expect(answerOf(subject, fast.text)).toEqual(answerOf(subject, relay(subject, bytes, { fast: false }).text));
    for (const wire of fast.passed) expect(subject.isEvent(wire)).toBe(true);
  });

  test("most of a text is passed on, and its start never", () => {
    const { events = [] } = all.find(({ name }) => name === "text") ?? {};
    const { passed } = relay(subject, bytesOf(subject, events), { fast: true });
    expect(passed.length).toBeGreaterThan(0);
    expect(passed).not.toContainEqual(events[0]);
  });

  test.each(all)("$name: whatever comes of it, the same answer, and in contract", ({ events = [] }) => {
    for (const [at, event] of telling(events)) {
      const before = bytesOf({ ...subject, done: "" }, events.slice(0, at));
      const after = bytesOf(subject, events.slice(at + 1));
      for (const odd of mutations(event)) {
        const record = subject.frame(jsonOf(odd), event.type);
        const bytes = Buffer.concat([before, Buffer.from(record), after]);
        const fast = relay(subject, bytes, { fast: true });
        const wrong = fast.passed.find((wire) => !subject.isEvent(wire));
        if (wrong !== undefined) expect.fail(`out of contract: ${JSON.stringify(wrong)}`);
        const slow = relay(subject, bytes, { fast: false });
        if (fast.text === slow.text) continue;
        if (fast.passed.length === 0) expect(fast.text).toBe(slow.text);
        else expectSame(answerOf(subject, fast.text), answerOf(subject, slow.text), record);
      }
    }
  });
});

/** To compare texts first is ten times as quick, and mostly enough. */
function expectSame(one: unknown, other: unknown, given: string): void {
  if (JSON.stringify(one) !== JSON.stringify(other)) expect(one, given).toEqual(other);
}

describe("a chunk is written anew", () => {
  const [subject] = SUBJECTS as [Subject];
  const HEAD = { id: "c", object: "chat.completion.chunk", created: 7, model: "m", usage: null };
  const choice = (delta: object, rest: object = {}): object => ({ index: 0, delta, finish_reason: null, ...rest });
  const first = { ...HEAD, choices: [choice({ role: "assistant", content: "a" })] };
  const plain = { ...HEAD, choices: [choice({ content: "b" })] };
  const last = { ...HEAD, choices: [choice({}, { finish_reason: "stop" })] };
  const passedOf = (chunk: object, showUsage = true): number =>
    relay(subject, bytesOf(subject, [first, chunk, last] as Json[]), { fast: true, showUsage }).passed.length;

  test("unless it is plain", () => {
    expect(passedOf(plain)).toBe(1);
    expect(passedOf({ ...plain, system_fingerprint: null, service_tier: null })).toBe(1);
    const thought = { ...HEAD, choices: [choice({ content: null, reasoning_content: "b" })] };
    const chunks = [first, thought, thought, last] as Json[];
    expect(relay(subject, bytesOf(subject, chunks), { fast: true }).passed).toEqual([thought]);
  });

  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  test.each<[string, object]>([
    ["another id", { ...plain, id: "d" }],
    ["no id", { ...plain, id: undefined }],
    ["another time", { ...plain, created: 8 }],
    ["another model", { ...plain, model: "n" }],
    ["usage", { ...plain, usage }],
    ["a build that nobody told before", { ...plain, system_fingerprint: "fp" }],
    ["padding", { ...plain, obfuscation: "xyz" }],
    ["a property that nobody knows", { ...plain, x_inside: "10.0.0.1" }],
    ["a property of the choice that nobody knows", { ...HEAD, choices: [choice({ content: "b" }, { x: 1 })] }],
    ["a property of the delta that nobody knows", { ...HEAD, choices: [choice({ content: "b", x: 1 })] }],
    ["a role again", { ...HEAD, choices: [choice({ content: "b", role: "assistant" })] }],
    ["a finish", { ...HEAD, choices: [choice({ content: "b" }, { finish_reason: "stop" })] }],
    ["two choices", { ...HEAD, choices: [choice({ content: "b" }), choice({ content: "b" }, { index: 1 })] }],
    ["another choice", { ...HEAD, choices: [choice({ content: "b" }, { index: 1 })] }],
    ["logprobs", { ...HEAD, choices: [choice({ content: "b" }, { logprobs: { content: [] } })] }],
    ["a thought beside a text", { ...HEAD, choices: [choice({ content: "b", reasoning_content: "c" })] }],
  ])("with %s", (_, chunk) => {
    expect(passedOf(chunk)).toBe(0);
  });

  test("S34 without the word that there is no usage yet, for whoever has asked for it", () => {
    expect(passedOf({ ...plain, usage: undefined })).toBe(0);
    expect(passedOf({ ...plain, usage: undefined }, false)).toBe(1);
    expect(passedOf(plain, false)).toBe(1);
  });
});

describe("a record that is as the one before but for its text", () => {
  const [chat, other] = SUBJECTS as [Subject, Subject];
  const HEAD = { id: "abc", object: "chat.completion.chunk", created: 7, model: "m", usage: null };
  const chunk = (content: string): string =>
    `data: ${JSON.stringify({ ...HEAD, choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
  const block = (text: string): string =>
    other.frame(
      JSON.stringify({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
      "content_block_delta",
    );
  const begin = (subject: Subject): string => {
    const { events = [] } = situations(subject.dialect.name).find(({ name }) => name === "text") ?? {};
    return subject === chat
      ? chunk("first")
      : bytesOf(
          subject,
          events.slice(
            0,
            events.findIndex(({ type }) => type === "content_block_delta"),
          ),
        ).toString();
  };

  test.each([
    ["plain", ["one", " two", "three", "!"]],
    ["as it was before", ["one", "one", "one"]],
    ["escaped", ["one", 'a "quote"', "back\\slash", "line\nbreak", "two"]],
    ["not ASCII", ["one", "zwei Öfen", "漢字", "🙂", "two"]],
    ["nothing", ["one", "", "two"]],
    ["as the record's own words", ["one", "abc", "m", "text", "text_delta", "chat.completion.chunk", "content", "two"]],
    ["like an end", ["one", '"}}]}', "[DONE]", "data: x", "two"]],
    ["long", ["one", "x".repeat(100_000), "two"]],
  ])("is read as any: %s", (_, texts) => {
    for (const [subject, write] of [
      [chat, chunk],
      [other, block],
    ] as const) {
      const head = begin(subject);
      const bytes = Buffer.from(head + texts.map(write).join(""));
      const want = subject.dialect.supplier.readEvents().push(bytes);
      const said = want.map((event) => ("text" in event ? event.text : "")).join("");
      expect(said.endsWith(texts.join(""))).toBe(true);
      // Record by record, cut anywhere, and with a writer in between.
      const reader = subject.dialect.supplier.readEvents();
      const pieces = [head, ...texts.map(write)].map((text) => Buffer.from(text));
      expect(pieces.flatMap((piece) => reader.push(piece))).toEqual(want);
      const cut = subject.dialect.supplier.readEvents();
      const third = Math.floor(bytes.length / 3);
      const torn = [bytes.subarray(0, third), bytes.subarray(third, 2 * third + 1), bytes.subarray(2 * third + 1)];
      expect(torn.flatMap((piece) => cut.push(piece))).toEqual(want);
      const { text, passed } = relay(subject, bytes, { fast: true });
      for (const wire of passed) expect(subject.isEvent(wire)).toBe(true);
      const told = subject.dialect.supplier.readEvents().push(Buffer.from(text));
      expect(told.filter(({ type }) => type === "text-delta")).toEqual(
        want.filter((event) => event.type === "text-delta"),
      );
    }
  });

  test("is part of the thought that a proof brings once more", () => {
    const delta = (delta: Json): Buffer =>
      Buffer.from(`data: ${JSON.stringify({ ...HEAD, choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
    const thoughts = ["one", " two", " three"].map((text) => delta({ reasoning_content: text }));
    const proof = { type: "reasoning.text", text: "one two three", signature: "s", index: 0 };
    const reader = chat.dialect.supplier.readEvents();
    const told = [...thoughts, delta({ reasoning_details: [proof] })].flatMap((piece) => reader.push(piece));
    expect(told.map((event) => ("text" in event ? event.text : "")).join("")).toBe("one two three");
    expect(told.at(-1)).toMatchObject({ type: "reasoning-signature", signature: "s" });
  });

  test.each([
    ["another id", (record: string) => record.replace('"abc"', '"abd"')],
    ["no id", (record: string) => record.replace('"id":"abc",', "")],
    ["a finish", (record: string) => record.replace('"finish_reason":null', '"finish_reason":"stop"')],
    ["a control within its text", (record: string) => record.replace("two", "t\to")],
    ["bytes that are no UTF-8", (record: string) => record.replace("two", "t\u00ff")],
    ["a comment before it", (record: string) => `: from inside\n${record}`],
    ["more behind its text", (record: string) => record.replace('"two"', '"two","x":1')],
  ])("is not taken for one with %s", (name, odd) => {
    const bytes = Buffer.concat([
      Buffer.from(chunk("first") + chunk("one") + chunk("again")),
      Buffer.from(odd(chunk("two")), name.startsWith("bytes") ? "latin1" : "utf8"),
    ]);
    expect(relay(chat, bytes, { fast: true }).passed).toHaveLength(2);
  });
});

describe("over another format nothing is passed on", () => {
  test.each([
    [SUBJECTS[0], SUBJECTS[1]],
    [SUBJECTS[1], SUBJECTS[0]],
  ] as [Subject, Subject][])("%#", (supplier, surface) => {
    const { events = [] } = situations(supplier.dialect.name).find(({ name }) => name === "text") ?? {};
    const reader = supplier.dialect.supplier.readEvents();
    const writer = surface.dialect.surface.writeEvents({ requestId: "req_1", showUsage: true });
    const told = [...reader.read(bytesOf(supplier, events)), ...reader.close()];
    expect(told.some(({ plain }) => plain !== undefined)).toBe(true);
    for (const { event, plain } of told) {
      expect(plain !== undefined && writer.passes(event, plain)).toBe(false);
      writer.write(event);
    }
  });
});

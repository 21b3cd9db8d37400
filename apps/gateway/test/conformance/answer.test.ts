/** Answers of suppliers of the other format, as they leave a running gateway: whole, and streamed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INSTRUMENT, QUESTIONS, startRig } from "../rig.ts";
import { type Crossing, openCrossing } from "./crossing.ts";
import {
  block,
  call,
  chatStream,
  chunk,
  completion,
  DONE,
  MESSAGE_STOP,
  message,
  messageDelta,
  messageStart,
  messageStream,
  ROLE,
  textBlock,
  usageChunk,
  type Wire,
} from "./wire-format.ts";

let toMessages: Crossing;
let toChat: Crossing;
beforeAll(async () => {
  [toMessages, toChat] = await Promise.all([openCrossing("messages"), openCrossing("chat-completions")]);
});
afterAll(async () => {
  await toMessages.close();
  await toChat.close();
});

const TOOL_CALL = { id: "c1", type: "function", function: { name: "find", arguments: '{"q":1}' } };
const TOOL_USE = { type: "tool_use", id: "t1", name: "find", input: { q: 1 } };
const text = (said: string): Wire => ({ type: "text", text: said });

/** The only choice of a whole answer. */
const choiceOf = (body: Wire): Wire => (body["choices"] as readonly Wire[])[0] ?? {};
const messageOf = (body: Wire): Wire => (choiceOf(body)["message"] ?? {}) as Wire;
/** The finish that a stream of Chat Completions tells. */
const finishOf = (events: readonly Wire[]): unknown =>
  events.map((each) => (each["choices"] as readonly Wire[])[0]?.["finish_reason"]).find((word) => word);
const stopOf = (events: readonly Wire[]): Wire => (events.at(-2)?.["delta"] ?? {}) as Wire;

describe("R01 why an answer ended", () => {
  test.each([
    ["stop", {}, "end_turn"],
    ["length", {}, "max_tokens"],
    ["tool_calls", { tool_calls: [TOOL_CALL] }, "tool_use"],
    ["content_filter", {}, "refusal"],
    ["eos", {}, "end_turn"],
  ])("%s with %j is %s", async (finish, beside, stop) => {
    const whole = await toMessages.whole(completion({ content: "Hello", ...beside }, finish));
    expect(whole.body["stop_reason"]).toBe(stop);
    const streamed = await toMessages.stream([chatStream(finish, chunk({ content: "Hello", ...beside }))]);
    expect([stopOf(streamed.events)["stop_reason"], streamed.faults]).toEqual([stop, []]);
  });

  test.each([
    ["end_turn", [text("Hello")], "stop"],
    ["stop_sequence", [text("Hello")], "stop"],
    ["max_tokens", [text("Hello")], "length"],
    ["model_context_window_exceeded", [text("Hello")], "length"],
    ["tool_use", [text("Hello"), TOOL_USE], "tool_calls"],
    ["refusal", [text("Hello")], "content_filter"],
    ["pause_turn", [text("Hello")], "stop"],
    ["eos", [text("Hello")], "stop"],
  ])("%s is, with %j, %s", async (stop, content, finish) => {
    const whole = await toChat.whole(message(content, stop));
    expect(choiceOf(whole.body)["finish_reason"]).toBe(finish);
    const blocks = content.map((each, index) => block(index, each));
    const streamed = await toChat.stream([messageStart(), ...blocks, messageDelta(stop), MESSAGE_STOP]);
    expect([finishOf(streamed.events), streamed.faults]).toEqual([finish, []]);
  });
});

describe("R02 refusals", () => {
  test.each(["stop", "content_filter"])("of Chat that ends with %s, in Messages", async (finish) => {
    const whole = await toMessages.whole(completion({ refusal: "I cannot." }, finish));
    expect(whole.body).toMatchObject({
      stop_reason: "refusal",
      stop_details: { type: "refusal", explanation: "I cannot." },
    });
    const streamed = await toMessages.stream([
      ROLE,
      chunk({ refusal: "I " }),
      chunk({ refusal: "cannot." }),
      chunk({}, finish),
      usageChunk(7, 5),
      DONE,
    ]);
    expect(streamed.faults).toEqual([]);
    expect(stopOf(streamed.events)).toMatchObject({
      stop_reason: "refusal",
      stop_details: { explanation: "I cannot." },
    });
  });

  const details = { stop_details: { type: "refusal", category: "bio", explanation: "I cannot." } };

  test("of Messages, in Chat", async () => {
    const whole = await toChat.whole(message([], "refusal", details));
    expect(choiceOf(whole.body)).toMatchObject({ finish_reason: "content_filter", message: { refusal: "I cannot." } });
    const streamed = await toChat.stream([
      messageStart(),
      messageDelta("refusal", { output_tokens: 5 }, details),
      MESSAGE_STOP,
    ]);
    expect([streamed.score, streamed.faults]).toEqual([
      ["assistant", "refusal I cannot.", "finish content_filter", "done"],
      [],
    ]);
  });
});

test("R03 the stop sequence that was met is named where the supplier names it", async () => {
  const beside = {
    choices: [
      { index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop", stop_reason: "END" },
    ],
  };
  const known = await toMessages.whole(completion({}, "stop", beside), { stop_sequences: ["END"] });
  expect(known.body).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "END" });
  const unknown = await toMessages.whole(completion({ content: "Hello" }), { stop_sequences: ["END"] });
  expect(unknown.body).toMatchObject({ stop_reason: "end_turn", stop_sequence: null });
});

test("R03 and on a surface of the supplier's own format", async () => {
  const crossing = await openCrossing("messages", { formats: ["messages"] });
  const met = message([text("Hello")], "stop_sequence", { stop_sequence: "END" });
  expect((await crossing.whole(met)).body).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "END" });
  await crossing.close();
});

test("R04 several texts become one, and a text before a tool call is kept", async () => {
  const whole = await toChat.whole(message([text("One. "), text("Two."), TOOL_USE], "tool_use"));
  expect(messageOf(whole.body)).toMatchObject({
    content: "One. Two.",
    tool_calls: [TOOL_CALL].map((each) => ({ ...each, id: "t1" })),
  });
  const streamed = await toChat.stream([
    messageStart(),
    textBlock(0, "One. "),
    textBlock(1, "Two."),
    block(2, TOOL_USE),
    messageDelta("tool_use"),
    MESSAGE_STOP,
  ]);
  expect(streamed.score.slice(0, 3)).toEqual(["assistant", "+One. ", "+Two."]);
  const other = await toMessages.whole(completion({ content: "See.", tool_calls: [TOOL_CALL] }, "tool_calls"));
  expect(other.body["content"]).toMatchObject([text("See."), { type: "tool_use", input: { q: 1 } }]);
});

describe("R05 input of tools", () => {
  test.each([
    ['{"q":1}', { q: 1 }],
    ['{"q":{"deep":["a",null,1e3]}}', { q: { deep: ["a", null, 1000] } }],
    ["", {}],
    ["{}", {}],
  ])("the text %j is the object %j", async (input, object) => {
    const calls = [{ id: "c1", type: "function", function: { name: "find", arguments: input } }];
    const { body } = await toMessages.whole(completion({ tool_calls: calls }, "tool_calls"));
    expect(body["content"]).toMatchObject([{ type: "tool_use", name: "find", input: object }]);
  });

  test.each(["not json", '{"q":', "[1]", "null", '"text"'])(
    "the broken text %j is kept in an object, and is streamed as it came",
    async (input) => {
      const calls = [{ id: "c1", type: "function", function: { name: "find", arguments: input } }];
      const { status, body } = await toMessages.whole(completion({ tool_calls: calls }, "tool_calls"));
      expect(status).toBe(200);
      expect(body["content"]).toEqual([{ type: "tool_use", id: "c1", name: "find", input: { INVALID_JSON: input } }]);
      const streamed = await toMessages.stream([
        chatStream("tool_calls", chunk({ tool_calls: [call(0, "c1", "find", input)] })),
      ]);
      expect(streamed.score).toEqual(["start", "0 call c1 find {}", `0 json ${input}`, "0 end", "tool_use", "stop"]);
    },
  );

  test("a property that is called as an object's prototype is one like others", async () => {
    const calls = [{ id: "c1", type: "function", function: { name: "find", arguments: '{"__proto__":1}' } }];
    const { text } = await toMessages.whole(completion({ tool_calls: calls }, "tool_calls"));
    expect(text).toContain('"input":{"__proto__":1}');
  });

  test("an object is a text", async () => {
    const { body } = await toChat.whole(message([TOOL_USE, { ...TOOL_USE, id: "t2", input: {} }], "tool_use"));
    expect(messageOf(body)).toMatchObject({
      content: null,
      tool_calls: [
        { id: "t1", type: "function", function: { name: "find", arguments: '{"q":1}' } },
        { id: "t2", type: "function", function: { name: "find", arguments: "{}" } },
      ],
    });
  });
});

describe("R06 the frame of an answer is of the surface's own form", () => {
  const seconds = (value: unknown): boolean => Math.abs(Number(value) - Date.now() / 1_000) < 60;

  test("Chat", async () => {
    const { body } = await toChat.whole(message([text("Hello")]));
    expect(body).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: "chat.completion",
      model: "served-1",
    });
    expect(body["created"]).toSatisfy(seconds);
    expect(body["system_fingerprint"] ?? null).toBeNull();
    for (const name of ["type", "role", "content", "stop_reason"]) expect(body).not.toHaveProperty(name);
  });

  test("Chat, streamed: every chunk has the same", async () => {
    const { events } = await toChat.stream([messageStream(textBlock(0, "Hello"))]);
    const [first] = events;
    expect(first?.["created"]).toSatisfy(seconds);
    for (const { id, object, model, created } of events)
      expect({ id, object, model, created }).toEqual({
        id: expect.stringMatching(/^chatcmpl-/),
        object: "chat.completion.chunk",
        model: "served-1",
        created: first?.["created"],
      });
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  });

  test("Messages", async () => {
    const { body } = await toMessages.whole(completion({ content: "Hello" }, "stop", { system_fingerprint: "fp_1" }));
    expect(body).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: "message",
      role: "assistant",
      model: "served-1",
    });
    for (const name of ["object", "created", "choices", "system_fingerprint"]) expect(body).not.toHaveProperty(name);
    const { events } = await toMessages.stream([chatStream("stop", chunk({ content: "Hello" }))]);
    expect(events[0]?.["message"]).toMatchObject({ id: expect.stringMatching(/^msg_/), model: "served-1" });
  });
});

test("R07 thinking has one name on the Chat surface, and its signature is not lost", async () => {
  const signature = "EqoBCkgIARABGAIiQL8=/+";
  const thought = { type: "thinking", thinking: "Hm.", signature };
  const whole = messageOf((await toChat.whole(message([thought, text("Hello")]))).body);
  expect(whole).toMatchObject({ reasoning_content: "Hm.", content: "Hello" });
  expect(whole["reasoning_details"]).toMatchObject([{ signature: expect.stringContaining(signature) }]);
  const streamed = await toChat.stream([
    messageStream(
      block(
        0,
        { ...thought, thinking: "", signature: "" },
        { type: "thinking_delta", thinking: "Hm." },
        { type: "signature_delta", signature },
      ),
      textBlock(1, "Hello"),
    ),
  ]);
  expect(streamed.faults).toEqual([]);
  expect(streamed.score.filter((each) => /^thought|^\+/.test(each))).toEqual(["thought Hm.", "+Hello"]);
  const deltas = streamed.events.flatMap(({ choices }) =>
    (choices as readonly Wire[]).map(({ delta }) => delta as Wire),
  );
  const details = deltas.flatMap((delta) => (delta["reasoning_details"] ?? []) as readonly Wire[]);
  const signatures = details.flatMap((detail) => (detail["signature"] === undefined ? [] : [detail["signature"]]));
  expect(signatures).toEqual([expect.stringContaining(signature)]);
});

test("R07 the Chat supplier's own name for it does not matter", async () => {
  const { body } = await toMessages.whole(completion({ reasoning: "Hm.", content: "Hello" }));
  expect(body["content"]).toMatchObject([{ type: "thinking", thinking: "Hm." }, text("Hello")]);
});

const TOOLS: readonly Wire[] = ["get_weather", "get_time"].map((name) => ({
  name,
  description: `Tells ${name}.`,
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
}));
const FUNCTIONS = TOOLS.map(({ input_schema, ...tool }) => ({
  type: "function",
  function: { ...tool, parameters: input_schema },
}));

/** Names and inputs of the tools that an answer of either format calls. */
function callsOf(body: Wire): unknown[] {
  if (body["choices"] !== undefined)
    return ((messageOf(body)["tool_calls"] ?? []) as readonly Wire[]).map((each) => {
      const { name, arguments: input } = each["function"] as Wire;
      return [name, JSON.parse(String(input))];
    });
  const uses = (body["content"] as readonly Wire[]).filter(({ type }) => type === "tool_use");
  return uses.map(({ name, input }) => [name, input]);
}

const ASKED = [{ role: "user", content: "Use get_weather for Oslo and get_time for Oslo" }];

test.each([
  [
    "messages",
    "chat-completions",
    { tools: TOOLS },
    "/v1/chat/completions",
    { model: "m", tools: FUNCTIONS, messages: ASKED },
  ],
  [
    "chat-completions",
    "messages",
    { tools: FUNCTIONS },
    "/v1/messages",
    { model: "m", max_tokens: 200, tools: TOOLS, messages: ASKED },
  ],
] as const)(
  "R08 %s over %s: the tool calls are those that the supplier makes when asked directly",
  async (surface, format, tools, path, direct) => {
    const rig = await startRig({ dialects: [format] });
    const question = QUESTIONS[surface];
    const post = async (url: string, body: unknown, headers: Record<string, string>): Promise<Wire> => {
      const sent = {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      };
      return (await fetch(url, sent)).json() as Promise<Wire>;
    };
    const through = await post(
      `${rig.url}${question.path}`,
      { ...question.body(), model: INSTRUMENT, ...tools, messages: ASKED },
      question.keyHeader(rig.key),
    );
    const own = await post(`${rig.supplier.url}${path}`, direct, { "anthropic-version": "2023-06-01" });
    expect(callsOf(own).length).toBeGreaterThan(0);
    expect(callsOf(through)).toEqual(callsOf(own));
    await rig.close();
  },
);

test("R08 streamed: what is put together is what was made", async () => {
  const streamed = await toMessages.stream([
    chatStream(
      "tool_calls",
      chunk({ tool_calls: [call(0, "c1", "find", '{"q"')] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':"é"}' } }] }),
    ),
  ]);
  const input = streamed.score.filter((each) => each.startsWith("0 json ")).map((each) => each.slice(7));
  expect(JSON.parse(input.join(""))).toEqual({ q: "é" });
});

/** The vendors' own SDKs over suppliers of the other format: what their stream helpers fold is what the plain call gives. */
import Anthropic from "@anthropic-ai/sdk";
import { DEFAULT_LIMITS } from "@interchange/config";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Crossing, json, openCrossing } from "./conformance/crossing.ts";
import type { Script } from "./conformance/scripted-supplier.ts";
import {
  block,
  call,
  chatStream,
  chunk,
  completion,
  MESSAGE_STOP,
  message,
  messageDelta,
  messageStart,
  more,
  ROLE,
  textBlock,
  toolBlock,
  type Wire,
} from "./conformance/wire-format.ts";
import { INSTRUMENT } from "./rig.ts";

let toMessages: Crossing;
let toChat: Crossing;
beforeAll(async () => {
  [toMessages, toChat] = await Promise.all([openCrossing("messages"), openCrossing("chat-completions")]);
});
afterAll(async () => {
  await toMessages.close();
  await toChat.close();
});

const BASES = ["", "/inline"] as const;
const user = [{ role: "user" as const, content: "Hi" }];
const SCHEMA = {
  type: "object" as const,
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

/** One situation as a supplier of one format answers it, whole and streamed, and what the caller asked besides. */
interface Situation {
  readonly name: string;
  readonly asks?: Wire;
  readonly whole: Wire;
  readonly stream: string;
}

const wholeCall = (id: string, name: string, input: string): Wire => ({
  id,
  type: "function",
  function: { name, arguments: input },
});
const words = (...said: readonly string[]): readonly string[] => said.map((content) => chunk({ content }));

const OF_CHAT: readonly Situation[] = [
  {
    name: "text",
    whole: completion({ content: "Hello there." }),
    stream: chatStream("stop", ...words("Hello ", "there.")),
  },
  {
    name: "tool",
    whole: completion({ content: "See.", tool_calls: [wholeCall("c1", "find", '{"q":"é"}')] }, "tool_calls"),
    stream: chatStream(
      "tool_calls",
      ...words("See."),
      chunk({ tool_calls: [call(0, "c1", "find")] }),
      chunk({ tool_calls: [more(0, '{"q":')] }),
      chunk({ tool_calls: [more(0, '"é"}')] }),
    ),
  },
  {
    name: "parallel tools",
    whole: completion({ tool_calls: [wholeCall("c1", "find", '{"q":1}'), wholeCall("c2", "now", "{}")] }, "tool_calls"),
    stream: chatStream(
      "tool_calls",
      chunk({ tool_calls: [call(0, "c1", "find", '{"q"'), call(1, "c2", "now")] }),
      chunk({ tool_calls: [more(1, "{}")] }),
      chunk({ tool_calls: [more(0, ":1}")] }),
    ),
  },
  {
    name: "thinking",
    whole: completion({ reasoning_content: "Let me see.", content: "Hello." }),
    stream: chatStream(
      "stop",
      chunk({ reasoning_content: "Let me " }),
      chunk({ reasoning_content: "see." }),
      ...words("Hello."),
    ),
  },
  {
    name: "refusal",
    whole: completion({ refusal: "I cannot." }, "stop"),
    stream: chatStream("stop", chunk({ refusal: "I " }), chunk({ refusal: "cannot." })),
  },
  {
    name: "length",
    whole: completion({ content: "Hel" }, "length"),
    stream: chatStream("length", ...words("H", "el")),
  },
  {
    name: "stop sequence",
    asks: { stop_sequences: ["END"] },
    whole: completion({ content: "Hello" }),
    stream: chatStream("stop", ...words("Hel", "lo")),
  },
  {
    name: "structured",
    asks: { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
    whole: completion({ content: '{"city":"Oslo"}' }),
    stream: chatStream("stop", ...words('{"city"', ':"Oslo"}')),
  },
];

const text = (said: string): Wire => ({ type: "text", text: said });
const use = (id: string, name: string, input: Wire): Wire => ({ type: "tool_use", id, name, input });
const stream = (stop: string, ...within: readonly string[]): string =>
  [messageStart(), ...within, messageDelta(stop), MESSAGE_STOP].join("");

const OF_MESSAGES: readonly Situation[] = [
  {
    name: "text",
    whole: message([text("Hello there.")]),
    stream: stream("end_turn", textBlock(0, "Hello ", "there.")),
  },
  {
    name: "tool",
    whole: message([text("See."), use("t1", "find", { q: "é" })], "tool_use"),
    stream: stream("tool_use", textBlock(0, "See."), toolBlock(1, "t1", "find", '{"q":', '"é"}')),
  },
  {
    name: "parallel tools",
    whole: message([use("t1", "find", { q: 1 }), use("t2", "now", {})], "tool_use"),
    stream: stream("tool_use", toolBlock(0, "t1", "find", '{"q":1}'), toolBlock(1, "t2", "now", "{}")),
  },
  {
    name: "thinking",
    whole: message([{ type: "thinking", thinking: "Let me see.", signature: "Eqo=" }, text("Hello.")]),
    stream: stream(
      "end_turn",
      block(
        0,
        { type: "thinking", thinking: "", signature: "" },
        { type: "thinking_delta", thinking: "Let me see." },
        { type: "signature_delta", signature: "Eqo=" },
      ),
      textBlock(1, "Hello."),
    ),
  },
  { name: "refusal", whole: message([text("No.")], "refusal"), stream: stream("refusal", textBlock(0, "No.")) },
  {
    name: "length",
    whole: message([text("Hel")], "max_tokens"),
    stream: stream("max_tokens", textBlock(0, "H", "el")),
  },
  {
    name: "stop sequence",
    asks: { stop: ["END"] },
    whole: message([text("Hello")], "stop_sequence", { stop_sequence: "END" }),
    stream: [
      messageStart(),
      textBlock(0, "Hel", "lo"),
      messageDelta("stop_sequence", { output_tokens: 5 }, { stop_sequence: "END" }),
      MESSAGE_STOP,
    ].join(""),
  },
  {
    name: "structured",
    asks: { response_format: { type: "json_schema", json_schema: { name: "place", schema: SCHEMA, strict: true } } },
    whole: message([text('{"city":"Oslo"}')]),
    stream: stream("end_turn", textBlock(0, '{"city"', ':"Oslo"}')),
  },
];

const anthropic = ({ rig }: Crossing, base: string, key = rig.key): Anthropic =>
  new Anthropic({ baseURL: `${rig.url}${base}`, apiKey: key, maxRetries: 0 });
const openai = ({ rig }: Crossing, base: string, key = rig.key): OpenAI =>
  new OpenAI({ baseURL: `${rig.url}${base}/v1`, apiKey: key, maxRetries: 0 });

function answer(crossing: Crossing, script: Script): void {
  crossing.suppliers[0]?.answer(script);
}

describe.each(BASES)("anthropic over Chat Completions at base %j", (base) => {
  test.each(OF_CHAT)("$name", async ({ asks = {}, whole, stream: streamed }) => {
    const client = anthropic(toMessages, base);
    const request = { model: INSTRUMENT, max_tokens: 300, messages: user, ...asks };
    answer(toMessages, json(whole));
    const { id: _id, ...plain } = await client.messages.create(request);
    answer(toMessages, { pieces: [streamed] });
    const { id: _folded, ...folded } = await client.messages.stream(request).finalMessage();
    expect(seen(folded)).toEqual(seen(plain));
    expect(plain.content.length).toBeGreaterThan(0);
    expect(plain.usage.output_tokens).toBe(5);
  });
});

/** Without nulls, which a stream leaves out, and what the SDK adds of its own. */
function seen(wire: unknown): unknown {
  return JSON.parse(
    JSON.stringify(wire, (key, value: unknown) =>
      value === null || ["parsed", "parsed_output", "parsed_arguments", "_request_id", "index"].includes(key)
        ? undefined
        : value,
    ),
  );
}

describe.each(BASES)("openai over Messages at base %j", (base) => {
  test.each(OF_MESSAGES)("$name", async ({ name, asks = {}, whole, stream: streamed }) => {
    const client = openai(toChat, base);
    const request = { model: INSTRUMENT, messages: user, ...asks };
    answer(toChat, json(whole));
    const plain = await client.chat.completions.create(request);
    answer(toChat, { pieces: [streamed] });
    const helper = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } });
    const folded = await helper.finalChatCompletion();
    const { id: _id, created: _created, ...one } = plain;
    const { id: _folded, created: _at, ...other } = folded;
    expect(seen(other)).toEqual(seen(one));
    expect(plain.usage?.completion_tokens).toBe(5);
    expect(plain.choices[0]?.finish_reason, name).toBeTruthy();
  });
});

/** What a supplier says in place of an answer, and the class that an SDK raises. */
interface Fault {
  readonly name: string;
  readonly script: Script;
  readonly status: number | undefined;
  readonly raised: unknown;
  readonly said: RegExp;
}

const OVERFLOW =
  "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 in the messages, 1000 in the completion).";

const FAULTS_OF_CHAT: readonly Fault[] = [
  {
    name: "context overflow",
    script: json({ error: { message: OVERFLOW, type: "invalid_request_error", code: "context_length_exceeded" } }, 400),
    status: 400,
    raised: Anthropic.BadRequestError,
    said: /input length and `max_tokens` exceed context limit|prompt is too long/,
  },
  {
    name: "overloaded",
    script: json({ error: { message: "Busy.", type: "server_error" } }, 503),
    status: 503,
    raised: Anthropic.ServiceUnavailableError,
    said: /overloaded_error/,
  },
  {
    name: "rate limited by its supplier",
    script: json({ error: { message: "Slow down.", type: "requests" } }, 429, { "retry-after": "2" }),
    status: 503,
    raised: Anthropic.ServiceUnavailableError,
    said: /overloaded_error/,
  },
  {
    name: "an error within the stream",
    script: {
      pieces: [
        ROLE,
        ...words("Hel"),
        `data: ${JSON.stringify({ error: { message: "gone", type: "server_error" } })}\n\n`,
      ],
    },
    status: undefined,
    raised: Anthropic.APIError,
    said: /api_error/,
  },
];

const FAULTS_OF_MESSAGES: readonly Fault[] = [
  {
    name: "context overflow",
    script: json(
      {
        type: "error",
        error: { type: "invalid_request_error", message: "prompt is too long: 9000 tokens > 8192 maximum" },
      },
      400,
    ),
    status: 400,
    raised: OpenAI.BadRequestError,
    said: /maximum context length/,
  },
  {
    name: "overloaded",
    script: json({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, 529),
    status: 503,
    raised: OpenAI.InternalServerError,
    said: /busy|overload/i,
  },
  {
    name: "rate limited by its supplier",
    script: json({ type: "error", error: { type: "rate_limit_error", message: "Slow down." } }, 429, {
      "retry-after": "2",
    }),
    status: 503,
    raised: OpenAI.InternalServerError,
    said: /busy|overload/i,
  },
  {
    name: "an error within the stream",
    script: {
      pieces: [
        messageStart(),
        textBlock(0, "Hel"),
        `event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } })}\n\n`,
      ],
    },
    status: undefined,
    raised: OpenAI.APIError,
    said: /The supplier failed.*overloaded_error/,
  },
];

type Raised = Error & { readonly status?: number; readonly type?: string | null };

const caught = (run: Promise<unknown>): Promise<Error> =>
  run.then(
    () => new Error("nothing was raised"),
    (error: Error) => error,
  );

describe.each(BASES)("errors at base %j", (base) => {
  test.each(FAULTS_OF_CHAT)("anthropic: $name", async ({ script, status, raised, said }) => {
    answer(toMessages, script);
    const request = { model: INSTRUMENT, max_tokens: 300, messages: user };
    const error = await caught(anthropic(toMessages, base).messages.stream(request).finalMessage());
    expect([error.constructor, (error as Raised).status]).toEqual([raised, status]);
    expect(error.message).toMatch(said);
  });

  test.each(FAULTS_OF_MESSAGES)("openai: $name", async ({ script, status, raised, said }) => {
    answer(toChat, script);
    const request = { model: INSTRUMENT, messages: user };
    const error = await caught(openai(toChat, base).chat.completions.stream(request).finalChatCompletion());
    expect([error.constructor, (error as Raised).status]).toEqual([raised, status]);
    expect(`${error.message} (${(error as Raised).type})`).toMatch(said);
  });

  test("too often: each SDK raises its own class for our own limit", async () => {
    const limits = { ...DEFAULT_LIMITS, requestsPerMinute: 1 };
    const [messages, chat] = await Promise.all([
      openCrossing("messages", { config: { limits } }),
      openCrossing("chat-completions", { config: { limits } }),
    ]);
    answer(messages, json(completion({ content: "Hello" })));
    answer(chat, json(message([text("Hello")])));
    const askMessages = () =>
      anthropic(messages, base).messages.create({ model: INSTRUMENT, max_tokens: 9, messages: user });
    const askChat = () => openai(chat, base).chat.completions.create({ model: INSTRUMENT, messages: user });
    await Promise.all([askMessages(), askChat()]);
    expect(await caught(askMessages())).toBeInstanceOf(Anthropic.RateLimitError);
    expect(await caught(askChat())).toBeInstanceOf(OpenAI.RateLimitError);
    await Promise.all([messages.close(), chat.close()]);
  });
});

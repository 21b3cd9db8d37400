/** The vendors' own SDKs, on what was told across formats: their stream helpers fold it to what the whole answer says. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import { fold, isFailure } from "@interchange/inference";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subject as chat } from "./chat-completions.subject.ts";
import { type Crossing, crossings, tell } from "./crossing.ts";
import { subject as messages } from "./messages.subject.ts";
import type { Json } from "./situation.ts";
import { bytesOf, readPieces, type Subject, wire } from "./subject.ts";

/** What the server says next, to a stream and to a whole request. */
interface Exchange {
  readonly stream: Buffer;
  readonly whole: unknown;
}

let url = "";
const exchanges = new Map<string, Exchange>();

/** The model's name chooses the exchange. */
const server = createServer(async (request, response) => {
  const { model, stream } = await bodyOf(request);
  const exchange = exchanges.get(String(model));
  if (exchange === undefined) response.writeHead(404).end();
  else if (stream === true) sendStream(response, exchange.stream);
  else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(exchange.whole));
});

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** In two pieces, cut where it hurts. */
function sendStream(response: ServerResponse, stream: Buffer): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const cut = Math.floor(stream.length / 2);
  response.write(stream.subarray(0, cut), () => setImmediate(() => response.end(stream.subarray(cut))));
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Why the two cannot be the same there. */
const SKIPS: Readonly<Record<string, string>> = {
  "two-answers": "nobody who speaks the other format can ask for two",
  "function-call": "nobody who speaks the other format can ask for it",
  "truncated-call": "half an object can be streamed, but in a whole answer it is a text within one",
  "fine-grained-tool": "half an object can be streamed, but in a whole answer it is none",
};

type Ask = (model: string) => Promise<unknown>;

function sdkLaws(from: Subject, to: Subject, streamed: Ask, whole: Ask): void {
  describe(`${from.dialect.name} supplier, ${to.dialect.name} SDK`, () => {
    for (const crossing of crossings(from))
      if (crossing.stream !== undefined) sdkLaw(from, to, crossing, streamed, whole);
  });
}

function sdkLaw(from: Subject, to: Subject, { name, stream, answer }: Crossing, streamed: Ask, whole: Ask): void {
  const pieces = stream === undefined ? [] : [stream];
  const said = fold(readPieces(from, pieces));
  const model = `${from.dialect.name} ${name}`;
  const told = bytesOf(to, tell(from, to, pieces));
  const reason = SKIPS[name];
  if (isFailure(said)) {
    exchanges.set(model, { stream: told, whole: {} });
    test(`an error is an error: ${name}`, () => expect(streamed(model)).rejects.toThrow(said.message));
    return;
  }
  exchanges.set(model, { stream: told, whole: wire(to.dialect.surface.writeAnswer(answer ?? said)) });
  test.skipIf(reason !== undefined)(reason === undefined ? name : `${name} (${reason})`, async () => {
    expect(await streamed(model)).toEqual(await whole(model));
  });
}

const QUESTION = [{ role: "user", content: "hi" }] as const;
const anthropic = () => new Anthropic({ apiKey: "k", baseURL: url, maxRetries: 0 });
const openai = () => new OpenAI({ apiKey: "k", baseURL: `${url}/v1`, maxRetries: 0 });

/** What a caller acts on. */
function gistOf({ content, stop_reason, stop_sequence, usage }: Anthropic.Message) {
  return { content: wire(content), stop_reason, stop_sequence, tokens: [usage.input_tokens, usage.output_tokens] };
}

sdkLaws(
  chat,
  messages,
  async (model) =>
    gistOf(
      await anthropic()
        .messages.stream({ model, max_tokens: 9, messages: [...QUESTION] })
        .finalMessage(),
    ),
  async (model) => gistOf(await anthropic().messages.create({ model, max_tokens: 9, messages: [...QUESTION] })),
);

/** What the stream helper adds, how JSON is spaced, and what is silence, apart. */
function completionOf({ choices, usage }: OpenAI.ChatCompletion, thought: unknown) {
  const [choice] = choices;
  const { content, refusal, tool_calls } = messageOf(choices);
  const calls = ((tool_calls ?? []) as readonly Json[]).map(({ id, type, function: inner }) => {
    const { name, arguments: text } = inner as Json;
    return { id, type, name, input: JSON.parse(String(text)) };
  });
  const texts = [content, refusal, thought].map((text) => text || null);
  return { texts, calls, finish: choice?.finish_reason, tokens: [usage?.prompt_tokens, usage?.completion_tokens] };
}

function messageOf(choices: OpenAI.ChatCompletion["choices"]): Json {
  return (choices[0]?.message ?? {}) as unknown as Json;
}

const SHOWN = { stream_options: { include_usage: true } } as const;

/** The helper knows no thoughts: of what it does not know it keeps the last piece alone. */
sdkLaws(
  messages,
  chat,
  async (model) => {
    const stream = openai().chat.completions.stream({ model, messages: [...QUESTION], ...SHOWN });
    let thought = "";
    stream.on("chunk", ({ choices }) => {
      thought += (choices[0]?.delta as Json | undefined)?.reasoning_content ?? "";
    });
    return completionOf(await stream.finalChatCompletion(), thought);
  },
  async (model) => {
    const answer = await openai().chat.completions.create({ model, messages: [...QUESTION] });
    return completionOf(answer, messageOf(answer.choices).reasoning_content);
  },
);

test("S31 S33 a runner of tools finds every call with its arguments", async () => {
  const asked: unknown[] = [];
  const calling = exchanges.get("messages parallel-tools") as Exchange;
  exchanges.set("run", calling);
  const get_weather = (input: unknown) => {
    asked.push(input);
    exchanges.set("run", exchanges.get("messages text") as Exchange);
    return "Dry.";
  };
  const tool = {
    type: "function",
    function: { name: "get_weather", description: "", parameters: {}, function: get_weather, parse: JSON.parse },
  } as const;
  const runner = openai().chat.completions.runTools({
    model: "run",
    messages: [...QUESTION],
    stream: true,
    tools: [tool],
  });
  expect(await runner.finalContent()).toMatch(/^Heron legs/);
  expect(asked).toEqual([{ city: "Oslo" }, { city: "Bern" }]);
});

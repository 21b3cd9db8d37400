/** Suppliers that send what no decent one would: over either format, told on either surface. */
import type { IncomingMessage, ServerResponse } from "node:http";
import * as chatContract from "@interchange/contract/chat-completions";
import * as messagesContract from "@interchange/contract/messages";
import { describe, expect, test } from "vitest";
import { DEPOSITED, FORMATS, type Format, hear, INPUT_TOKENS, openMarket, openOddity, readAll } from "./market.ts";

const EVENTS = {
  "chat-completions": chatContract.validators.createChatCompletion.event,
  messages: messagesContract.validators.createMessage.event,
};

/** The records of a decent stream, in either format. */
interface Speech {
  readonly begin: string;
  readonly text: string;
  readonly finish: string;
  readonly end: string;
  readonly unknown: string;
  readonly whole: object;
}

const chunk = (delta: object, finish: string | null = null, rest: object = {}): string =>
  `data: ${JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 7,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...rest,
  })}\n\n`;

const event = (type: string, rest: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;

const SPEECHES: Readonly<Record<Format, Speech>> = {
  "chat-completions": {
    begin: chunk({ role: "assistant", content: "" }),
    text: chunk({ content: "Good day." }),
    finish: chunk({}, "stop"),
    end: `${chunk({}, null, { choices: [], usage: { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 } })}data: [DONE]\n\n`,
    unknown: `event: weather\ndata: {"sky":"blue"}\n\n`,
    whole: {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 7,
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: "Good day." }, finish_reason: "stop" }],
      usage: { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 },
    },
  },
  messages: {
    begin:
      event("message_start", {
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "m",
          content: [],
          usage: { input_tokens: 5 },
        },
      }) + event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    text: event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Good day." } }),
    finish: event("content_block_stop", { index: 0 }),
    end:
      event("message_delta", {
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: 9 },
      }) + event("message_stop"),
    unknown: event("weather", { sky: "blue" }),
    whole: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [{ type: "text", text: "Good day." }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 5, output_tokens: 9 },
    },
  },
};

type Answer = (res: ServerResponse, speech: Speech, req: IncomingMessage) => void;

const stream =
  (say: (speech: Speech) => string): Answer =>
  (res, speech) =>
    void res.writeHead(200, { "content-type": "text/event-stream" }).end(say(speech));

const page =
  (type: string, body: string): Answer =>
  (res) =>
    void res.writeHead(200, { "content-type": type }).end(body);

/** Writes for ever, as fast as it is read. */
const endless =
  (type: string, before: (speech: Speech) => string, more: (speech: Speech) => string): Answer =>
  (res, speech) => {
    res.writeHead(200, { "content-type": type }).write(before(speech));
    const piece = more(speech).repeat(Math.ceil(65_536 / more(speech).length));
    const write = (): void => {
      while (!res.destroyed && res.write(piece));
      if (!res.destroyed) res.once("drain", write);
    };
    write();
  };

/** `complete`, `broken` after it had begun, or refused before, as what. */
type Want = "complete" | "broken" | "supplier-failed" | "supplier-timeout";

const ROWS: readonly (readonly [name: string, answer: Answer, want: Want])[] = [
  ["a decent stream", stream(({ begin, text, finish, end }) => begin + text + finish + end), "complete"],
  ["broken JSON at once", stream(() => 'data: {"id":\n\n'), "supplier-failed"],
  ["S19 broken JSON on the way", stream(({ begin, text }) => `${begin}${text}data: {"a":\n\n`), "broken"],
  ["S19 half an event", stream(({ begin, text, finish }) => begin + text + finish.slice(0, 20)), "broken"],
  ["S19 a stream that ends too early", stream(({ begin, text }) => begin + text), "broken"],
  ["a page", page("text/html", "<html><h1>Welcome</h1></html>"), "supplier-failed"],
  ["a page that calls itself a stream", page("text/event-stream", "<html><h1>Welcome</h1></html>"), "supplier-failed"],
  ["an error in a 200", page("application/json", '{"error":{"type":"x","message":"10.0.0.1"}}'), "supplier-failed"],
  ["an error in a stream", stream(() => 'data: {"error":{"message":"10.0.0.1"}}\n\n'), "supplier-failed"],
  [
    "S19 an error on the way",
    stream(({ begin, text }) => `${begin}${text}event: error\ndata: {"error":{"message":"10.0.0.1"}}\n\n`),
    "broken",
  ],
  ["JSON that is no answer", page("application/json", '{"hello":1}'), "supplier-failed"],
  ["text that is no JSON", page("application/json", "hello"), "supplier-failed"],
  ["nothing at all", stream(() => ""), "supplier-failed"],
  ["nothing but a comment", stream(() => ": hello\n\n"), "supplier-failed"],
  [
    "E05 an encoding that nobody asked for",
    (res) => void res.writeHead(200, { "content-encoding": "gzip" }).end("x"),
    "supplier-failed",
  ],
  [
    "S22 a whole answer in place of a stream",
    (res, { whole }) => void res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(whole)),
    "complete",
  ],
  [
    "an event that nobody knows",
    stream(({ begin, text, finish, end, unknown }) => unknown + begin + unknown + text + unknown + finish + end),
    "complete",
  ],
  ["S05 a second start", stream(({ begin, text, finish, end }) => begin + begin + text + finish + end), "complete"],
  [
    "text after the end",
    stream(({ begin, text, finish, end }) => begin + text + finish + end + text + begin + text),
    "complete",
  ],
  [
    "a record without an end",
    endless(
      "text/event-stream",
      ({ begin, text }) => `${begin}${text}data: `,
      () => "x",
    ),
    "broken",
  ],
  [
    "a record without an end, at once",
    endless(
      "text/event-stream",
      () => "data: ",
      () => "x",
    ),
    "supplier-failed",
  ],
  [
    "comments without an end",
    endless(
      "text/event-stream",
      ({ begin, text }) => begin + text,
      () => ": x\n",
    ),
    "broken",
  ],
  [
    "JSON without an end",
    endless(
      "application/json",
      () => '{"a":"',
      () => "x",
    ),
    "supplier-failed",
  ],
];

const PAIRS = FORMATS.flatMap((surface) => FORMATS.map((spoken) => [surface, spoken] as const));

/** Whatever it was told, it was in contract, once through and with one end. */
function check(surface: Format, events: readonly unknown[]): void {
  for (const told of events) expect(EVENTS[surface](told), JSON.stringify(told)).toBe(true);
  if (surface !== "messages") return;
  const types = events.map((told) => (told as { type: string }).type);
  expect(types.filter((type) => type === "message_start")).toHaveLength(1);
  expect(types.indexOf("message_start")).toBe(0);
}

describe.each(PAIRS)("%s over %s", (surface, spoken) => {
  test.each(ROWS)("%s", async (_, answer, want) => {
    const market = await openMarket();
    const supplier = await openOddity(spoken, (req, res) => answer(res, SPEECHES[spoken], req), {
      firstByteMs: 15_000,
      totalMs: 15_000,
    });
    const { requestId, outcome } = await market.run(surface, supplier, { stream: true });
    const receipt = () => market.receipt(requestId);
    if (want !== "complete" && want !== "broken") {
      expect(outcome).toMatchObject({ kind: "refused", refusal: { kind: want } });
      expect(JSON.stringify(outcome)).not.toContain("Welcome");
    } else {
      const events = await readAll(outcome);
      check(surface, events);
      const text = events.map((told) => JSON.stringify(told)).join("");
      expect(text.split("Good day.")).toHaveLength(2);
      expect(text).not.toContain("10.0.0.1");
      const last = events.at(-1) as { readonly error?: { readonly message: string } };
      if (want === "broken") expect(last.error?.message).toMatch(/^The supplier failed: .+\.$/);
      else expect(last.error).toBeUndefined();
    }
    await market.relay.idle();
    if (want === "complete") {
      expect(await receipt()).toMatchObject({ status: "reconciled", tokensUsed: 14 });
      expect(market.tried).toEqual([undefined]);
    } else {
      expect(await receipt()).toMatchObject({ status: "error", tokensUsed: 0 });
      expect(await market.available()).toBe(DEPOSITED);
      expect(market.tried).toHaveLength(1);
    }
  });

  test("E12 a stream without an end is held back by a slow caller, and its time is bounded", async () => {
    const market = await openMarket();
    let sent = 0;
    const supplier = await openOddity(
      spoken,
      (req, res) => {
        endless(
          "text/event-stream",
          ({ begin }) => begin,
          ({ text }) => text,
        )(res, SPEECHES[spoken], req);
        const { socket } = res;
        res.once("close", () => {
          sent = socket?.bytesWritten ?? 0;
        });
      },
      { totalMs: 600 },
    );
    const { requestId, outcome } = await market.run(surface, supplier, { stream: true });
    const hearing = hear(outcome, { hasRoom: () => false });
    const told = await hearing.all;
    // What fits into the buffers between two processes, and no more than that.
    expect(JSON.stringify(told).length).toBeLessThan(5_000_000);
    expect(told.at(-1)).toHaveProperty("error.message", "The answer was left unread for too long.");
    const { status, tokensUsed } = await market.receipt(requestId);
    expect(status).toBe("reconciled");
    expect(tokensUsed).toBeGreaterThan(INPUT_TOKENS);
    await expect.poll(() => sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(50_000_000);
  });
});

describe.each(FORMATS)("%s, whole", (spoken) => {
  test.each<[string, Answer]>([
    [
      "JSON without an end",
      endless(
        "application/json",
        () => '{"a":"',
        () => "x",
      ),
    ],
    ["a page", page("text/html", "<html></html>")],
    ["nothing", page("application/json", "")],
    ["a stream", stream(({ begin, text, finish, end }) => begin + text + finish + end)],
  ])("%s is a failure", async (_, answer) => {
    const market = await openMarket();
    const supplier = await openOddity(spoken, (req, res) => answer(res, SPEECHES[spoken], req), { totalMs: 15_000 });
    const { outcome } = await market.run(spoken, supplier);
    expect(outcome).toMatchObject({ kind: "refused", refusal: { kind: "supplier-failed" } });
    expect(await market.available()).toBe(DEPOSITED);
  });
});

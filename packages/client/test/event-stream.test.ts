/** Streams: every event as the document types it, and each way in which a stream can end. */
import { describe, expect, test } from "vitest";
import { createChatCompletionsClient, createMessagesClient, PaymentRequiredError, StreamError } from "../src/index.ts";
import { events, json, serve } from "./server.ts";

const chatBody = { model: "text-prime", messages: [{ role: "user" as const, content: "hello" }] };
const messageBody = { ...chatBody, max_tokens: 8 };

const chunk = (content: string) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
});

const data = (event: unknown) => `data: ${JSON.stringify(event)}\n\n`;
const named = (event: { type: string }) => `event: ${event.type}\n${data(event)}`;

const chat = (origin: string, init: { signal?: AbortSignal } = {}) =>
  createChatCompletionsClient({ baseUrl: origin, key: "key" }).stream("/v1/chat/completions", {
    body: chatBody,
    ...init,
  });

const message = (origin: string) =>
  createMessagesClient({ baseUrl: origin, key: "key" }).stream("/v1/messages", { body: messageBody });

/** The events of a stream up to where it fails, and what it failed with. */
async function read(stream: AsyncIterable<unknown>): Promise<{ read: unknown[]; failure?: unknown }> {
  const found: unknown[] = [];
  try {
    for await (const event of stream) found.push(event);
    return { read: found };
  } catch (failure) {
    return { read: found, failure };
  }
}

describe("chat-completions", () => {
  test("yields each event until [DONE]", async () => {
    const server = await serve((_, response) => {
      events(response, data(chunk("hel")), ": kept alive\n\n", data(chunk("lo")), "data: [DONE]\n\n");
      response.end(data(chunk("never read")));
    });
    const stream = await chat(server.origin);
    expect(await read(stream)).toEqual({ read: [chunk("hel"), chunk("lo")] });
    expect(stream.response.status).toBe(200);
    expect(JSON.parse(server.asked[0]?.body ?? "")).toEqual({
      ...chatBody,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("reads events that are torn anywhere", async () => {
    const bytes = Buffer.from(`${data(chunk("né👋"))}data: [DONE]\r\n\r\n`);
    for (let at = 1; at < bytes.length; at += 7) {
      const server = await serve(async (_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).write(bytes.subarray(0, at));
        setImmediate(() => response.end(bytes.subarray(at)));
      });
      expect(await read(await chat(server.origin)), `torn at ${at}`).toEqual({ read: [chunk("né👋")] });
    }
  });

  test("follows the redirect to the stream", async () => {
    const server = await serve(({ url }, response) => {
      if (url !== "/r/ticket") response.writeHead(307, { location: "/r/ticket" }).end();
      else events(response, data(chunk("hello")), "data: [DONE]\n\n");
    });
    expect(await read(await chat(server.origin))).toEqual({ read: [chunk("hello")] });
  });

  test("throws the error event", async () => {
    const failed = { error: { message: "the supplier failed", type: "api_error", param: null, code: null } };
    const server = await serve((_, response) => {
      events(response, data(chunk("hel")), data(failed));
      response.end();
    });
    const { read: found, failure } = await read(await chat(server.origin));
    expect(found).toEqual([chunk("hel")]);
    expect(failure).toBeInstanceOf(StreamError);
    expect(failure).toMatchObject({ name: "StreamError", message: "the supplier failed", event: failed });
  });

  test("throws when the stream ends without [DONE]", async () => {
    const server = await serve((_, response) => {
      events(response, data(chunk("hel")));
      response.end();
    });
    const { read: found, failure } = await read(await chat(server.origin));
    expect(found).toEqual([chunk("hel")]);
    expect(failure).toMatchObject({
      name: "StreamError",
      message: expect.stringContaining("the stream ended without [DONE]"),
    });
  });

  test("throws an event that is not JSON, with the text", async () => {
    const server = await serve((_, response) => events(response, "data: {half\n\n"));
    const { failure } = await read(await chat(server.origin));
    expect(failure).toMatchObject({ name: "StreamError", event: "{half", cause: expect.any(SyntaxError) });
  });

  test("throws when the connection breaks", async () => {
    const server = await serve((_, response) => {
      events(response, data(chunk("hel")));
      setTimeout(() => response.destroy(), 20);
    });
    const { read: found, failure } = await read(await chat(server.origin));
    expect(found).toEqual([chunk("hel")]);
    expect(failure).toMatchObject({ name: "StreamError", cause: { name: "ConnectionError" } });
  });
});

describe("messages", () => {
  const start = { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } };
  const ping = { type: "ping" };

  const stop = { type: "message_stop" };

  test("yields each event, pings too, until message_stop, and that as well", async () => {
    const server = await serve((_, response) => {
      events(response, named(start), named(ping));
      response.end(named(stop));
    });
    expect(await read(await message(server.origin))).toEqual({ read: [start, ping, stop] });
  });

  test("reads nothing after message_stop, and does not wait for the connection to end", async () => {
    const server = await serve((_, response) => events(response, named(start), named(stop), named(ping)));
    expect(await read(await message(server.origin))).toEqual({ read: [start, stop] });
    await server.left;
  });

  test.each([
    ["after an event", [start]],
    ["before the first", []],
    ["after an event that only tells of the last", [{ type: "ping", last: "message_stop" }]],
  ])("throws when the stream is cut %s", async (_, told) => {
    const server = await serve((_, response) => {
      events(response, ...told.map(named));
      response.end();
    });
    const { read: found, failure } = await read(await message(server.origin));
    expect(found).toEqual(told);
    expect(failure).toBeInstanceOf(StreamError);
    expect(failure).toMatchObject({ message: expect.stringContaining("the stream ended without message_stop") });
  });

  test("throws when the stream is cut in the middle of message_stop", async () => {
    const server = await serve((_, response) => {
      events(response, named(start));
      response.end(named(stop).slice(0, -4));
    });
    const { read: found, failure } = await read(await message(server.origin));
    expect(found).toEqual([start]);
    expect(failure).toMatchObject({
      name: "StreamError",
      message: expect.stringContaining("the stream ended without message_stop"),
    });
  });

  test("throws the error event", async () => {
    const failed = { type: "error", error: { type: "api_error", message: "the supplier failed" } };
    const server = await serve((_, response) => {
      events(response, named(start), named(failed));
      response.end();
    });
    const { read: found, failure } = await read(await message(server.origin));
    expect(found).toEqual([start]);
    expect(failure).toMatchObject({ name: "StreamError", message: "the supplier failed", event: failed });
  });
});

describe("instead of a stream", () => {
  test("the class of the status is thrown", async () => {
    const error = {
      error: { message: "no tokens", type: "insufficient_quota", param: null, code: null },
      errors: { detail: "no tokens" },
    };
    const server = await serve((_, response) => json(response, 402, error));
    const failure = await chat(server.origin).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(PaymentRequiredError);
    expect(failure).toMatchObject({ status: 402, body: error, type: "insufficient_quota", code: undefined });
  });

  test("an error without a body is thrown too", async () => {
    const server = await serve((_, response) => response.writeHead(418, { "content-length": "0" }).end());
    await expect(chat(server.origin)).rejects.toMatchObject({ name: "StatusError", status: 418, body: undefined });
  });
});

describe("the connection is closed", () => {
  test("when the loop is left", async () => {
    const server = await serve((_, response) => events(response, data(chunk("hel"))));
    const stream = await chat(server.origin);
    for await (const event of stream) {
      expect(event).toEqual(chunk("hel"));
      break;
    }
    await server.left;
  });

  test("when the signal aborts, and its reason is thrown", async () => {
    const server = await serve((_, response) => events(response, data(chunk("hel"))));
    const controller = new AbortController();
    const stream = await chat(server.origin, { signal: controller.signal });
    const reading = read(stream);
    setTimeout(() => controller.abort(new Error("enough")), 20);
    expect(await reading).toEqual({ read: [chunk("hel")], failure: new Error("enough") });
    await server.left;
  });

  test("when the signal aborts before the answer", async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort(new Error("enough")));
    await expect(chat(server.origin, { signal: controller.signal })).rejects.toThrow("enough");
    await server.left;
  });
});

describe("the whole answer", () => {
  const piece = (content: string, finish_reason: string | null = null) => ({
    ...chunk(content),
    choices: [{ index: 0, delta: { content }, finish_reason }],
  });
  const whole = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "hello" }, finish_reason: "stop" }],
  };
  const told = [piece("hel"), piece("lo", "stop")];
  const answering = () =>
    serve((_, response) => {
      response.setHeader("x-request-id", "req_1");
      events(response, ...told.map(data));
      setTimeout(() => response.end("data: [DONE]\n\n"), 30);
    });

  test("is there without reading any event", async () => {
    const stream = await chat((await answering()).origin);
    expect(await stream.final()).toEqual(whole);
    expect(await stream.final()).toEqual(whole);
    expect(stream.requestId).toBe("req_1");
  });

  test("is there after the events", async () => {
    const stream = await chat((await answering()).origin);
    expect((await read(stream)).read).toEqual(told);
    expect(await stream.final()).toEqual(whole);
  });

  test("is there beside the events, each of which is read once", async () => {
    const stream = await chat((await answering()).origin);
    const final = stream.final();
    expect((await read(stream)).read).toEqual(told);
    expect(await final).toEqual(whole);
    expect((await read(stream)).read).toEqual([]);
  });

  test("is there in the midst of the events, which go on after it", async () => {
    const stream = await chat((await answering()).origin);
    const found: unknown[] = [];
    for await (const event of stream) {
      found.push(event);
      if (found.length === 1) expect(await stream.final()).toEqual(whole);
    }
    expect(found).toEqual(told);
  });

  test("is there though the loop is left, if it was asked for before", async () => {
    const stream = await chat((await answering()).origin);
    const final = stream.final();
    for await (const _ of stream) break;
    expect(await final).toEqual(whole);
  });

  test("is not there when the loop was left before", async () => {
    const stream = await chat((await answering()).origin);
    for await (const _ of stream) break;
    await expect(stream.final()).rejects.toThrow("the stream was left before its end");
  });

  test("fails as reading fails, for both", async () => {
    const server = await serve((_, response) => {
      events(response, data(chunk("hel")));
      response.end();
    });
    const stream = await chat(server.origin);
    const final = stream.final().catch((thrown: unknown) => thrown);
    const { read: found, failure } = await read(stream);
    expect(found).toEqual([chunk("hel")]);
    expect(failure).toBeInstanceOf(StreamError);
    expect(await final).toBe(failure);
    await expect(stream.final()).rejects.toBe(failure);
  });

  test("leaves the caller's usage option as it is", async () => {
    const server = await answering();
    const client = createChatCompletionsClient({ baseUrl: server.origin });
    const body = { ...chatBody, stream_options: { include_usage: false } };
    await (await client.stream("/v1/chat/completions", { body })).final();
    expect(JSON.parse(server.asked[0]?.body ?? "")).toEqual({ ...body, stream: true });
  });
});

describe("abort", () => {
  test.each<[string, unknown, unknown]>([
    ["with a reason of its own", undefined, expect.objectContaining({ name: "AbortError" })],
    ["with the caller's", "enough", "enough"],
  ])("closes the connection %s", async (_, reason, want) => {
    const server = await serve((_asked, response) => events(response, data(chunk("hel"))));
    const stream = await chat(server.origin);
    const reading = read(stream);
    setTimeout(() => stream.abort(reason), 20);
    expect(await reading).toEqual({ read: [chunk("hel")], failure: want });
    await server.left;
  });
});

describe("what is no stream", () => {
  test("an answer in JSON, where events were asked for", async () => {
    const server = await serve((_, response) => json(response, 200, {}));
    await expect(chat(server.origin)).rejects.toMatchObject({
      name: "UnexpectedAnswerError",
      message: expect.stringContaining("answered 200 with application/json instead of the API"),
    });
  });

  test.each(["0", "7"])("nothing at all, though its length is said to be %s", async (length) => {
    const headers = { "content-length": length, "content-type": "text/event-stream" };
    const fetch = () => Promise.resolve(new Response(null, { headers }));
    const client = createChatCompletionsClient({ baseUrl: "http://gateway.test", fetch });
    await expect(client.stream("/v1/chat/completions", { body: chatBody })).rejects.toMatchObject({
      name: "UnexpectedAnswerError",
      message: expect.stringContaining("has status 200 and nothing in it"),
    });
  });

  test("a stream, where a whole answer was asked for", async () => {
    const server = await serve((_, response) => events(response, data(chunk("hel"))));
    const client = createChatCompletionsClient({ baseUrl: server.origin });
    const call = client.POST("/v1/chat/completions", { body: { ...chatBody, stream: true } });
    await expect(call).rejects.toThrow("ask with client.stream");
    await server.left;
  });

  test("an operation that has none", async () => {
    const client = createChatCompletionsClient({ baseUrl: "http://localhost:4000" });
    await expect(client.stream("/v1/models" as never, {} as never)).rejects.toThrow("does not answer with events");
  });
});

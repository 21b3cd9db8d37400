/** The three clocks: each runs out by itself, says which it was, and is stopped when the answer is there. */
import { describe, expect, test, vi } from "vitest";
import { type ClientTimeouts, createChatCompletionsClient, createPlatformClient, TimeoutError } from "../src/index.ts";
import { events, json, serve } from "./server.ts";

const body = { model: "text-prime", messages: [{ role: "user" as const, content: "hello" }] };
const page = { data: [], next_cursor: null };
const event = 'data: {"choices":[]}\n\n';

const platform = (origin: string, timeouts: ClientTimeouts, retries = 0) =>
  createPlatformClient({ baseUrl: origin, retries, timeouts });
const chat = (origin: string, timeouts: ClientTimeouts) =>
  createChatCompletionsClient({ baseUrl: origin, retries: 0, timeouts });

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.catch((thrown: unknown) => thrown);

describe("connect", () => {
  test("runs out when the first leg does not answer", async () => {
    const server = await serve(() => undefined);
    const failure = await caught(platform(server.origin, { connectMs: 500 }).GET("/v1/suppliers"));
    expect(failure).toBeInstanceOf(TimeoutError);
    expect(failure).toMatchObject({
      which: "connect",
      ms: 500,
      message: "no answer began within 500 ms: ask again, or raise timeouts.connectMs",
    });
    await server.left;
  });

  test("is given every attempt anew", async () => {
    const server = await serve((_, response) => {
      if (server.asked.length > 1) json(response, 200, page);
    });
    const { data } = await platform(server.origin, { connectMs: 500 }, 2).GET("/v1/suppliers");
    expect(data).toEqual(page);
    expect(server.asked).toHaveLength(2);
  });

  test("counts while a key is waited for", async () => {
    const key = () => new Promise<string>(() => undefined);
    const client = createPlatformClient({
      baseUrl: "http://127.0.0.1:1",
      key,
      retries: 0,
      timeouts: { connectMs: 20 },
    });
    const sleeper = setTimeout(() => undefined, 5_000);
    expect(await caught(client.GET("/v1/suppliers"))).toMatchObject({ which: "connect" });
    clearTimeout(sleeper);
  });

  test("is over with the redirect, after which silence counts", async () => {
    const server = await serve(({ url }, response) => {
      if (url === "/r/ticket") setTimeout(() => json(response, 200, { id: "late" }), 700);
      else response.writeHead(307, { location: "/r/ticket" }).end();
    });
    const { data } = await chat(server.origin, { connectMs: 500 }).POST("/v1/chat/completions", { body });
    expect(data).toEqual({ id: "late" });
  });

  test.each([
    ["below /inline", "/inline", { connectMs: 20 }],
    ["where nothing was said, since a key may be answered at once", "", {}],
  ])("does not hold for an inference that is answered in the first leg: %s", async (_, path, timeouts) => {
    const server = await serve((_asked, response) => void setTimeout(() => json(response, 200, { id: "late" }), 100));
    const { data } = await chat(server.origin + path, timeouts).POST("/v1/chat/completions", { body });
    expect(data).toEqual({ id: "late" });
  });
});

describe("idle", () => {
  test("runs out when the first leg does not, where that may be the answer; it may run, so it is not asked again", async () => {
    const server = await serve(() => undefined);
    const chat = createChatCompletionsClient({ baseUrl: server.origin, timeouts: { idleMs: 500 } });
    const failure = await caught(chat.POST("/v1/chat/completions", { body }));
    expect(failure).toMatchObject({ which: "idle", ms: 500 });
    expect(server.asked).toHaveLength(1);
  });

  test("runs out when the second leg does not answer", async () => {
    const server = await serve(({ url }, response) => {
      if (url !== "/r/ticket") response.writeHead(307, { location: "/r/ticket" }).end();
    });
    const failure = await caught(
      chat(server.origin, { connectMs: 9_000, idleMs: 40 }).POST("/v1/chat/completions", { body }),
    );
    expect(failure).toMatchObject({ name: "TimeoutError", which: "idle", ms: 40 });
  });

  test("runs out between two events, and closes the connection", async () => {
    const server = await serve((_, response) => events(response, event));
    const stream = await chat(server.origin, { connectMs: 9_000, idleMs: 40 }).stream("/v1/chat/completions", { body });
    expect(await caught(stream.final())).toMatchObject({
      which: "idle",
      message: expect.stringContaining("for 40 ms"),
    });
    await server.left;
  });

  test("runs out in the midst of a whole answer", async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" }).write("{");
    });
    expect(await caught(platform(server.origin, { idleMs: 40 }).GET("/v1/suppliers"))).toMatchObject({ which: "idle" });
  });

  test("and no other clock runs before the caller begins to read", async () => {
    const server = await serve((_, response) => events(response, event, "data: [DONE]\n\n"));
    const stream = await chat(server.origin, { connectMs: 500, idleMs: 500 }).stream("/v1/chat/completions", { body });
    await new Promise((done) => setTimeout(done, 700));
    expect(await caught(stream.final())).toMatchObject({ name: "StreamError" });
  });

  test("does not run while the caller is busy, or while something comes", async () => {
    const server = await serve((_, response) => {
      events(response, event);
      const beat = setInterval(() => response.write(": alive\n\n"), 20);
      setTimeout(() => {
        clearInterval(beat);
        response.end(`${event}data: [DONE]\n\n`);
      }, 200);
    });
    const stream = await chat(server.origin, { connectMs: 9_000, idleMs: 100 }).stream("/v1/chat/completions", {
      body,
    });
    let count = 0;
    for await (const _ of stream) {
      count += 1;
      await new Promise((done) => setTimeout(done, 150));
    }
    expect(count).toBe(2);
  });
});

describe("total", () => {
  test("runs out over all attempts", async () => {
    const server = await serve((_, response) => response.writeHead(503, { "retry-after-ms": "30" }).end());
    const client = createPlatformClient({ baseUrl: server.origin, retries: 1_000, timeouts: { totalMs: 600 } });
    // Either the clock runs out in an attempt, or there is no time for another.
    const outcome = await client.GET("/v1/suppliers").catch((thrown: unknown) => thrown);
    if (outcome instanceof TimeoutError) expect(outcome.which).toBe("total");
    else expect(outcome).toMatchObject({ response: { status: 503 } });
    expect(server.asked.length).toBeGreaterThan(2);
  });

  test("runs out though something comes all the time", async () => {
    const server = await serve((_, response) => {
      events(response, event);
      const beat = setInterval(() => response.write(": alive\n\n"), 20);
      response.on("close", () => clearInterval(beat));
    });
    const stream = await chat(server.origin, { totalMs: 600 }).stream("/v1/chat/completions", { body });
    expect(await caught(stream.final())).toMatchObject({
      which: "total",
      message: "the call was not over after 600 ms: ask again, or raise timeouts.totalMs",
    });
    await server.left;
  });
});

describe("the caller's own signal", () => {
  test.each<[string, unknown]>([
    ["an error", new Error("enough")],
    ["any value", "enough"],
  ])("wins, and its reason is thrown: %s", async (_, reason) => {
    const server = await serve(() => undefined);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    const call = platform(server.origin, {}, 2).GET("/v1/suppliers", { signal: controller.signal });
    expect(await caught(call)).toBe(reason);
    expect(server.asked).toHaveLength(1);
  });

  test("that is aborted already does not wait for a key", async () => {
    const key = () => new Promise<string>(() => undefined);
    const client = createPlatformClient({ baseUrl: "http://gateway.test", key });
    const call = client.GET("/v1/suppliers", { signal: AbortSignal.abort(new Error("before")) });
    await expect(call).rejects.toThrow("before");
  });

  test("that is aborted already sends nothing", async () => {
    const server = await serve(() => undefined);
    const call = platform(server.origin, {}).GET("/v1/suppliers", { signal: AbortSignal.abort(new Error("before")) });
    await expect(call).rejects.toThrow("before");
    expect(server.asked).toEqual([]);
  });
});

test("no clock is left running once an answer is there, or a failure", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const client = (fetch: () => Promise<Response>) =>
      createChatCompletionsClient({ baseUrl: "http://gateway.test", fetch, retries: 0, timeouts: { totalMs: 9_000 } });
    const sse = { headers: { "content-type": "text/event-stream" } };
    await client(() => Promise.resolve(Response.json({}))).GET("/v1/models");
    await client(() => Promise.reject(new TypeError("no")))
      .GET("/v1/models")
      .catch(() => undefined);
    const stream = await client(() => Promise.resolve(new Response(event, sse))).stream("/v1/chat/completions", {
      body,
    });
    expect(vi.getTimerCount()).toBe(1);
    await stream.final().catch(() => undefined);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

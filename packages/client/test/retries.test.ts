/** Calls that are sent again: how often, under which key, from which URL; and what is never sent twice. */
import { describe, expect, test } from "vitest";
import {
  createChatCompletionsClient,
  createPlatformClient,
  InternalServerError,
  ServiceUnavailableError,
  unwrap,
} from "../src/index.ts";
import { type Asked, events, json, serve, type TestServer } from "./server.ts";

const body = { model: "text-prime", messages: [{ role: "user" as const, content: "hello" }] };
const completion = { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m", choices: [] };
const deposit = { instrument: "text-prime", tokens: "5", reference: "r" };
const soon = { "retry-after-ms": "1" };

const chat = (origin: string, headers: Record<string, string> = {}, retries = 2) =>
  createChatCompletionsClient({ baseUrl: origin, key: "key", retries }).POST("/v1/chat/completions", { body, headers });

const pay = (origin: string) =>
  createPlatformClient({ baseUrl: origin, key: "key" }).POST("/v1/accounts/{account_id}/purchases", {
    params: { path: { account_id: "me" } },
    body: deposit,
  });

const keysOf = ({ asked }: TestServer): unknown[] => asked.map(({ headers }) => headers["idempotency-key"]);

/** Fails as often as it is told, and then answers. */
const failing = (times: number, status: number, headers: Record<string, string> = soon): Promise<TestServer> => {
  let left = times;
  return serve((_: Asked, response) => {
    left -= 1;
    if (left >= 0) response.writeHead(status, headers).end();
    else json(response, 200, completion);
  });
};

describe("an inference", () => {
  test.each([408, 409, 429, 500, 502, 503, 504, 529])(
    "is asked for again on %i, under the same key",
    async (status) => {
      const server = await failing(2, status);
      expect((await chat(server.origin)).data).toEqual(completion);
      expect(server.asked).toHaveLength(3);
      const [key, ...others] = keysOf(server);
      expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(others).toEqual([key, key]);
    },
  );

  test("has another key in every call", async () => {
    const server = await failing(0, 500);
    await chat(server.origin);
    await chat(server.origin);
    expect(new Set(keysOf(server)).size).toBe(2);
  });

  test("has the caller's own key where there is one", async () => {
    const server = await failing(1, 500);
    await chat(server.origin, { "Idempotency-Key": "order-7f3a" });
    expect(keysOf(server)).toEqual(["order-7f3a", "order-7f3a"]);
  });

  test("is given up after two more attempts, and the last answer is returned", async () => {
    const server = await failing(9, 500);
    const { data, response } = await chat(server.origin);
    expect([data, response.status, server.asked.length]).toEqual([undefined, 500, 3]);
    await expect(unwrap(chat(server.origin))).rejects.toBeInstanceOf(InternalServerError);
  });

  test("is asked for once where there are to be no retries", async () => {
    const server = await failing(9, 500);
    await chat(server.origin, {}, 0);
    expect(server.asked).toHaveLength(1);
  });

  test("begins again at the first URL when the second leg says no", async () => {
    const server = await serve(({ url }, response) => {
      const legs = server.asked.filter((each) => each.url === url).length;
      if (url !== "/r/ticket") response.writeHead(307, { location: "/r/ticket" }).end();
      else if (legs === 1) response.writeHead(503, soon).end();
      else json(response, 200, completion);
    });
    expect((await chat(server.origin)).data).toEqual(completion);
    expect(server.asked.map(({ url }) => url)).toEqual([
      "/v1/chat/completions",
      "/r/ticket",
      "/v1/chat/completions",
      "/r/ticket",
    ]);
    expect(new Set(keysOf(server)).size).toBe(1);
    expect(new Set(server.asked.map((each) => each.body)).size).toBe(1);
  });

  test("is asked for again when the connection breaks before an answer", async () => {
    const server = await serve((_, response) => {
      if (server.asked.length === 1) response.destroy();
      else json(response, 200, completion);
    });
    expect((await chat(server.origin)).data).toEqual(completion);
    expect(new Set(keysOf(server)).size).toBe(1);
  });

  test("is not asked for again once its answer has begun", async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" }).write("{");
      setTimeout(() => response.destroy(), 20);
    });
    await expect(chat(server.origin)).rejects.toMatchObject({
      name: "ConnectionError",
      message: `the connection to ${server.origin} broke in the midst of the answer: ask again`,
    });
    expect(server.asked).toHaveLength(1);
  });

  test("that streams is asked for again before its first byte, and not after", async () => {
    const chunk = 'data: {"choices":[]}\n\n';
    const server = await serve((_, response) => {
      if (server.asked.length === 1) return response.writeHead(503, soon).end();
      events(response, chunk);
      setTimeout(() => response.destroy(), 20);
    });
    const client = createChatCompletionsClient({ baseUrl: server.origin });
    const stream = await client.stream("/v1/chat/completions", { body });
    expect(server.asked).toHaveLength(2);
    await expect(stream.final()).rejects.toMatchObject({ name: "StreamError" });
    expect(server.asked).toHaveLength(2);
  });
});

describe("what could be done twice", () => {
  test.each([
    ["500", 500, {}, 1],
    ["503 without a wait", 503, {}, 1],
    ["409", 409, {}, 1],
    ["503 with a wait", 503, soon, 2],
    ["429", 429, soon, 2],
    ["500 that the server wants retried", 500, { ...soon, "x-should-retry": "true" }, 2],
    ["503 that it does not", 503, { ...soon, "x-should-retry": "false" }, 1],
  ])("%s", async (_, status, headers, times) => {
    const server = await failing(1, status, headers);
    await pay(server.origin);
    expect(server.asked).toHaveLength(times);
    expect(keysOf(server)).toEqual(server.asked.map(() => undefined));
  });

  test("is not sent again for a key that the operation does not know", async () => {
    const server = await failing(1, 500);
    const platform = createPlatformClient({ baseUrl: server.origin, headers: { "idempotency-key": "mine" } });
    await platform.POST("/v1/accounts/{account_id}/purchases", {
      params: { path: { account_id: "me" } },
      body: deposit,
    });
    expect(keysOf(server)).toEqual(["mine"]);
  });

  test("is not sent again where the connection broke, for it may have been done", async () => {
    const server = await serve((_, response) => response.destroy());
    await expect(pay(server.origin)).rejects.toMatchObject({ name: "ConnectionError" });
    expect(server.asked).toHaveLength(1);
  });

  test("is sent again where no connection came about", async () => {
    const fetch = fetching(["ECONNREFUSED", "ENOTFOUND"]);
    const client = createPlatformClient({ baseUrl: "http://gateway.test", fetch });
    const account_id = "me";
    await client.POST("/v1/accounts/{account_id}/purchases", { params: { path: { account_id } }, body: deposit });
    expect(fetch.count()).toBe(3);
  });
});

/** Fails with these codes, one after the other, as Node's fetch does; and then answers. */
function fetching(codes: readonly string[]) {
  let count = 0;
  const fetch = async () => {
    count += 1;
    const code = codes[count - 1];
    if (code !== undefined) throw new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code }) });
    return Response.json({}, { status: 201 });
  };
  return Object.assign(fetch, { count: () => count });
}

describe.each(["GET", "PUT", "DELETE"] as const)("%s", (method) => {
  test("may be sent twice", async () => {
    const server = await failing(1, 500);
    const client = createPlatformClient({ baseUrl: server.origin });
    await client.request(method.toLowerCase() as "get", "/v1/accounts/{account_id}", {
      params: { path: { account_id: "me" } },
    });
    expect(server.asked.map((each) => each.method)).toEqual([method, method]);
    expect(keysOf(server)).toEqual([undefined, undefined]);
  });
});

describe("waiting between two attempts", () => {
  test("ends when the caller leaves", async () => {
    const server = await failing(9, 503, { "retry-after": "30" });
    const controller = new AbortController();
    const client = createPlatformClient({ baseUrl: server.origin });
    setTimeout(() => controller.abort(new Error("enough")), 50);
    await expect(client.GET("/v1/suppliers", { signal: controller.signal })).rejects.toThrow("enough");
    expect(server.asked).toHaveLength(1);
  });

  test("is not begun where the call would be over by then: the answer is told instead", async () => {
    const server = await failing(9, 503, { "retry-after": "30" });
    const client = createPlatformClient({ baseUrl: server.origin, timeouts: { totalMs: 5_000 } });
    const failure = await unwrap(client.GET("/v1/suppliers")).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(ServiceUnavailableError);
    expect(failure).toMatchObject({ retryAfterMs: 30_000 });
    expect(server.asked).toHaveLength(1);
  });
});

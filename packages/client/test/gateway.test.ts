/** The client against the real gateway on Node: the cases that a browser runs too, and what only can be seen from outside. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as client from "../src/index.ts";
import { cases } from "./cases.ts";
import { type Market, startMarket } from "./market.ts";

const { ConflictError, createChatCompletionsClient, createMessagesClient, createPlatformClient, unwrap } = client;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.close());

test.each(cases.map((each) => [each.name, each] as const))("%s", async (_, { run, want }) => {
  expect(await run(client, market)).toEqual(want);
});

const body = (directives = "") => ({
  model: "text-prime",
  messages: [{ role: "user" as const, content: `Hello [[sim ${directives}]]` }],
});

const options = () => ({ baseUrl: market.url, key: market.key });

/** Sends with Node's fetch, and remembers; `meddle` may do something in between. */
function watching(meddle: (request: Request, count: number) => Promise<Response | undefined> = async () => undefined) {
  const sent: Request[] = [];
  const fetch = async (request: Request) => {
    sent.push(request);
    return (await meddle(request, sent.length)) ?? globalThis.fetch(request);
  };
  return { sent, fetch };
}

const pathOf = ({ url }: Request): string => new URL(url).pathname.replace(/^\/r\/[^/]+/, "/r/ticket");

describe("an idempotency key", () => {
  test("that is running elsewhere is waited for, and then refused for good, with where the receipt is", async () => {
    const headers = { "Idempotency-Key": crypto.randomUUID() };
    const slow = body("delayBeforeHeadersMs=1500");
    const first = createChatCompletionsClient(options()).POST("/v1/chat/completions", { body: slow, headers });
    await expect.poll(() => market.supplier.requests.some((each) => each.body.includes("=1500"))).toBe(true);
    const { sent, fetch } = watching();
    const second = createChatCompletionsClient({ ...options(), fetch, retries: 9 });
    const failure = await unwrap(second.POST("/v1/chat/completions", { body: slow, headers })).catch((e: unknown) => e);
    expect((await first).response.status).toBe(200);
    expect(failure).toBeInstanceOf(ConflictError);
    expect(failure).toMatchObject({ message: expect.stringContaining("/v1/usage/req_"), retryAfterMs: undefined });
    expect(sent.length).toBeGreaterThan(1);
    expect(market.supplier.requests.filter((each) => each.body.includes("=1500"))).toHaveLength(1);
  });

  test("pays once where an answer was lost, and says so", async () => {
    const mark = crypto.randomUUID();
    const { sent, fetch } = watching(async (request, count) => {
      if (count !== 2) return undefined;
      await (await globalThis.fetch(request)).text();
      throw new TypeError("the connection was lost");
    });
    const chat = createChatCompletionsClient({ ...options(), fetch });
    const call = unwrap(chat.POST("/v1/chat/completions", { body: body(`text=${mark}`) }));
    await expect(call).rejects.toBeInstanceOf(ConflictError);
    expect(sent.map(pathOf)).toEqual(["/v1/chat/completions", "/r/ticket/v1/chat/completions", "/v1/chat/completions"]);
    expect(market.supplier.requests.filter((each) => each.body.includes(mark))).toHaveLength(1);
  });
});

describe("a clock that has moved on", () => {
  test("spoils the ticket, and a fresh one is asked for", async () => {
    const { sent, fetch } = watching(async (_, count) => {
      if (count === 2) market.later(61_000);
      return undefined;
    });
    const messages = createMessagesClient({ ...options(), fetch });
    const stream = await messages.stream("/v1/messages", { body: { ...body(), max_tokens: 100 } });
    expect((await stream.final()).stop_reason).toBe("end_turn");
    expect(sent.map(pathOf)).toEqual([
      "/v1/messages",
      "/r/ticket/v1/messages",
      "/v1/messages",
      "/r/ticket/v1/messages",
    ]);
  });
});

describe("the base URL", () => {
  test.each(["", "/", "/v1", "/v1/", "/v1/v1", "/v1/chat/completions", "/inline", "/inline/v1/"])(
    "may end in %j",
    async (end) => {
      const chat = createChatCompletionsClient({ ...options(), baseUrl: market.url + end });
      const { data } = await chat.POST("/v1/chat/completions", { body: body() });
      expect(data?.choices[0]?.finish_reason).toBe("stop");
    },
  );

  test("of another service of the gateway is told by what it answers", async () => {
    const chat = createChatCompletionsClient({ ...options(), baseUrl: `${market.url}/metrics` });
    await expect(unwrap(chat.POST("/v1/chat/completions", { body: body() }))).rejects.toMatchObject({
      name: "NotFoundError",
      status: 404,
    });
  });
});

test("the gateway's own sentence is shown of a key that may not do it", async () => {
  const platform = createPlatformClient(options());
  const call = unwrap(platform.POST("/v1/accounts", { body: { id: "acc_x", name: "x" } }));
  const failure = (await call.catch((thrown: unknown) => thrown)) as client.ForbiddenError;
  const said = (failure.body as { error: { message: string } }).error.message;
  expect(failure.message).toBe(`${said} (status 403, request ${failure.requestId})`);
  expect(failure.message).not.toContain(market.key);
});

test("a supplier that fails is told by its status, and asked for again", async () => {
  const { sent, fetch } = watching();
  const chat = createChatCompletionsClient({ ...options(), fetch, retries: 1 });
  await expect(unwrap(chat.POST("/v1/chat/completions", { body: body("status=500") }))).rejects.toMatchObject({
    name: expect.stringMatching(/^(BadGateway|ServiceUnavailable|InternalServer)Error$/),
  });
  expect(sent.filter((request) => pathOf(request) === "/v1/chat/completions")).toHaveLength(2);
});

test("a gateway that goes in the midst of a stream is a StreamError that says what to do", async () => {
  const going = await startMarket();
  try {
    const chat = createChatCompletionsClient({ baseUrl: going.url, key: going.key });
    const stream = await chat.stream("/v1/chat/completions", { body: body("tokens=500 delayBetweenMs=10") });
    let count = 0;
    const reading = (async () => {
      for await (const _ of stream) if (++count === 3) await going.supplier.close();
    })();
    await expect(reading).rejects.toMatchObject({ name: "StreamError" });
    expect(count).toBeGreaterThanOrEqual(3);
  } finally {
    await going.close();
  }
});

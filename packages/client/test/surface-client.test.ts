/** The typed methods: what is sent, and what comes back as data or as error. */
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type chatCompletions,
  createChatCompletionsClient,
  createMessagesClient,
  createPlatformClient,
  type messages,
  type platform,
  unwrap,
} from "../src/index.ts";
import { json, serve } from "./server.ts";

const models = { object: "list", data: [] };
const error = { error: { message: "no", type: "not_found_error", param: null, code: null }, errors: { detail: "no" } };

describe("a client", () => {
  test("sends its key as a bearer on both surfaces", async () => {
    const server = await serve((_, response) => json(response, 200, models));
    await createChatCompletionsClient({ baseUrl: server.origin, key: "one" }).GET("/v1/models");
    await createMessagesClient({ baseUrl: server.origin, key: "two" }).GET("/v1/models");
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer one", "Bearer two"]);
    expect(server.asked.map(({ headers }) => headers["x-api-key"])).toEqual([undefined, undefined]);
  });

  test("sends no credential without a key", async () => {
    const server = await serve((_, response) => json(response, 200, models));
    const { data } = await createChatCompletionsClient({ baseUrl: server.origin }).GET("/v1/models");
    expect(data).toEqual(models);
    expect(server.asked[0]?.headers.authorization).toBeUndefined();
  });

  test("asks below the base path it is given", async () => {
    const server = await serve((_, response) => json(response, 200, models));
    const client = createChatCompletionsClient({ baseUrl: `${server.origin}/inline/` });
    await client.GET("/v1/models/{id}", { params: { path: { id: "text prime" } } });
    expect(server.asked[0]?.url).toBe("/inline/v1/models/text%20prime");
  });

  test("returns an error as the document types it", async () => {
    const server = await serve((_, response) => json(response, 404, error, { "x-request-id": "req_1" }));
    const client = createChatCompletionsClient({ baseUrl: server.origin });
    const answer = await client.GET("/v1/models/{id}", { params: { path: { id: "none" } } });
    expect(answer.data).toBeUndefined();
    expect(answer.error?.errors.detail).toBe("no");
    expect(answer.response.headers.get("x-request-id")).toBe("req_1");
  });

  test("sends every request through the fetch it is given", async () => {
    const seen: string[] = [];
    const fetch = async (request: Request) => {
      seen.push(`${request.method} ${request.url} ${request.headers.get("authorization")}`);
      return Response.json(models);
    };
    await createChatCompletionsClient({ baseUrl: "http://gateway", key: "k", fetch }).GET("/v1/models");
    expect(seen).toEqual(["GET http://gateway/v1/models Bearer k"]);
  });
});

/** Never called: what the compiler makes of the calls is the test. */
const typed = {
  data: () => unwrap(createChatCompletionsClient({ baseUrl: "" }).GET("/v1/models")),
  nothing: () =>
    unwrap(
      createPlatformClient({ baseUrl: "" }).DELETE("/v1/suppliers/{supplier}", { params: { path: { supplier: "" } } }),
    ),
  chat: (body: chatCompletions.CreateChatCompletionRequest) =>
    createChatCompletionsClient({ baseUrl: "" }).stream("/v1/chat/completions", { body }),
  message: (body: messages.CreateMessageRequest) =>
    createMessagesClient({ baseUrl: "" }).stream("/v1/messages", { body }),
  accounts: () => createPlatformClient({ baseUrl: "" }).items("/v1/accounts"),
};

type EventOf<Stream> = Stream extends Promise<AsyncIterable<infer Event>> ? Event : never;

test("the types are the document's", () => {
  expectTypeOf(typed.data).returns.resolves.toEqualTypeOf<chatCompletions.ModelList>();
  expectTypeOf(typed.nothing).returns.resolves.toEqualTypeOf<undefined>();
  expectTypeOf<EventOf<ReturnType<typeof typed.chat>>>().toEqualTypeOf<chatCompletions.ChatCompletionChunk>();
  expectTypeOf<Extract<EventOf<ReturnType<typeof typed.message>>, { type: "error" }>>().toBeNever();
  expectTypeOf<
    Awaited<ReturnType<Awaited<ReturnType<typeof typed.chat>>["final"]>>
  >().toEqualTypeOf<chatCompletions.ChatCompletion>();
  expectTypeOf<
    Awaited<ReturnType<Awaited<ReturnType<typeof typed.message>>["final"]>>
  >().toEqualTypeOf<messages.Message>();
  expectTypeOf(typed.accounts).returns.toEqualTypeOf<AsyncIterable<platform.Account>>();
});

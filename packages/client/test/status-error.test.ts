/** One class for each status that the documents know, named as the shared responses of the contract are. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as client from "../src/index.ts";
import { statusErrorOf } from "../src/status-error.ts";
import { json, serve } from "./server.ts";

const { ClientError, StatusError, createMessagesClient, createPlatformClient, unwrap } = client;
const ROOT = new URL("../../../", import.meta.url);

/** Every status with an error that operations.txt knows. */
const statuses = [
  ...new Set(
    readFileSync(new URL("packages/contract/operations.txt", ROOT), "utf8")
      .split("\n")
      .slice(2)
      .flatMap((line) => line.trim().split(/\s+/).at(-1)?.split(",") ?? [])
      .map(Number)
      .filter((status) => status >= 400),
  ),
].sort();

const names = ["chat-completions", "messages", "platform"].flatMap((document) =>
  readdirSync(new URL(`spec/${document}/responses/`, ROOT)).map((file) => file.replace(".yaml", "")),
);

const classOf = (status: number) => statusErrorOf(new Response(null, { status }), undefined);

describe("the classes", () => {
  test("are as many as the statuses, and none of them is the base", () => {
    expect(statuses.length).toBeGreaterThan(12);
    const found = statuses.map((status) => classOf(status).name);
    expect(found).not.toContain("StatusError");
    expect(new Set(found).size).toBe(statuses.length);
  });

  test("are named as the responses of the contract are", () => {
    const wanted = [...new Set(names)].map((name) => (name.endsWith("Error") ? name : `${name}Error`)).sort();
    expect(statuses.map((status) => classOf(status).name).sort()).toEqual(wanted);
  });

  test.each(statuses)("%i is exported, and is what its name says", (status) => {
    const error = classOf(status);
    const Class = (client as unknown as Record<string, typeof StatusError>)[error.name];
    expect(error).toBeInstanceOf(Class);
    expect(error).toBeInstanceOf(StatusError);
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toBeInstanceOf(Error);
    expect(error.constructor).toBe(Class);
  });

  test("of another status is the base", () => expect(classOf(418).constructor).toBe(StatusError));
});

describe("an error tells", () => {
  const body = {
    error: {
      message: "There is no account acc_1.",
      type: "not_found_error",
      param: "account_id",
      code: "account_unknown",
    },
    errors: { detail: "There is no account acc_1." },
  };

  test("what the server says, and which request it was", async () => {
    const headers = { "x-request-id": "req_1", "retry-after": "7", "x-should-retry": "false" };
    const server = await serve((_, response) => json(response, 404, body, headers));
    const platform = createPlatformClient({ baseUrl: server.origin });
    const call = platform.GET("/v1/accounts/{account_id}", { params: { path: { account_id: "acc_1" } } });
    const failure = await unwrap(call).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(client.NotFoundError);
    expect(failure).toMatchObject({
      message: "There is no account acc_1. (status 404, request req_1)",
      status: 404,
      body,
      type: "not_found_error",
      code: "account_unknown",
      requestId: "req_1",
      retryAfterMs: 7_000,
    });
    expect((failure as client.StatusError).response.headers.get("x-should-retry")).toBe("false");
  });

  test("the same on the other surface, which has its own names", async () => {
    const said = {
      type: "error",
      error: { type: "billing_error", message: "Buy tokens of text-prime." },
      request_id: "req_2",
      errors: { detail: "Buy tokens of text-prime." },
    };
    const server = await serve((_, response) => json(response, 402, said, { "request-id": "req_2" }));
    const messages = createMessagesClient({ baseUrl: server.origin });
    const call = messages.POST("/v1/messages", { body: { model: "m", max_tokens: 1, messages: [] } });
    await expect(unwrap(call)).rejects.toMatchObject({
      name: "PaymentRequiredError",
      message: "Buy tokens of text-prime. (status 402, request req_2)",
      type: "billing_error",
      code: undefined,
      requestId: "req_2",
      retryAfterMs: undefined,
    });
  });

  test.each([
    [403, "the server said no and not why: look at baseUrl"],
    [502, "the gateway or a proxy before it failed without a word: ask again"],
  ])("what to do where the server says nothing: %i", async (status, message) => {
    const server = await serve((_, response) => response.writeHead(status).end());
    const call = createPlatformClient({ baseUrl: server.origin, retries: 0 }).GET("/v1/suppliers");
    expect((await call).error).toBeUndefined();
    await expect(unwrap(call)).rejects.toMatchObject({
      status,
      body: undefined,
      message: expect.stringContaining(message),
    });
  });
});

test("unwrap gives the data, and nothing of what has none", async () => {
  const server = await serve(({ method }, response) => {
    if (method === "DELETE") response.writeHead(204).end();
    else json(response, 200, { data: [{ name: "a" }], next_cursor: null });
  });
  const platform = createPlatformClient({ baseUrl: server.origin });
  const list = await unwrap(platform.GET("/v1/suppliers"));
  expect(list.data.map(({ name }) => name)).toEqual(["a"]);
  const gone = platform.DELETE("/v1/suppliers/{supplier}", { params: { path: { supplier: "a" } } });
  expect(await unwrap(gone)).toBeUndefined();
});

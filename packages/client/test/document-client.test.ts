/** The client of a document without streams, over a real server: queries, every method, and answers without a body. */
import { describe, expect, test } from "vitest";
import { createPlatformClient, type PlatformClient } from "../src/index.ts";
import { type Asked, json, serve, type TestServer } from "./server.ts";

const error = { error: { message: "no", type: "conflict", param: null, code: "conflict" }, errors: { detail: "no" } };
const account = { account_id: "me" };

interface Call {
  readonly send: (client: PlatformClient) => Promise<unknown>;
  readonly want: Pick<Asked, "method" | "url" | "body">;
}

const calls: readonly (readonly [name: string, call: Call])[] = [
  [
    "a query of numbers, words and truths",
    {
      send: (client) =>
        client.GET("/v1/usage", {
          params: { query: { limit: 100, status: "error", overrun: true, from: "2026-11-01T00:00:00Z" } },
        }),
      want: {
        method: "GET",
        url: "/v1/usage?limit=100&status=error&overrun=true&from=2026-11-01T00%3A00%3A00Z",
        body: "",
      },
    },
  ],
  [
    "POST",
    {
      send: (client) =>
        client.POST("/v1/accounts/{account_id}/purchases", {
          params: { path: account },
          body: { instrument: "text-prime", tokens: "5000000", reference: "top-up-7" },
        }),
      want: {
        method: "POST",
        url: "/v1/accounts/me/purchases",
        body: '{"instrument":"text-prime","tokens":"5000000","reference":"top-up-7"}',
      },
    },
  ],
  [
    "POST without a body",
    {
      send: (client) => client.POST("/v1/keys/{key_id}/revoke", { params: { path: { key_id: "a" } } }),
      want: { method: "POST", url: "/v1/keys/a/revoke", body: "" },
    },
  ],
  [
    "PATCH",
    {
      send: (client) =>
        client.PATCH("/v1/accounts/{account_id}", { params: { path: account }, body: { default_instrument: null } }),
      want: { method: "PATCH", url: "/v1/accounts/me", body: '{"default_instrument":null}' },
    },
  ],
  [
    "PUT",
    {
      send: (client) =>
        client.PUT("/v1/accounts/{account_id}/auto-buy/{instrument}", {
          params: { path: { ...account, instrument: "text/prime" } },
          body: { enabled: true, tokens: "1", below_tokens: "0" },
        }),
      want: {
        method: "PUT",
        url: "/v1/accounts/me/auto-buy/text%2Fprime",
        body: '{"enabled":true,"tokens":"1","below_tokens":"0"}',
      },
    },
  ],
  [
    "POST to a path with a colon",
    {
      send: (client) => client.POST("/v1/route:explain", { body: { surface: "messages", request: { max_tokens: 1 } } }),
      want: { method: "POST", url: "/v1/route:explain", body: '{"surface":"messages","request":{"max_tokens":1}}' },
    },
  ],
  [
    "DELETE",
    {
      send: (client) => client.DELETE("/v1/accounts/{account_id}/auto-reload", { params: { path: account } }),
      want: { method: "DELETE", url: "/v1/accounts/me/auto-reload", body: "" },
    },
  ],
];

const clientOf = ({ origin }: TestServer): PlatformClient => createPlatformClient({ baseUrl: origin, key: "k" });

describe("the platform's client", () => {
  test.each(calls)("%s is sent with the key as a bearer", async (_, { send, want }) => {
    const server = await serve((_asked, response) => json(response, 200, {}));
    await send(clientOf(server));
    expect(server.asked).toEqual([expect.objectContaining(want)]);
    expect(server.asked[0]?.headers.authorization).toBe("Bearer k");
  });

  test("has no way to ask for events", async () => {
    const server = await serve((_, response) => json(response, 200, {}));
    expect(clientOf(server)).not.toHaveProperty("stream");
  });

  test("gives what was created, typed by its 201", async () => {
    const server = await serve((_, response) => json(response, 201, { amount_usd: "20.000000" }));
    const { data, response } = await clientOf(server).POST("/v1/accounts/{account_id}/credits", {
      params: { path: { account_id: "acme" } },
      body: { amount_usd: "20" },
    });
    expect([response.status, data?.amount_usd]).toEqual([201, "20.000000"]);
  });

  test("gives neither data nor error for a 204", async () => {
    const server = await serve((_, response) => void response.writeHead(204).end());
    const { data, error, response } = await clientOf(server).DELETE("/v1/accounts/{account_id}/auto-buy/{instrument}", {
      params: { path: { ...account, instrument: "text-prime" } },
    });
    expect([response.status, data, error]).toEqual([204, undefined, undefined]);
  });

  test("gives an error as the document types it", async () => {
    const server = await serve((_, response) => json(response, 409, error));
    const answer = await clientOf(server).POST("/v1/accounts", { body: { id: "acme", name: "Acme" } });
    expect(answer.data).toBeUndefined();
    expect([answer.error?.error.type, answer.error?.errors.detail]).toEqual(["conflict", "no"]);
  });
});

/** One 307 is followed with the same method and body; the credential stays with the origin that it was given for. */
import { describe, expect, test } from "vitest";
import { createChatCompletionsClient } from "../src/index.ts";
import { json, serve } from "./server.ts";

const answer = { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m", choices: [] };
const body = { model: "text-prime", messages: [{ role: "user" as const, content: "hello" }] };
const headers = { "x-api-key": "other-key", cookie: "a=b", "x-mine": "kept" };

/** Asks with every kind of credential there is. */
const ask = (origin: string) =>
  createChatCompletionsClient({ baseUrl: origin, key: "key", headers }).POST("/v1/chat/completions", { body });

describe("a redirect", () => {
  test("on the same origin carries everything", async () => {
    const server = await serve(({ url }, response) => {
      if (url.startsWith("/r/")) json(response, 200, answer);
      else response.writeHead(307, { location: "/r/ticket/v1/chat/completions?a=b" }).end();
    });
    const { data, response } = await ask(server.origin);
    expect(data).toEqual(answer);
    expect(response.status).toBe(200);
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /v1/chat/completions",
      "POST /r/ticket/v1/chat/completions?a=b",
    ]);
    for (const asked of server.asked) {
      expect(JSON.parse(asked.body)).toEqual(body);
      expect(asked.headers).toMatchObject({
        ...headers,
        authorization: "Bearer key",
        "content-type": "application/json",
      });
    }
  });

  test("to another origin carries the body and no credential", async () => {
    const edge = await serve((_, response) => json(response, 200, answer));
    const server = await serve((_, response) => response.writeHead(307, { location: `${edge.origin}/r/ticket` }).end());
    const { data } = await ask(server.origin);
    expect(data).toEqual(answer);
    expect(server.asked[0]?.headers).toMatchObject({ ...headers, authorization: "Bearer key" });
    expect(edge.asked[0]).toMatchObject({ method: "POST", url: "/r/ticket", body: server.asked[0]?.body });
    expect(edge.asked[0]?.headers).toMatchObject({ "x-mine": "kept", "content-type": "application/json" });
    for (const name of ["authorization", "x-api-key", "cookie"])
      expect(edge.asked[0]?.headers[name], name).toBeUndefined();
  });

  test("passes a body of several megabytes on unchanged", async () => {
    const server = await serve(({ url }, response) => {
      if (url === "/there") json(response, 200, answer);
      else response.writeHead(307, { location: "/there" }).end();
    });
    const long = { ...body, messages: [{ role: "user" as const, content: "é".repeat(2_000_000) }] };
    const client = createChatCompletionsClient({ baseUrl: server.origin });
    expect((await client.POST("/v1/chat/completions", { body: long })).data).toEqual(answer);
    expect(server.asked[1]?.body).toBe(server.asked[0]?.body);
    expect(JSON.parse(server.asked[1]?.body ?? "")).toEqual(long);
  });

  test.each([
    ["that is followed by another", "/again", "redirects once more"],
    ["without a location", undefined, "without saying where to"],
    ["to another protocol", "ftp://127.0.0.1/", "redirects to ftp:, which is not followed"],
  ])("%s is an error", async (_, location, message) => {
    const server = await serve((_asked, response) => response.writeHead(307, location ? { location } : {}).end());
    await expect(ask(server.origin)).rejects.toThrow(message);
    expect(server.asked.length).toBeLessThanOrEqual(2);
  });

  test("from https to http is an error", async () => {
    const fetch = async () => new Response(null, { status: 307, headers: { location: "http://localhost/" } });
    const client = createChatCompletionsClient({ baseUrl: "https://localhost", fetch });
    await expect(client.GET("/v1/models")).rejects.toThrow("redirects to http:, which is not followed");
  });
});

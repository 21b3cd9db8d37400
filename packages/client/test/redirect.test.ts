/** One 307 is followed with the same method and body; the credential stays with the origin that it was given for. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { createChatCompletionsClient, createPlatformClient, RedirectError } from "../src/index.ts";
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

  test.each(["127.0.0.1", "localhost"])(
    "to another origin, at %s, carries the body and no credential",
    async (host) => {
      const edge = await serve((_, response) => json(response, 200, answer), host);
      const server = await serve((_, response) =>
        response.writeHead(307, { location: `${edge.origin}/r/ticket` }).end(),
      );
      const { data } = await ask(server.origin);
      expect(data).toEqual(answer);
      expect(server.asked[0]?.headers).toMatchObject({ ...headers, authorization: "Bearer key" });
      expect(edge.asked[0]).toMatchObject({ method: "POST", url: "/r/ticket", body: server.asked[0]?.body });
      expect(edge.asked[0]?.headers).toMatchObject({ "x-mine": "kept", "content-type": "application/json" });
      for (const name of ["authorization", "x-api-key", "cookie"])
        expect(edge.asked[0]?.headers[name], name).toBeUndefined();
    },
  );

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
    ["that is followed by another", 307, "/again", "redirects once more", 2],
    ["without a location", 307, undefined, "without saying where to: ask below /inline", 1],
    ["to nowhere", 307, "http://", "without saying where to", 1],
    ["to another protocol", 307, "ftp://127.0.0.1/", "redirects to ftp:, which is not followed", 1],
    [
      "for good, as a proxy sends to https",
      301,
      "https://api.example.com/v1",
      "redirects to https://api.example.com with 301, as no gateway does: is that the baseUrl?",
      1,
    ],
    ["to a page for people", 302, "/login", "as no gateway does", 1],
    ["that would lose the body", 303, "/see", "as no gateway does", 1],
  ])("%s is an error, and is not tried again", async (_, status, location, message, times) => {
    const server = await serve((_asked, response) => response.writeHead(status, location ? { location } : {}).end());
    const failure = await ask(server.origin).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(RedirectError);
    expect(failure).toMatchObject({ message: expect.stringContaining(message) });
    expect(server.asked).toHaveLength(times);
  });

  test("from https to http is an error", async () => {
    const fetch = async () => new Response(null, { status: 307, headers: { location: "http://localhost/" } });
    const client = createChatCompletionsClient({ baseUrl: "https://localhost", fetch });
    await expect(client.GET("/v1/models")).rejects.toThrow("redirects to http:, which is not followed");
  });
});

describe("a document in which nothing is redirected", () => {
  test.each([307, 301, 308])("follows nothing: %i", async (status) => {
    const edge = await serve((_, response) => json(response, 200, {}));
    const server = await serve((_, response) => response.writeHead(status, { location: `${edge.origin}/v1` }).end());
    const platform = createPlatformClient({ baseUrl: server.origin, key: "key" });
    await expect(platform.GET("/v1/suppliers")).rejects.toThrow(
      `${server.origin} redirects to ${edge.origin} with ${status}, as no gateway does: is that the baseUrl?`,
    );
    expect([server.asked.length, edge.asked.length]).toEqual([1, 0]);
  });

  test("nor what a browser hides", async () => {
    const hidden = () => Promise.resolve(Object.defineProperty(new Response(), "type", { value: "opaqueredirect" }));
    const platform = createPlatformClient({ baseUrl: "http://gateway.test", fetch: hidden });
    await expect(platform.GET("/v1/suppliers")).rejects.toThrow("http://gateway.test redirects to elsewhere");
  });
});

describe("where the runtime follows out of sight, as a browser does", () => {
  afterEach(() => vi.unstubAllGlobals());

  const redirecting = async () => {
    const edge = await serve((_, response) => json(response, 200, answer), "localhost");
    const server = await serve((_, response) => response.writeHead(307, { location: `${edge.origin}/r/ticket` }).end());
    return { edge, server };
  };

  test.each([
    ["a page", "document", {}],
    ["a worker", "importScripts", () => undefined],
  ])("it is left to %s, and the key stays with its origin", async (_, name, value) => {
    vi.stubGlobal(name, value);
    const { edge, server } = await redirecting();
    const client = createChatCompletionsClient({ baseUrl: server.origin, key: "key" });
    expect((await client.POST("/v1/chat/completions", { body })).data).toEqual(answer);
    expect(server.asked[0]?.headers.authorization).toBe("Bearer key");
    expect(edge.asked[0]?.headers.authorization).toBeUndefined();
    expect(edge.asked[0]?.body).toBe(server.asked[0]?.body);
  });

  test("a header that the browser would pass on is refused before it is sent", async () => {
    vi.stubGlobal("document", {});
    const server = await serve((_, response) => json(response, 200, answer));
    await expect(ask(server.origin)).rejects.toThrow("give the key as `key` instead");
    expect(server.asked).toEqual([]);
  });

  test("it is left to a runtime that nobody told of, once it hides a redirect", async () => {
    const { edge, server } = await redirecting();
    const hiding = async (request: Request) => {
      if (request.redirect === "follow") return fetch(request);
      const response = await fetch(request);
      return response.status === 307
        ? Object.defineProperty(new Response(), "type", { value: "opaqueredirect" })
        : response;
    };
    const client = createChatCompletionsClient({ baseUrl: server.origin, key: "key", fetch: hiding });
    expect((await client.POST("/v1/chat/completions", { body })).data).toEqual(answer);
    expect(edge.asked[0]?.headers.authorization).toBeUndefined();
  });

  test.each(["Deno", "Bun"])("it is not left to %s, which has a browser's names and shows redirects", async (name) => {
    vi.stubGlobal("importScripts", () => undefined);
    vi.stubGlobal(name, {});
    const { edge, server } = await redirecting();
    const redirects: string[] = [];
    const watching = (request: Request) => {
      redirects.push(request.redirect);
      return fetch(request);
    };
    const client = createChatCompletionsClient({ baseUrl: server.origin, key: "key", fetch: watching });
    await client.POST("/v1/chat/completions", { body });
    expect([redirects, edge.asked.length]).toEqual([["manual", "manual"], 1]);
  });
});

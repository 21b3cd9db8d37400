/** Where nothing answers, or something that is not the gateway: an error that says what to do. */

import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  ConnectionError,
  createChatCompletionsClient,
  createPlatformClient,
  type Fetch,
  UnexpectedAnswerError,
} from "../src/index.ts";
import { json, serve } from "./server.ts";

const body = { model: "text-prime", messages: [{ role: "user" as const, content: "the secret prompt" }] };

const ask = (baseUrl: string, fetch?: Fetch) =>
  createPlatformClient({ baseUrl, key: "ik_secret", retries: 0, fetch })
    .GET("/v1/suppliers")
    .catch((thrown: unknown) => thrown);

/** A server that speaks something else. */
async function speaking(words: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    words(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("nothing answers", () => {
  test("where nothing listens", async () => {
    const { origin, close } = await serve(() => undefined);
    await close();
    const failure = await ask(origin);
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure).toMatchObject({
      name: "ConnectionError",
      message: `nothing listens at ${origin}: is the gateway running, and is baseUrl right?`,
      cause: expect.any(TypeError),
    });
  });

  test("where no port like that is asked", async () => {
    expect(await ask("http://127.0.0.1:1")).toMatchObject({
      message: expect.stringContaining("no fetch asks the port of http://127.0.0.1:1"),
    });
  });

  test("where there is no such host", async () => {
    const failure = await ask("http://no-such-host.invalid:4000");
    expect(failure).toMatchObject({
      message: expect.stringContaining("there is no host of the name in http://no-such-host"),
    });
  });

  test("where HTTP is spoken and TLS is asked for", async () => {
    const host = await speaking((socket) => socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    expect(await ask(`https://${host}`)).toMatchObject({
      message: `https://${host} does not speak TLS: write http:// in baseUrl`,
    });
  });

  test("where something else is spoken", async () => {
    const host = await speaking((socket) => socket.end("220 smtp.example.com ready\r\n"));
    expect(await ask(`http://${host}`)).toMatchObject({
      message: `what answers at http://${host} is not HTTP: look at the port in baseUrl`,
    });
  });

  test("where the connection is closed without a word", async () => {
    const host = await speaking((socket) => socket.once("data", () => socket.destroy()));
    expect(await ask(`http://${host}`)).toMatchObject({
      message: expect.stringContaining(`http://${host} did not answer`),
    });
  });

  test.each([
    ["EHOSTUNREACH", "cannot be reached from here: look at the network"],
    ["UND_ERR_CONNECT_TIMEOUT", "cannot be reached from here"],
    ["UND_ERR_HEADERS_TIMEOUT", "stream, or give another fetch"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "is not trusted here"],
    ["ECONNRESET", "did not answer, or may not be asked from here: ask again"],
  ])("of a runtime that says %s", async (code, message) => {
    const fetch = () =>
      Promise.reject(new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code }) }));
    expect(await ask("http://gateway.test", fetch)).toMatchObject({ message: expect.stringContaining(message) });
  });

  test.each([
    ["Bun", Object.assign(new Error("Unable to connect."), { code: "ConnectionRefused" })],
    ["Deno", new TypeError("error sending request", { cause: new Error("client error (Connect): tcp connect error") })],
  ])("in the words of %s", async (_, failure) => {
    const fetch = () => Promise.reject(failure);
    expect(await ask("http://gateway.test", fetch)).toMatchObject({
      message: expect.stringContaining("nothing listens"),
    });
  });

  test("and neither key nor prompt is repeated", async () => {
    const client = createChatCompletionsClient({ baseUrl: "http://127.0.0.1:1", key: "ik_secret", retries: 0 });
    const failure = await client.POST("/v1/chat/completions", { body }).catch((thrown: unknown) => thrown);
    expect(JSON.stringify([String(failure), failure, String((failure as Error).cause)])).not.toContain("secret");
  });
});

describe("something else answers", () => {
  const page = "<!doctype html><title>Welcome to nginx</title>";
  const html = { "content-type": "text/html; charset=utf-8" };

  test.each([200, 403, 404, 502, 503])("a web page with %i", async (status) => {
    const server = await serve((_, response) => response.writeHead(status, html).end(page));
    const failure = await ask(server.origin);
    expect(failure).toBeInstanceOf(UnexpectedAnswerError);
    expect(failure).toMatchObject({
      status,
      body: page,
      message: `${server.origin} answered ${status} with a web page instead of the API: is that the gateway's address, and does a proxy stand before it?`,
    });
  });

  test("a proxy's page is asked for again where its status says so", async () => {
    const server = await serve((_, response) => {
      if (server.asked.length > 2) json(response, 200, { data: [], next_cursor: null });
      else response.writeHead(502, html).end(page);
    });
    const client = createPlatformClient({ baseUrl: server.origin });
    expect((await client.GET("/v1/suppliers")).data).toEqual({ data: [], next_cursor: null });
    expect(server.asked).toHaveLength(3);
  });

  test.each<[string, number, Record<string, string>, string, string]>([
    [
      "a word of a proxy",
      503,
      { "content-type": "text/plain" },
      "upstream connect error",
      "with text/plain instead of",
    ],
    ["something without a type", 200, {}, "hello", "with something without a type"],
    [
      "JSON that is none",
      200,
      { "content-type": "application/json" },
      "{half",
      "says that it is JSON, which it is not",
    ],
    [
      "JSON that is none, at its full length",
      200,
      { "content-type": "application/json", "content-length": "5" },
      "{half",
      "is not",
    ],
    [
      "nothing at all",
      200,
      { "content-type": "application/json", "content-length": "0" },
      "",
      "has status 200 and nothing in it",
    ],
    ["nothing, in pieces", 200, { "content-type": "application/json" }, "", "has status 200 and nothing in it"],
    ["nothing, without a type", 201, {}, "", "has status 201 and nothing in it"],
  ])("%s", async (_, status, headers, text, message) => {
    const server = await serve((_asked, response) => {
      response.writeHead(status, headers);
      response.write("");
      response.end(text);
    });
    const failure = await ask(server.origin);
    expect(failure).toBeInstanceOf(UnexpectedAnswerError);
    expect(failure).toMatchObject({ status, message: expect.stringContaining(message) });
  });

  test("of a long page the beginning is kept", async () => {
    const server = await serve((_, response) => response.writeHead(200, html).end("x".repeat(100_000)));
    expect(await ask(server.origin)).toMatchObject({ body: "x".repeat(2_000) });
  });

  test("an empty 502 is the gateway's own status", async () => {
    const server = await serve((_, response) => response.writeHead(502).end());
    expect(await ask(server.origin)).toMatchObject({ error: undefined, response: { status: 502 } });
  });

  test("JSON with a type of its own is JSON", async () => {
    const server = await serve((_, response) =>
      response.writeHead(400, { "content-type": "application/problem+json" }).end('{"title":"no"}'),
    );
    expect(await ask(server.origin)).toMatchObject({ error: { title: "no" } });
  });

  test("whoever asks for text gets text", async () => {
    const server = await serve((_, response) => response.writeHead(200, html).end(page));
    const client = createPlatformClient({ baseUrl: server.origin });
    expect((await client.GET("/v1/suppliers", { parseAs: "text" })).data).toBe(page);
  });
});

/** The base URL as people write it: understood, or refused with what to write. */
import { describe, expect, test } from "vitest";
import { readBaseUrl } from "../src/base-url.ts";
import { ClientError, createPlatformClient } from "../src/index.ts";
import { json, serve } from "./server.ts";

const read = readBaseUrl;

describe("understood", () => {
  test.each([
    ["http://localhost:4000", "http://localhost:4000"],
    ["http://localhost:4000/", "http://localhost:4000"],
    ["http://localhost:4000//", "http://localhost:4000"],
    ["  http://localhost:4000\n", "http://localhost:4000"],
    ["HTTP://LocalHost:4000", "http://localhost:4000"],
    ["https://api.example.com:443", "https://api.example.com"],
    ["http://[::1]:4000/", "http://[::1]:4000"],
    ["http://localhost:4000/v1", "http://localhost:4000"],
    ["http://localhost:4000/v1/", "http://localhost:4000"],
    ["http://localhost:4000/v1/v1", "http://localhost:4000"],
    ["http://localhost:4000/v1/v1/v1/", "http://localhost:4000"],
    ["http://localhost:4000/v1/messages", "http://localhost:4000"],
    ["http://localhost:4000/v1/messages/count_tokens", "http://localhost:4000"],
    ["http://localhost:4000/v1/chat/completions", "http://localhost:4000"],
    ["http://localhost:4000/v1/models", "http://localhost:4000"],
    ["http://localhost:4000/v1/v1/messages/", "http://localhost:4000"],
    ["http://localhost:4000//v1//messages", "http://localhost:4000"],
    ["http://localhost:4000/inline", "http://localhost:4000/inline"],
    ["http://localhost:4000/inline/inline/", "http://localhost:4000/inline"],
    ["http://localhost:4000/inline/v1/messages", "http://localhost:4000/inline"],
    ["https://example.com/gateway/", "https://example.com/gateway"],
    ["https://example.com/gateway/inline/v1", "https://example.com/gateway/inline"],
    ["https://example.com/v1beta", "https://example.com/v1beta"],
  ])("%j", (text, url) => {
    expect(read(text)).toEqual({ url, inline: url.endsWith("/inline") });
  });
});

describe("refused", () => {
  test.each([
    ["", "baseUrl is empty: write one such as http://localhost:4000"],
    ["localhost:4000", "write http://localhost:4000"],
    ["127.0.0.1:4000/v1", "write http://127.0.0.1:4000"],
    ["api.example.com", "write https://api.example.com"],
    ["//api.example.com", "an address such as http://localhost:4000"],
    ["/v1", "an address such as http://localhost:4000"],
    ["ws://localhost:4000/v1", "write http://localhost:4000"],
    ["wss://api.example.com", "write https://api.example.com"],
    ["ftp://api.example.com", "write http:// or https://"],
    ["http://http://localhost:4000", "has its scheme twice: write it once"],
    ["https://http//localhost:4000", "has its scheme twice: write it once"],
    ["http://localhost:4000/?key=one", "write http://localhost:4000"],
    ["http://localhost:4000/v1#top", "write http://localhost:4000/v1"],
    ["http://localhost:4000/v1/responses", "goes on after /v1: write http://localhost:4000"],
    ["http://localhost:4000/inline/v1/embeddings", "goes on after /v1: write http://localhost:4000/inline"],
    ["http://", "baseUrl has no scheme"],
  ])("%j", (text, message) => {
    expect(() => read(text)).toThrow(ClientError);
    expect(() => read(text)).toThrow(message);
  });

  test.each(["http://me:hunter2@localhost:4000", "https://hunter2@api.example.com/v1", "wss://me:hunter2@host"])(
    "%j, which has a password in it that is not repeated",
    (text) => {
      expect(() => read(text)).toThrow("give the key as `key` instead");
      expect(() => read(text)).not.toThrow("hunter2");
    },
  );
});

test("the platform has nothing below /inline, and is asked beside it", async () => {
  const server = await serve((_, response) => json(response, 200, { data: [], next_cursor: null }));
  await createPlatformClient({ baseUrl: `${server.origin}/inline/v1/` }).GET("/v1/suppliers");
  expect(server.asked[0]?.url).toBe("/v1/suppliers");
});

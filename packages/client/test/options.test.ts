/** What a client is told once: keys, retries and timeouts that cannot be are refused before anything is sent. */
import { describe, expect, test } from "vitest";
import { ClientError, type ClientOptions, createPlatformClient } from "../src/index.ts";
import { json, serve } from "./server.ts";

const page = { data: [], next_cursor: null };
const baseUrl = "http://localhost:4000";

describe("a key that cannot be one", () => {
  const keys = ["", "two words", "ik_secret\n", "\tik_secret", "ik_sécret", "“ik_secret”", "ik_secret\u200b"];

  test.each(keys)("%j is refused at once, and not repeated", (key) => {
    const create = () => createPlatformClient({ baseUrl, key });
    expect(create).toThrow(ClientError);
    expect(create).toThrow(key === "" ? "the key is empty" : "copy it again");
    expect(create).not.toThrow("cret");
  });

  test.each(keys)("%j is not sent where a function gives it", async (key) => {
    const server = await serve((_, response) => json(response, 200, page));
    const client = createPlatformClient({ baseUrl: server.origin, key: () => key });
    await expect(client.GET("/v1/suppliers")).rejects.toThrow(ClientError);
    expect(server.asked).toEqual([]);
  });

  test("is one that is no text", async () => {
    const client = createPlatformClient({ baseUrl, key: (() => undefined) as unknown as () => string });
    await expect(client.GET("/v1/suppliers")).rejects.toThrow("copy it again");
  });
});

describe("a key function", () => {
  test("is asked before every attempt", async () => {
    const server = await serve((_, response) =>
      server.asked.length < 3 ? response.writeHead(503, { "retry-after-ms": "1" }).end() : json(response, 200, page),
    );
    let count = 0;
    const key = async () => `key-${++count}`;
    await createPlatformClient({ baseUrl: server.origin, key }).GET("/v1/suppliers");
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer key-1",
      "Bearer key-2",
      "Bearer key-3",
    ]);
  });

  test("fails with its own error, which is not retried", async () => {
    const failure = new Error("the vault is closed");
    let count = 0;
    const key = () => {
      count += 1;
      throw failure;
    };
    await expect(createPlatformClient({ baseUrl, key }).GET("/v1/suppliers")).rejects.toBe(failure);
    expect(count).toBe(1);
  });
});

describe("refused", () => {
  test.each<[string, Omit<ClientOptions, "baseUrl">, string]>([
    ["retries below 0", { retries: -1 }, "retries is a whole number"],
    ["half a retry", { retries: 0.5 }, "retries is a whole number"],
    ["a timeout of 0", { timeouts: { connectMs: 0 } }, "timeouts.connectMs is a number of milliseconds above 0"],
    ["a timeout that is none", { timeouts: { idleMs: Number.NaN } }, "timeouts.idleMs"],
    ["a timeout in words", { timeouts: { totalMs: "1s" as unknown as number } }, "timeouts.totalMs"],
  ])("%s", (_, options, message) => {
    expect(() => createPlatformClient({ baseUrl, ...options })).toThrow(message);
  });

  test("nothing of what may be left out", () => {
    const timeouts = { connectMs: undefined, idleMs: Number.POSITIVE_INFINITY };
    expect(
      createPlatformClient({ baseUrl, key: undefined, fetch: undefined, retries: undefined, timeouts }),
    ).toBeDefined();
  });
});

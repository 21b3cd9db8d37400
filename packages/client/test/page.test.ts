/** Lists that come a page at a time are read to their end, on either kind of document. */
import { describe, expect, test } from "vitest";
import { createMessagesClient, createPlatformClient, ForbiddenError } from "../src/index.ts";
import { json, serve, type TestServer } from "./server.ts";

const LETTERS = [..."abcdefg"];

/** A list of seven with pages of so many, which goes on by a cursor with characters that a query must spell. */
const paging = (): Promise<TestServer> =>
  serve(({ url }, response) => {
    const query = new URL(url, "http://x").searchParams;
    const limit = Number(query.get("limit") ?? 3);
    const from = Number((query.get("cursor") ?? "at:0+/=").slice(3, -3));
    const next = from + limit < LETTERS.length ? `at:${from + limit}+/=` : null;
    json(response, 200, { data: LETTERS.slice(from, from + limit).map((id) => ({ id })), next_cursor: next });
  });

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const platform = ({ origin }: TestServer) => createPlatformClient({ baseUrl: origin, key: "key" });

describe("by a cursor of their own", () => {
  test("pages come one by one", async () => {
    const server = await paging();
    const pages = await all(platform(server).pages("/v1/accounts"));
    expect(pages.map(({ data }) => data.map(({ id }) => id).join(""))).toEqual(["abc", "def", "g"]);
    expect(pages.map(({ next_cursor }) => next_cursor)).toEqual(["at:3+/=", "at:6+/=", null]);
  });

  test("items come one by one, and what was asked is asked of every page", async () => {
    const server = await paging();
    const init = { params: { query: { limit: 2 } }, headers: { "x-mine": "kept" } };
    const items = await all(platform(server).items("/v1/accounts", init));
    expect(items.map(({ id }) => id)).toEqual(LETTERS);
    expect(server.asked.map(({ url }) => url)).toEqual([
      "/v1/accounts?limit=2",
      "/v1/accounts?limit=2&cursor=at%3A2%2B%2F%3D",
      "/v1/accounts?limit=2&cursor=at%3A4%2B%2F%3D",
      "/v1/accounts?limit=2&cursor=at%3A6%2B%2F%3D",
    ]);
    expect(new Set(server.asked.map(({ headers }) => headers["x-mine"]))).toEqual(new Set(["kept"]));
  });

  test("they begin where the caller says", async () => {
    const server = await paging();
    const items = await all(platform(server).items("/v1/accounts", { params: { query: { cursor: "at:5+/=" } } }));
    expect(items.map(({ id }) => id)).toEqual(["f", "g"]);
  });

  test("nothing more is asked for once the loop is left", async () => {
    const server = await paging();
    for await (const { id } of platform(server).items("/v1/accounts")) if (id === "b") break;
    expect(server.asked).toHaveLength(1);
  });

  test("nothing is asked for before the loop begins", async () => {
    const server = await paging();
    platform(server).items("/v1/accounts");
    expect(server.asked).toEqual([]);
  });

  test("a list of nothing is one page", async () => {
    const server = await serve((_, response) => json(response, 200, { data: [], next_cursor: null }));
    expect(await all(platform(server).pages("/v1/accounts"))).toHaveLength(1);
    expect(await all(platform(server).items("/v1/accounts"))).toEqual([]);
  });

  test("the path's own parameters are kept", async () => {
    const server = await paging();
    await all(platform(server).items("/v1/accounts/{account_id}/keys", { params: { path: { account_id: "me" } } }));
    expect(server.asked.map(({ url }) => url.split("?")[0])).toEqual(Array(3).fill("/v1/accounts/me/keys"));
  });
});

test("by the id of what came last, as long as there is more", async () => {
  const server = await serve(({ url }, response) => {
    const after = new URL(url, "http://x").searchParams.get("after_id");
    const from = after === null ? 0 : LETTERS.indexOf(after) + 1;
    const data = LETTERS.slice(from, from + 4).map((id) => ({ id }));
    // The last page has a last id too.
    json(response, 200, { data, has_more: from + 4 < 7, first_id: data[0]?.id, last_id: data.at(-1)?.id });
  });
  const items = await all(createMessagesClient({ baseUrl: server.origin }).items("/v1/models"));
  expect(items.map(({ id }) => id)).toEqual(LETTERS);
  expect(server.asked.map(({ url }) => url)).toEqual(["/v1/models", "/v1/models?after_id=d"]);
});

describe("a list ends with an error", () => {
  test("of the status that a page has", async () => {
    const error = {
      error: { message: "no", type: "permission_error", param: null, code: null },
      errors: { detail: "no" },
    };
    const server = await serve((_, response) => {
      if (server.asked.length > 1) json(response, 403, error);
      else json(response, 200, { data: [{ id: "a" }], next_cursor: "b" });
    });
    const found: unknown[] = [];
    const reading = (async () => {
      for await (const item of platform(server).items("/v1/accounts")) found.push(item);
    })();
    await expect(reading).rejects.toBeInstanceOf(ForbiddenError);
    expect(found).toEqual([{ id: "a" }]);
  });

  test("where it turns in a circle", async () => {
    const server = await serve((_, response) => json(response, 200, { data: [], next_cursor: "again" }));
    await expect(all(platform(server).items("/v1/accounts"))).rejects.toThrow("the list goes on where it began");
    expect(server.asked).toHaveLength(2);
  });

  test("where there is no such list", () => {
    const client = platform({ origin: "http://localhost:4000" } as TestServer);
    expect(() => client.pages("/v1/suppliers" as "/v1/accounts")).toThrow("is no list that comes a page at a time");
  });
});

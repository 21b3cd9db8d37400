/**
 * Goal: nobody sees or changes what is another's. Method: every operation of the document is asked with a key that may not,
 * for everything in its path, and the other's house is looked at before and after; operations that are added are asked too.
 */

import { document } from "@interchange/contract/platform";
import { platformRoutes } from "@interchange/stubs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OperationId } from "../src/platform/operation.ts";
import { WHO } from "../src/platform/role.ts";
import { type Ask, asker, type House, openHouse, publicId, routeOf } from "./platform.ts";
import { ask as askSurface, INSTRUMENT, type Rig, startRig } from "./rig.ts";

let rig: Rig;
let ask: Ask;
/** Whose key asks, and whose things are asked for. */
let mine: House;
let theirs: House;
let things: Readonly<Record<string, string>>;

beforeAll(async () => {
  rig = await startRig();
  ask = asker(rig);
  mine = await openHouse(rig, { creditsMicros: 10_000_000 });
  theirs = await openHouse(rig, { creditsMicros: 10_000_000 });
  const bought = await ask("createPurchase", { key: theirs.key, body: { instrument: INSTRUMENT, tokens: "1000" } });
  const answer = await askSurface(rig, "messages", { key: theirs.key, base: "/inline" });
  await answer.text();
  await ask("putAutoBuy", { key: theirs.key, path: { instrument: INSTRUMENT }, body: BODIES.putAutoBuy });
  await ask("putAutoReload", { path: { account_id: theirs.accountId }, body: BODIES.putAutoReload });
  const market = { supplier: "cirrus", offer_id: `cirrus:${INSTRUMENT}:messages` };
  await ask("createSupplier", { body: { ...BODIES.createSupplier, name: market.supplier } });
  await ask("createOffer", { path: market, body: { ...BODIES.createOffer, instrument: INSTRUMENT } });
  things = {
    ...market,
    account_id: theirs.accountId,
    key_id: theirs.keyId,
    purchase_id: bought.body.id,
    request_id: answer.headers.get("request-id") ?? "",
    instrument: INSTRUMENT,
  };
});
afterAll(() => rig.close());

/** A good body for each operation that takes one. */
const BODIES = {
  createAccount: { name: "New" },
  updateAccount: { default_instrument: INSTRUMENT },
  createKey: { name: "another" },
  updateKey: { name: "renamed" },
  rotateKey: {},
  depositTokens: { instrument: INSTRUMENT, tokens: "1" },
  depositCredits: { amount_usd: "1" },
  createPurchase: { instrument: INSTRUMENT, tokens: "1" },
  putAutoBuy: { enabled: true, tokens: "1000", below_tokens: "10" },
  putAutoReload: { enabled: true, amount_usd: "1", below_usd: "0.5", monthly_limit_usd: "10" },
  createInstrument: { name: "new", tier: "max", description: "New.", context_tokens: 1, output_tokens_max: 1 },
  updateInstrument: { description: "Changed." },
  createSupplier: { name: "new", base_url: "http://127.0.0.1:9", dialects: ["messages"], status: "paused" },
  updateSupplier: { collects_data: true },
  createOffer: { instrument: "text-standard", dialect: "messages", model: "new", ask_per_unit_usd: "1" },
  updateOffer: { model: "changed" },
  explainRoute: { surface: "messages", request: { model: INSTRUMENT, max_tokens: 1, messages: [] } },
} as const satisfies Partial<Record<OperationId, object>>;

const OPERATIONS = platformRoutes.map(({ operationId }) => operationId);

function bodyOf(operation: OperationId): { body?: object } {
  const body = (BODIES as Partial<Record<OperationId, object>>)[operation];
  if (routeOf(operation).requestBody !== (body !== undefined)) throw new Error(`BODIES does not fit ${operation}`);
  return body === undefined ? {} : { body };
}

const ENDING = ["closeAccount", "revokeKey", "rotateKey", "deleteAutoReload", "removeSupplier", "removeOffer"];

/** What the query of an operation must have. */
function queryOf(operation: OperationId): { query?: Record<string, string> } {
  if (operation === "summarizeUsage") return { query: { by: "day" } };
  const period = { from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z" };
  return operation === "retrieveStatement" ? { query: period } : {};
}

/** Everything that can be seen of a house. */
async function seen({ accountId, keyId }: House): Promise<unknown> {
  const path = { account_id: accountId, key_id: keyId, purchase_id: things["purchase_id"] ?? "" };
  const reading: OperationId[] = ["retrieveAccount", "retrieveKey", "listKeys", "listBalances", "listLots"];
  reading.push(
    "listMovements",
    "retrieveCredits",
    "listPurchases",
    "listAutoBuys",
    "retrieveAutoReload",
    "listInvoices",
  );
  return Promise.all(reading.map(async (operation) => (await ask(operation, { path })).body));
}

const parametersOf = (operation: OperationId) =>
  [...routeOf(operation).path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");

describe("another account's things", () => {
  const named = OPERATIONS.filter((operation) => parametersOf(operation).some((name) => name !== "instrument"));

  test.each(named)("%s", async (operation) => {
    const path = Object.fromEntries(parametersOf(operation).map((name) => [name, things[name] as string]));
    expect(Object.values(path)).not.toContain(undefined);
    const before = await seen(theirs);
    const asked = { key: mine.key, path, ...bodyOf(operation), ...queryOf(operation) };
    const told = await ask(operation, asked);
    expect(told.status).toBe(WHO[operation] === "operator" ? 403 : 404);
    expect(await seen(theirs)).toEqual(before);
    // Their owner and an operator may, so it was the key that was refused and not the request.
    const allowed = WHO[operation] === "operator" ? undefined : theirs.key;
    if (!FINAL.has(operation)) {
      expect((await ask(operation, { ...asked, key: allowed ?? rig.operatorKey })).status).toBeLessThan(300);
    }
  });

  /** After these the house would be no more. */
  const FINAL: ReadonlySet<string> = new Set(ENDING);

  test.each(named.filter((operation) => WHO[operation] === "own"))(
    "%s tells nobody's and another's alike",
    async (operation) => {
      const names = parametersOf(operation).filter((name) => name !== "instrument");
      const told = async (value: (name: string) => string) => {
        const path = Object.fromEntries(names.map((name) => [name, value(name)]));
        const asked = {
          key: mine.key,
          path: { instrument: INSTRUMENT, ...path },
          ...bodyOf(operation),
          ...queryOf(operation),
        };
        const { status, body } = await ask(operation, asked);
        return { status, error: JSON.stringify(body).replaceAll(path[names[0] ?? ""] ?? "", "…") };
      };
      const nobodys = (name: string) => (name === "request_id" ? `req_${"0".repeat(32)}` : "nobodys");
      expect(await told((name) => things[name] ?? "")).toEqual(await told(nobodys));
    },
  );

  test.each(OPERATIONS.filter(hasAccountQuery))("%s by the query", async (operation) => {
    const query = { ...queryOf(operation).query, account_id: theirs.accountId };
    expect((await ask(operation, { key: mine.key, query })).status).toBe(404);
    expect((await ask(operation, { key: mine.key, query: { ...query, account_id: "nobodys" } })).status).toBe(404);
    expect((await ask(operation, { query: { ...query, account_id: "nobodys" } })).status).toBe(404);
    expect((await ask(operation, { query })).status).toBe(200);
    for (const own of [mine.accountId, "me"]) {
      expect((await ask(operation, { key: mine.key, query: { ...query, account_id: own } })).status).toBe(200);
    }
  });

  test("nothing of it is in a list", async () => {
    const lists = [
      await ask("listUsage", { key: mine.key }),
      await ask("listUsage", { key: mine.key, query: { key_id: theirs.keyId } }),
    ];
    expect(lists.map(({ body }) => body.data)).toEqual([[], []]);
    const { body } = await ask("listUsage", { query: { key_id: theirs.keyId } });
    expect(body.data).toMatchObject([{ account_id: theirs.accountId, key_id: theirs.keyId }]);
  });
});

interface Parameters {
  readonly parameters?: readonly { readonly $ref?: string; readonly name?: string; readonly in?: string }[];
}

function hasAccountQuery(operation: OperationId): boolean {
  const { path, method } = routeOf(operation);
  const { parameters = [] } = (document.paths[path] as Record<string, Parameters>)[method] ?? {};
  return parameters.some(
    ({ $ref = "", name, in: place }) => (name === "account_id" && place === "query") || $ref.endsWith("/of-account"),
  );
}

test("there is an operation with the account in its query", () => {
  expect(OPERATIONS.filter(hasAccountQuery)).toEqual(["listUsage", "summarizeUsage"]);
});

describe("operators alone", () => {
  test.each(OPERATIONS.filter((operation) => WHO[operation] === "operator"))("%s", async (operation) => {
    const asked = { key: mine.key, path: { ...things, account_id: mine.accountId }, ...bodyOf(operation) };
    const { status, body } = await ask(operation, asked);
    expect([status, body.error.code]).toEqual([403, "permission_denied"]);
  });
});

test("what operators alone may change is as it was, whoever else has tried", async () => {
  const seen = async () => [
    (await ask("listInstruments")).body,
    (await ask("listSuppliers")).body,
    (await ask("listInstrumentOffers", { path: { instrument: INSTRUMENT } })).body,
  ];
  const before = await seen();
  const changing = OPERATIONS.filter(
    (operation) => WHO[operation] === "operator" && routeOf(operation).method !== "get",
  );
  expect(changing).toContain("removeOffer");
  for (const operation of changing) {
    expect((await ask(operation, { key: mine.key, path: things, ...bodyOf(operation) })).status).toBe(403);
  }
  expect(await seen()).toEqual(before);
});

describe("nobody without a key in force", () => {
  test.each(OPERATIONS)("%s", async (operation) => {
    const asked = { path: things, ...bodyOf(operation), ...queryOf(operation) };
    const wrong = `ick_${"a".repeat(16)}_${"b".repeat(32)}`;
    for (const key of [null, wrong, "nonsense"]) expect((await ask(operation, { ...asked, key })).status).toBe(401);
  });

  test("a key that was revoked or has expired", async () => {
    const { secret: revoked } = (await ask("createKey", { key: mine.key, body: {} })).body;
    const expires_at = new Date(rig.nowMs() + 1_000).toISOString();
    const { secret: expired } = (await ask("createKey", { key: mine.key, body: { expires_at } })).body;
    const statuses = async () => [
      (await ask("retrieveAccount", { key: revoked })).status,
      (await ask("retrieveAccount", { key: expired })).status,
    ];
    expect(await statuses()).toEqual([200, 200]);
    await ask("revokeKey", { key: revoked, path: { key_id: publicId(revoked) } });
    rig.later(1_001);
    expect(await statuses()).toEqual([401, 401]);
  });

  test("either header will do", async () => {
    const { body } = await ask("retrieveAccount", { key: null, headers: { "x-api-key": mine.key } });
    expect(body.id).toBe(mine.accountId);
  });

  test("an operator key is no key for inference, and its account is `me`", async () => {
    expect((await ask("retrieveAccount")).body.id).toBe(rig.accountId);
    expect((await askSurface(rig, "messages", { key: rig.operatorKey })).status).toBe(403);
  });
});

test.each(["%00", "%F0%9F%98%80", "a".repeat(257), "%2e%2e", "me%20"])("an account by the name of %s", async (name) => {
  const answer = await fetch(`${rig.url}/v1/accounts/${name}`, { headers: { "x-api-key": rig.operatorKey } });
  expect([404, 422]).toContain(answer.status);
  expect(await answer.json()).toMatchObject({ error: { message: expect.any(String) } });
});

describe("what is no operation", () => {
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${rig.url}${path}`, { headers: { "x-api-key": mine.key, ...headers } });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  test.each(["/v1/accounts/me/nonsense", "/V1/Usage/a/b", "/v1/accounts/messages/x", "/v1/keys"])(
    "%s",
    async (path) => {
      // Also for whoever comes with another surface's header.
      const { status, body } = await get(path, { "anthropic-version": "2023-06-01" });
      expect([status, Object.keys(body)]).toEqual([404, ["error", "errors"]]);
      expect(body["errors"]).toEqual({
        detail: expect.stringMatching(/managed at \/v1\/accounts, .*\/v1\/usage, .*\/v1\/route:explain\.$/),
      });
    },
  );

  test("a method that no path has", async () => {
    const answer = await fetch(`${rig.url}/v1/accounts/me`, { method: "DELETE", headers: { "x-api-key": mine.key } });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, PATCH"]);
  });
});

test("a gateway that stops lets itself be looked at, and changes nothing any more", async () => {
  const stopping = await startRig({ followMs: 1_000 });
  const answer = await askSurface(stopping, "messages", { redirect: "manual" });
  expect(answer.status).toBe(307);
  const closed = stopping.close();
  const headers = { "anthropic-version": "2023-06-01" };
  const { status, body } = await asker(stopping)("updateAccount", { headers, body: { name: "late" } });
  expect([status, body.error.code]).toEqual([503, "stopping"]);
  const path = { request_id: answer.headers.get("request-id") ?? "" };
  const seen = await asker(stopping)("retrieveUsage", { headers, path });
  expect([seen.status, seen.body.status, seen.headers["connection"]]).toEqual([200, "pending", "close"]);
  await closed;
});

test("a key of another form is told what keys look like here", async () => {
  const { status, body } = await ask("retrieveAccount", { key: "sk-proj-1234" });
  expect([status, body.error.message]).toEqual([401, "The key does not have the form of a key (ick_…)."]);
  const answer = await askSurface(rig, "messages", { key: "sk-proj-1234" });
  expect(await answer.text()).toContain("The key does not have the form of a Consumption key (ick_…).");
});

test("no cache keeps any of it, said or refused", async () => {
  const path = { account_id: mine.accountId };
  const answers = [
    await ask("createKey", { path, body: {} }),
    await ask("retrieveCredits", { key: mine.key }),
    await ask("deleteAutoReload", { key: mine.key }),
    await ask("retrieveAccount", { key: mine.key, path: { account_id: theirs.accountId } }),
    await ask("retrieveAccount", { key: null }),
  ];
  expect(answers.map(({ status, headers }) => [status, headers["cache-control"]])).toEqual(
    [201, 200, 204, 404, 401].map((status) => [status, "no-store"]),
  );
  for (const lost of ["/v1/keys", "/v1/accounts/%zz"]) {
    expect([lost, (await fetch(`${rig.url}${lost}`)).headers.get("cache-control")]).toEqual([lost, "no-store"]);
  }
});

test("a HEAD tells what a GET would, without its body", async () => {
  const headers = { "x-api-key": mine.key };
  const answer = await fetch(`${rig.url}/v1/accounts/me/credits`, { method: "HEAD", headers });
  expect([answer.status, await answer.text()]).toEqual([200, ""]);
});

test("every host has it", async () => {
  const hosts = { "chat-completions": ["chat.test"], messages: ["messages.test"] };
  const hosted = await startRig({ config: { hosts } });
  for (const host of ["chat.test", "messages.test", "elsewhere.test"]) {
    const { status } = await asker(hosted)("retrieveAccount", { key: hosted.key, headers: { host } });
    expect([host, status]).toEqual([host, 200]);
  }
  await hosted.close();
});

test("a page may use every method", async () => {
  const answer = await fetch(`${rig.url}/v1/accounts/me`, {
    method: "OPTIONS",
    headers: { origin: "https://page.test" },
  });
  expect(answer.headers.get("access-control-allow-methods")).toBe("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
});

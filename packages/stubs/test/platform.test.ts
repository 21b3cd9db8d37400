/**
 * The platform's document mounted: what its handlers are given of a query, a path and a body, and what is refused before
 * them. Every handler answers with what it was given, so that the test sees it as the handler does.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { document } from "@interchange/contract/platform";
import { explain, statusOf } from "@interchange/inference";
import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AnyRequest, type AnyResponse, createServer, mount, platformRoutes } from "../src/index.ts";

const told = (operationId: string) => {
  return ({ path, query, body }: AnyRequest): AnyResponse =>
    /^(delete|remove)/.test(operationId) ? { status: 204 } : { status: 200, body: { operationId, path, query, body } };
};

let url: string;
let close: () => void;
beforeAll(async () => {
  const router = mount({
    document,
    routes: platformRoutes,
    handlers: Object.fromEntries(platformRoutes.map(({ operationId }) => [operationId, told(operationId)])),
    bodyBytesMax: 10_000,
    enter: (_req, _route, requestId) => ({ kind: "entered", context: { requestId } }),
    refuse: (refusal) => ({ status: statusOf(refusal), body: { said: explain(refusal) } }),
    newRequestId: () => "req_1",
    readError: (error) => {
      throw error;
    },
  });
  const server = createServer(express().use(router));
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => void server.close();
});
afterAll(() => close());

async function ask(line: string, body?: unknown): Promise<[status: number, body: Record<string, unknown>]> {
  const [method = "", path = ""] = line.split(" ");
  const sent = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${url}${path}`, { method, ...(body === undefined ? {} : sent) });
  const text = await response.text();
  return [response.status, text === "" ? {} : JSON.parse(text)];
}

describe("a handler is given", () => {
  test("numbers, truths and words of the query", async () => {
    const query = "limit=5&overrun=true&status=pending&from=2026-11-01T00:00:00Z&cursor=a:b/c=";
    expect(await ask(`GET /v1/usage?${query}`)).toEqual([
      200,
      {
        operationId: "listUsage",
        path: {},
        query: { limit: 5, overrun: true, status: "pending", from: "2026-11-01T00:00:00Z", cursor: "a:b/c=" },
      },
    ]);
  });

  test.each([
    ["GET /v1/usage/summary?by=day", "summarizeUsage", {}],
    ["GET /v1/usage/req_1", "retrieveUsage", { request_id: "req_1" }],
    ["GET /v1/accounts/me", "retrieveAccount", { account_id: "me" }],
    ["POST /v1/accounts/a%20b/close", "closeAccount", { account_id: "a b" }],
    ["POST /v1/keys/4q0ryh9m2t6c8x1v/revoke", "revokeKey", { key_id: "4q0ryh9m2t6c8x1v" }],
    ["POST /v1/instruments/text-prime/retire", "retireInstrument", { instrument: "text-prime" }],
    ["GET /v1/suppliers/stratus.eu-1/health", "listSupplierHealth", { supplier: "stratus.eu-1" }],
    ["GET /v1/offers/cirrus:text-prime:messages", "retrieveOffer", { offer_id: "cirrus:text-prime:messages" }],
    ["GET /v1/offers/cirrus%3Atext-prime%3Amessages", "retrieveOffer", { offer_id: "cirrus:text-prime:messages" }],
  ])("%s as %s", async (line, operationId, path) => {
    expect(await ask(line)).toMatchObject([200, { operationId, path }]);
  });

  test("both words of a path", async () => {
    const body = { enabled: true, tokens: "1", below_tokens: "0" };
    const path = { account_id: "acme", instrument: "text-prime" };
    expect(await ask("PUT /v1/accounts/acme/auto-buy/text-prime", body)).toMatchObject([200, { path, body }]);
  });

  test("a body with what nobody knows, as it is", async () => {
    const body = { default_instrument: null, colour: { any: [1] } };
    expect(await ask("PATCH /v1/accounts/acme", body)).toMatchObject([200, { operationId: "updateAccount", body }]);
  });

  test("nothing by default", async () => {
    expect(await ask("POST /v1/accounts/acme/keys", {})).toMatchObject([200, { body: {} }]);
    expect(await ask("GET /v1/accounts")).toMatchObject([200, { query: {} }]);
  });
});

describe("a body that may be left out", () => {
  const send = (headers: Record<string, string>, body?: string) =>
    fetch(`${url}/v1/keys/a/rotate`, { method: "POST", headers, ...(body === undefined ? {} : { body }) });

  test.each([{}, { "content-type": "application/json" }, { "content-type": "text/plain" }])(
    "is not looked for where there is none: %j",
    async (headers) => {
      const answer = await send(headers);
      expect([answer.status, await answer.json()]).toEqual([
        200,
        { operationId: "rotateKey", path: { key_id: "a" }, query: {} },
      ]);
    },
  );

  test.each([
    ["text/plain", "{}", 415],
    ["application/json", "{", 400],
    ["application/json", "null", 400],
    ["application/json", '{"overlap_seconds":-1}', 422],
    ["application/json", "{}", 200],
  ])("is read as any other where there is one: %s %s is answered %i", async (type, body, want) => {
    expect((await send({ "content-type": type }, body)).status).toBe(want);
  });

  test("is asked for where the contract does", async () => {
    expect((await fetch(`${url}/v1/accounts/a/keys`, { method: "POST" })).status).toBe(415);
  });
});

describe("a path with a colon in it", () => {
  const body = { surface: "messages", request: { model: "text-prime", anything: [1] } };

  test("is one path, and its colon begins no parameter", async () => {
    const asked = { operationId: "explainRoute", path: {}, query: {}, body };
    expect(await ask("POST /v1/route:explain", body)).toEqual([200, asked]);
    expect(await ask("POST /V1/Route:Explain/?x=y", body)).toMatchObject([200, { ...asked, query: { x: "y" } }]);
  });

  test.each([
    ["/v1/route", 404],
    ["/v1/routes", 404],
    ["/v1/route:", 404],
    ["/v1/route:explained", 404],
    ["/v1/route/explain", 404],
    ["/v1/route:explain/more", 404],
  ])("is not %s", async (path, want) => {
    const sent = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    expect((await fetch(`${url}${path}`, sent)).status).toBe(want);
  });

  test.each(["GET", "HEAD", "PUT", "PATCH", "DELETE"])("refuses %s as any other does", async (method) => {
    const answer = await fetch(`${url}/v1/route:explain`, { method });
    const said = await answer.text();
    expect([answer.status, said]).toEqual([405, method === "HEAD" ? "" : expect.stringContaining("use POST")]);
  });
});

test("an answer without a body has none", async () => {
  expect(await ask("DELETE /v1/offers/cirrus:text-prime:messages")).toEqual([204, {}]);
  expect(await ask("DELETE /v1/accounts/me/auto-buy/text-prime")).toEqual([204, {}]);
});

const BALANCE = "9".repeat(16);
const tokens = (given: unknown) => ({ instrument: "text-prime", tokens: given });
const credits = (given: unknown) => ({ amount_usd: given });
const limits = (running_max: unknown) => ({ limits: { running_max } });
const key = (expires_at: unknown) => ({ expires_at });
const supplier = (more: object) => ({
  name: "cirrus",
  base_url: "https://api.cirrus.example",
  dialects: ["messages"],
  ...more,
});
const instrument = (more: object) => ({
  name: "text-night",
  tier: "standard",
  description: "Text.",
  context_tokens: 1_000,
  output_tokens_max: 100,
  ...more,
});
const offer = (more: object) => ({
  instrument: "text-prime",
  dialect: "messages",
  model: "m",
  ask_per_unit_usd: "0.45",
  ...more,
});
const secretOf = (credential_env: unknown) => supplier({ credential_env });
const at = (base_url: unknown) => supplier({ base_url });

describe("what is put in is bounded", () => {
  test.each<[line: string, body: unknown, want: number]>([
    ["POST /v1/accounts/a/lots", tokens("1"), 200],
    ["POST /v1/accounts/a/lots", tokens(BALANCE), 200],
    ["POST /v1/accounts/a/lots", tokens(`${BALANCE}9`), 422],
    ["POST /v1/accounts/a/lots", tokens("0"), 422],
    ["POST /v1/accounts/a/lots", tokens("-1"), 422],
    ["POST /v1/accounts/a/lots", tokens("1.5"), 422],
    ["POST /v1/accounts/a/lots", tokens("1e9"), 422],
    ["POST /v1/accounts/a/lots", tokens(" 1"), 422],
    ["POST /v1/accounts/a/lots", tokens("1\n"), 422],
    ["POST /v1/accounts/a/lots", tokens(1), 400],
    ["POST /v1/accounts/a/lots", tokens(null), 400],
    ["POST /v1/accounts/a/lots", { instrument: "text-prime" }, 400],
    ["POST /v1/accounts/a/lots", { ...tokens("1"), cost_usd: "0" }, 200],
    ["POST /v1/accounts/a/credits", credits("0.000001"), 200],
    ["POST /v1/accounts/a/credits", credits("9999999999.999999"), 200],
    ["POST /v1/accounts/a/credits", credits("10000000000"), 422],
    ["POST /v1/accounts/a/credits", credits("0"), 422],
    ["POST /v1/accounts/a/credits", credits("0.000000"), 422],
    ["POST /v1/accounts/a/credits", credits("0.0000001"), 422],
    ["POST /v1/accounts/a/credits", credits("-20"), 422],
    ["POST /v1/accounts/a/credits", credits("01"), 422],
    ["POST /v1/accounts/a/credits", credits("1,5"), 422],
    ["POST /v1/accounts/a/credits", credits("NaN"), 422],
    ["POST /v1/accounts/a/credits", credits(20), 400],
    ["PATCH /v1/accounts/a", limits(1), 200],
    ["PATCH /v1/accounts/a", limits(1_000_000_000), 200],
    ["PATCH /v1/accounts/a", limits(null), 200],
    ["PATCH /v1/accounts/a", limits(0), 422],
    ["PATCH /v1/accounts/a", limits(1_000_000_001), 422],
    ["PATCH /v1/accounts/a", limits(1.5), 400],
    ["PATCH /v1/accounts/a", limits("1"), 400],
    ["POST /v1/keys/a/rotate", { overlap_seconds: 0 }, 200],
    ["POST /v1/keys/a/rotate", { overlap_seconds: 2_592_000 }, 200],
    ["POST /v1/keys/a/rotate", { overlap_seconds: 2_592_001 }, 422],
    ["POST /v1/keys/a/rotate", { overlap_seconds: -1 }, 422],
    ["POST /v1/accounts/a/keys", key("2027-02-28T23:59:59Z"), 200],
    ["POST /v1/accounts/a/keys", key("2027-02-28T23:59:59.123Z"), 200],
    ["POST /v1/accounts/a/keys", key(null), 200],
    ["POST /v1/accounts/a/keys", key("2027-02-28"), 422],
    ["POST /v1/accounts/a/keys", key("2027-13-28T23:59:59Z"), 422],
    ["POST /v1/accounts/a/keys", key("2027-02-28T23:59:59+01:00"), 422],
    ["POST /v1/accounts/a/keys", key(1_800_000_000), 400],
    ["POST /v1/accounts/a/keys", { role: "admin" }, 422],
    ["POST /v1/accounts/a/keys", { instruments: [] }, 422],
    ["POST /v1/accounts", { name: "👋".repeat(256) }, 200],
    ["POST /v1/accounts", { name: "n".repeat(257) }, 422],
    ["POST /v1/accounts", { name: "" }, 422],
    ["POST /v1/accounts", { name: "a\u0000b" }, 422],
    ["POST /v1/accounts", { name: "\ud800" }, 422],
    ["POST /v1/accounts", { name: "a", id: "a.b_c:d-e" }, 200],
    ["POST /v1/accounts", { name: "a", id: "melon" }, 200],
    ["POST /v1/accounts", { name: "a", id: "me" }, 422],
    ["POST /v1/accounts", { name: "a", id: "a/b" }, 422],
    ["POST /v1/accounts", { name: "a", id: "" }, 422],
    ["POST /v1/instruments", instrument({}), 200],
    ["POST /v1/instruments", instrument({ name: "a.b-3" }), 200],
    ["POST /v1/instruments", instrument({ name: "n".repeat(64) }), 200],
    ["POST /v1/instruments", instrument({ name: "n".repeat(65) }), 422],
    ["POST /v1/instruments", instrument({ name: "" }), 422],
    ["POST /v1/instruments", instrument({ name: ".." }), 422],
    ["POST /v1/instruments", instrument({ name: "Text" }), 422],
    ["POST /v1/instruments", instrument({ name: "a:b" }), 422],
    ["POST /v1/instruments", instrument({ name: "a\n" }), 422],
    ["POST /v1/instruments", instrument({ tier: "great" }), 422],
    ["POST /v1/instruments", instrument({ context_tokens: 0 }), 422],
    ["POST /v1/instruments", instrument({ context_tokens: 1.5 }), 400],
    ["POST /v1/instruments", instrument({ modalities: [] }), 422],
    ["POST /v1/instruments", instrument({ modalities: ["smell"] }), 422],
    ["POST /v1/instruments", instrument({ features: ["magic"] }), 422],
    ["POST /v1/instruments", instrument({ features: ["blank-stop-sequences"] }), 200],
    ["POST /v1/instruments", instrument({ floors: { quality_min: null, first_token_ms_max: 0.5 } }), 422],
    ["POST /v1/instruments", instrument({ floors: { quality_min: 100.1 } }), 422],
    ["POST /v1/instruments", instrument({ price_per_unit_usd: "999999.999999" }), 200],
    ["POST /v1/instruments", instrument({ price_per_unit_usd: "1000000" }), 422],
    ["POST /v1/instruments", instrument({ price_per_unit_usd: null, ask_per_unit_usd_max: "0" }), 200],
    ["POST /v1/instruments", instrument({ ask_per_unit_usd_max: 0.5 }), 400],
    ["POST /v1/instruments", instrument({ effective_at: "soon" }), 422],
    ["POST /v1/instruments", { name: "text-night" }, 400],
    ["PATCH /v1/instruments/text-prime", {}, 200],
    ["PATCH /v1/instruments/text-prime", { if_version: 1 }, 200],
    ["PATCH /v1/instruments/text-prime", { if_version: 0 }, 422],
    ["PATCH /v1/instruments/text-prime", { if_version: "1" }, 400],
    ["PATCH /v1/instruments/text-prime", { status: "scheduled" }, 422],
    ["POST /v1/suppliers", supplier({}), 200],
    ["POST /v1/suppliers", supplier({ dialects: [] }), 422],
    ["POST /v1/suppliers", supplier({ dialects: ["responses"] }), 422],
    ["POST /v1/suppliers", supplier({ dialects: "messages" }), 400],
    ["POST /v1/suppliers", supplier({ status: "gone" }), 422],
    ["POST /v1/suppliers", supplier({ timeouts: { total_ms: 86_400_001 } }), 422],
    ["POST /v1/suppliers", supplier({ quirks: { thinking: "adaptive" } }), 200],
    ["POST /v1/suppliers", supplier({ quirks: { thinking: "hard" } }), 422],
    ["POST /v1/suppliers", supplier({ quirks: { efforts: [] } }), 422],
    ["POST /v1/suppliers", supplier({ quirks: { tool_ids: { alphabet: "word" } } }), 400],
    ["POST /v1/suppliers", at("http://10.0.0.7:8000/v1"), 200],
    ["POST /v1/suppliers", at("https://api.cirrus.example/a@b"), 200],
    ["POST /v1/suppliers", at("https://me:secret@api.cirrus.example"), 422],
    ["POST /v1/suppliers", at("https://api.cirrus.example?key=1"), 422],
    ["POST /v1/suppliers", at("file:///etc/passwd"), 422],
    ["POST /v1/suppliers", at("api.cirrus.example"), 422],
    ["POST /v1/suppliers", secretOf("SUPPLIER_CIRRUS_2"), 200],
    ["POST /v1/suppliers", secretOf(`SUPPLIER_${"A".repeat(100)}`), 200],
    ["POST /v1/suppliers", secretOf(`SUPPLIER_${"A".repeat(101)}`), 422],
    ["POST /v1/suppliers", secretOf(null), 200],
    ["POST /v1/suppliers", secretOf("SUPPLIER_"), 422],
    ["POST /v1/suppliers", secretOf("DATABASE_URL"), 422],
    ["POST /v1/suppliers", secretOf("X_SUPPLIER_A"), 422],
    ["POST /v1/suppliers", secretOf("SUPPLIER_A\nB"), 422],
    ["POST /v1/suppliers", secretOf("sk-secret"), 422],
    ["PATCH /v1/suppliers/cirrus", { credential_env: "DATABASE_URL" }, 422],
    ["PATCH /v1/suppliers/cirrus", { status: "draining", collects_data: null }, 200],
    ["PATCH /v1/suppliers/cirrus", { collects_data: "no" }, 400],
    ["POST /v1/suppliers/cirrus/offers", offer({}), 200],
    ["POST /v1/suppliers/cirrus/offers", offer({ features: null, context_tokens: null, running_max: null }), 200],
    ["POST /v1/suppliers/cirrus/offers", offer({ running_max: 0 }), 422],
    ["POST /v1/suppliers/cirrus/offers", offer({ model: "" }), 422],
    ["POST /v1/suppliers/cirrus/offers", offer({ ask_per_unit_usd: "-1" }), 422],
    ["POST /v1/suppliers/cirrus/offers", offer({ ask_per_unit_usd: undefined }), 400],
    ["POST /v1/suppliers/cirrus/offers", offer({ lacks: null }), 400],
    ["PATCH /v1/offers/cirrus:text-prime:messages", { ask_per_unit_usd: "0" }, 200],
    ["PATCH /v1/offers/cirrus:text-prime:messages", { ask_per_unit_usd: null }, 400],
    ["POST /v1/route:explain", { surface: "messages", request: {} }, 200],
    ["POST /v1/route:explain", { surface: "responses", request: {} }, 422],
    ["POST /v1/route:explain", { surface: "messages" }, 400],
    ["POST /v1/route:explain", { surface: "messages", request: "{}" }, 400],
    ["POST /v1/route:explain", { surface: "messages", request: [] }, 400],
  ])("%s %j is answered %i", async (line, body, want) => {
    const [status, said] = await ask(line, body);
    expect([status, said]).toEqual([want, expect.anything()]);
  });

  test.each([
    ["GET /v1/usage?limit=100", 200],
    ["GET /v1/usage?limit=0", 422],
    ["GET /v1/usage?limit=101", 422],
    ["GET /v1/usage?limit=few", 400],
    ["GET /v1/usage?overrun=false", 200],
    ["GET /v1/usage?overrun=perhaps", 400],
    ["GET /v1/usage?status=done", 422],
    ["GET /v1/usage?from=yesterday", 422],
    ["GET /v1/usage?cursor=", 422],
    ["GET /v1/usage/summary", 400],
    ["GET /v1/usage/summary?by=hour", 422],
    ["GET /v1/accounts/a/statement?from=2026-11-01T00:00:00Z", 400],
    [`GET /v1/accounts/${"a".repeat(256)}`, 200],
    [`GET /v1/accounts/${"a".repeat(257)}`, 422],
    ["DELETE /v1/usage/summary", 405],
    ["POST /v1/accounts/a", 405],
    [`GET /v1/suppliers/${"s".repeat(64)}`, 200],
    [`GET /v1/suppliers/${"s".repeat(65)}`, 422],
    [`GET /v1/offers/${"o".repeat(257)}`, 422],
    ["GET /v1/instruments/text-prime/versions?limit=0", 422],
    ["PUT /v1/offers/cirrus:text-prime:messages", 405],
  ])("%s is answered %i", async (line, want) => {
    expect((await ask(line))[0]).toBe(want);
  });
});

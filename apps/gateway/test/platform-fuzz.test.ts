/** Whatever is asked of the platform, by whomever, it is answered in contract, never with a bug, and the books add up. */
import { platformRoutes } from "@interchange/stubs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ask, asker, type House, openHouse } from "./platform.ts";
import { INSTRUMENT, type Rig, startRig } from "./rig.ts";

let rig: Rig;
let ask: Ask;
let house: House;
beforeAll(async () => {
  rig = await startRig();
  ask = asker(rig);
  house = await openHouse(rig, { creditsMicros: 1_000_000 });
  await ask("createSupplier", { body: { ...GOOD, name: OWN.supplier, status: "paused" } });
  await ask("createOffer", { path: OWN, body: GOOD });
});
afterAll(() => rig.close());

const TEXTS = [
  "",
  "me",
  "0",
  "-1",
  "1",
  "1.5",
  "1e400",
  "9007199254740993",
  "text-max",
  "TEXT-PRIME",
  "true",
  "day",
  "reconciled",
  "2026-11-23T15:04:06Z",
  "2026-02-31T00:00:00Z",
  "😀",
  "a\u0000b",
  "../../etc",
  "a/b",
  "%",
  "x".repeat(300),
  "__proto__",
  "constructor",
];

const text = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...TEXTS) }, { weight: 1, arbitrary: fc.string() });

const value = fc.oneof(
  text,
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.constant([]),
  fc.constant({}),
);

const QUERY = ["limit", "cursor", "instrument", "account_id", "key_id", "status", "overrun", "from", "to", "by"];

const BODY = ["id", "name", "default_instrument", "limits", "role", "inline", "instruments", "expires_at"];
BODY.push("overlap_seconds", "instrument", "tokens", "cost_usd", "reference", "amount_usd", "enabled", "below_tokens");
BODY.push("price_usd_per_unit_max", "below_usd", "monthly_limit_usd", "requests_per_minute", "running_max");
BODY.push(
  "tier",
  "description",
  "floors",
  "context_tokens",
  "output_tokens_max",
  "modalities",
  "features",
  "effective_at",
);
BODY.push("if_version", "base_url", "dialects", "credential_env", "collects_data", "timeouts", "quirks", "status");
BODY.push("dialect", "model", "ask_per_unit_usd", "lacks", "surface", "request");

/** Good for most operations, so that what is put over it is looked at. */
const GOOD = {
  name: "fuzzed",
  tier: "max",
  description: "Fuzzed.",
  context_tokens: 10,
  output_tokens_max: 10,
  base_url: "http://127.0.0.1:9",
  dialects: ["messages"],
  dialect: "messages",
  model: "m",
  ask_per_unit_usd: "1",
  surface: "messages",
  request: { model: INSTRUMENT, max_tokens: 1, messages: [{ role: "user", content: "Hello" }] },
  instrument: INSTRUMENT,
  tokens: "1",
  amount_usd: "1",
  enabled: false,
  below_tokens: "1",
  below_usd: "1",
  monthly_limit_usd: "1",
};

/** What there is, until it is removed: nobody buys there. */
const OWN = { account_id: "me", supplier: "cirrus", offer_id: `cirrus:${INSTRUMENT}:messages` };

/** These would end what the others need. */
const FINAL: ReadonlySet<string> = new Set(["closeAccount", "revokeKey", "rotateKey", "retireInstrument"]);

const OPERATIONS = platformRoutes.map(({ operationId }) => operationId).filter((operation) => !FINAL.has(operation));

test("anything at all", async () => {
  const asked = fc.record({
    operation: fc.constantFrom(...OPERATIONS),
    isOperator: fc.boolean(),
    ids: fc.array(
      text.filter((id) => id !== "." && id !== ".." && id.isWellFormed()),
      { minLength: 4, maxLength: 4 },
    ),
    isOwn: fc.boolean(),
    query: fc.array(fc.tuple(fc.constantFrom(...QUERY), text), { maxLength: 4 }),
    body: fc.dictionary(fc.constantFrom(...BODY), value, { maxKeys: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(asked, async ({ operation, isOperator, ids, isOwn, query, body }) => {
      const [account_id = "", key_id = "", purchase_id = "", instrument = ""] = ids.map((id) => id || "none");
      const named = {
        account_id,
        key_id,
        purchase_id,
        request_id: key_id,
        instrument,
        supplier: key_id,
        offer_id: key_id,
      };
      const path = isOwn ? { ...named, ...OWN } : named;
      const hasBody = platformRoutes.some((route) => route.operationId === operation && route.requestBody);
      const told = await ask(operation, {
        key: isOperator ? rig.operatorKey : house.key,
        path,
        query,
        ...(hasBody ? { body: { ...GOOD, ...body } } : {}),
      });
      expect(told.status).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
  expect(await rig.gateway.engine.ledger.audit()).toEqual([]);
});

test.each([
  "/v1/usage?instrument=a&instrument=b",
  "/v1/usage?account_id=a&account_id=b",
  "/v1/usage?limit=1&limit=2",
  "/v1/usage?from=2026-01-01T00:00:00Z&from=x",
  "/v1/usage?limit=5&instrument=Text-Max",
  "/v1/usage/summary",
  "/v1/usage/summary?by=day",
  "/v1/accounts/me/statement",
  "/v1/accounts/me/lots?limit=0",
  "/v1/accounts/me",
])("HEAD of %s is what GET is, without its body", async (path) => {
  const headers = { authorization: `Bearer ${house.key}` };
  const [head, get] = await Promise.all([
    fetch(`${rig.url}${path}`, { method: "HEAD", headers }),
    fetch(`${rig.url}${path}`, { headers }),
  ]);
  expect(get.status).toBeLessThan(500);
  expect([head.status, await head.text()]).toEqual([get.status, ""]);
});

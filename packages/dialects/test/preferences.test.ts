/** Goal: wishes about who may answer are read alike on every surface, and no supplier hears of them. */
import * as contract from "@interchange/contract";
import { FEATURES } from "@interchange/inference";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dialect, dialects, NO_QUIRKS } from "../src/index.ts";
import { valuesOf } from "./body.ts";
import type { Json } from "./situation.ts";

const NAMES = ["chat-completions", "messages"] as const;
const BASE = { model: "m", max_tokens: 5, messages: [{ role: "user", content: "hi" }] };
const SAFE = Number.MAX_SAFE_INTEGER;

const CHECKS = {
  "chat-completions": contract.chatCompletions.validators.createChatCompletion.request,
  messages: contract.messages.validators.createMessage.request,
};

function readBy(surface: (typeof NAMES)[number], body: object) {
  return (dialects[surface] as Dialect<never>).surface.readRequest({ ...BASE, ...body } as never);
}

type Row = readonly [name: string, provider: object, want: object | undefined];

const GIVEN: readonly Row[] = [
  ["nothing", {}, undefined],
  ["an order", { order: ["b", "a"] }, { order: ["b", "a"] }],
  ["names as they are spelt", { only: ["Cirrus", "cirrus"] }, { only: ["Cirrus", "cirrus"] }],
  ["who may not", { ignore: ["a"] }, { ignore: ["a"] }],
  ["empty lists", { order: [], only: [], ignore: [] }, undefined],
  ["an empty list beside another", { order: [], only: ["a"] }, { only: ["a"] }],
  ["no fallbacks", { allow_fallbacks: false }, { allowFallbacks: false }],
  ["fallbacks", { allow_fallbacks: true }, { allowFallbacks: true }],
  ["by price", { sort: "price" }, { sort: "price" }],
  ["by throughput", { sort: "throughput" }, { sort: "throughput" }],
  ["by latency", { sort: "latency" }, { sort: "latency" }],
  ["nobody who keeps it", { data_collection: "deny" }, { dataCollection: "deny" }],
  ["anybody", { data_collection: "allow" }, { dataCollection: "allow" }],
  ["keys that nobody knows", { zdr: true, quantizations: ["fp8"] }, undefined],
  ["what is no preference", { require_parameters: true }, undefined],
  ["a ceiling that says nothing", { max_price: {} }, undefined],
  ["a ceiling for what nobody asks", { max_price: { request: 1, image: "0.1" } }, undefined],
];

/** Prices in dollars a million tokens; micro-dollars. */
const CEILINGS: readonly (readonly [price: unknown, want: number])[] = [
  ["0", 0],
  [0, 0],
  [-0, 0],
  ["1", 1_000_000],
  [2, 2_000_000],
  ["0.40", 400_000],
  [0.29, 290_000],
  ["0.29", 290_000],
  [1.1, 1_100_000],
  [4.35, 4_350_000],
  [8_589_934.592_001, 8_589_934_592_001],
  ["0.000001", 1],
  [0.000_001, 1],
  ["0.0000019", 1],
  [0.000_001_9, 1],
  ["0.0000009", 0],
  [9e-7, 0],
  [5e-324, 0],
  ["1.9999999999999999999999", 1_999_999],
  ["007.5", 7_500_000],
  ["9007199254.740991", SAFE],
  ["9007199254.740992", SAFE],
  [1e21, SAFE],
  [Number.MAX_VALUE, SAFE],
  ["9".repeat(400), SAFE],
];

const LOWER: readonly (readonly [name: string, ceiling: object, want: number])[] = [
  ["input alone", { prompt: 3 }, 3_000_000],
  ["output alone", { completion: "3" }, 3_000_000],
  ["the lower for input", { prompt: "1.5", completion: 2 }, 1_500_000],
  ["the lower for output", { prompt: 2, completion: "1.5" }, 1_500_000],
  ["nothing for one of them", { prompt: 2, completion: 0 }, 0],
];

describe.each(NAMES)("%s", (surface) => {
  test.each(GIVEN)("%s", (_, provider, want) => {
    expect(CHECKS[surface]({ ...BASE, provider })).toBe(true);
    expect(readBy(surface, { provider }).preferences).toEqual(want);
  });

  test.each(CEILINGS)("%s USD is %d micro-dollars", (price, want) => {
    const provider = { max_price: { completion: price } };
    expect(CHECKS[surface]({ ...BASE, provider })).toBe(true);
    expect(readBy(surface, { provider }).preferences).toEqual({ maxPriceMicros: want });
  });

  test.each(LOWER)("a ceiling: %s", (_, max_price, want) => {
    expect(readBy(surface, { provider: { max_price } }).preferences).toEqual({ maxPriceMicros: want });
  });

  test.each<readonly [name: string, body: object, want: object | undefined]>([
    ["nothing", {}, undefined],
    ["fallback", { route: "fallback" }, { allowFallbacks: true }],
    ["fallback beside yes", { route: "fallback", provider: { allow_fallbacks: true } }, { allowFallbacks: true }],
    ["fallback beside no", { route: "fallback", provider: { allow_fallbacks: false } }, { allowFallbacks: false }],
  ])("route says %s", (_, body, want) => {
    const request = readBy(surface, body);
    expect(request.preferences).toEqual(want);
    expect("preferences" in request).toBe(want !== undefined);
  });

  test.each([
    [true, true],
    [false, undefined],
    [undefined, undefined],
  ])("require_parameters: %s", (require_parameters, want) => {
    expect(readBy(surface, { provider: { require_parameters } }).requireParameters).toBe(want);
  });

  /** An operation whose contract does not have these properties hands over whatever came. */
  test.each([
    null,
    "a",
    [],
    { order: "a", only: [7], ignore: {}, allow_fallbacks: "no", require_parameters: 1, sort: "beauty" },
    { max_price: 1, data_collection: null },
    { max_price: { prompt: "1e3", completion: -1 } },
    { max_price: { prompt: "", completion: null } },
    { max_price: { prompt: Number.NaN, completion: "1." } },
  ])("%o says nothing", (provider) => {
    const request = readBy(surface, { provider, route: 7 });
    expect([request.preferences, request.requireParameters]).toEqual([undefined, undefined]);
  });

  test("what is unknown in it is not named, since nobody is told of it in any format", () => {
    const { unknownIn } = dialects[surface].surface;
    const provider = { zdr: true, max_price: { video: 1 } };
    expect(unknownIn({ ...BASE, route: "fallback", provider, mood: 1 })).toEqual(["mood"]);
  });

  test.each(NAMES)("%s suppliers hear nothing of it", (format) => {
    const said = { provider: { order: ["a"], unknown_key: 1 }, route: "fallback" };
    const target = { model: "m", features: new Set(FEATURES), quirks: NO_QUIRKS };
    const write = (body: object) => dialects[format].supplier.writeRequest(readBy(surface, body), target);
    expect(write(said)).toEqual(write({}));
    expect(write({ ...said, stream: true })).toEqual(write({ stream: true }));
  });
});

test("both surfaces read the same, whatever is said", () => {
  const document = contract.messages.document;
  const bodies = fc.record(
    {
      provider: valuesOf(document, "ProviderPreferences") as fc.Arbitrary<Json>,
      route: fc.constant("fallback"),
    },
    { requiredKeys: [] },
  );
  let said = 0;
  fc.assert(
    fc.property(bodies, (body) => {
      const isValid = NAMES.map((surface) => CHECKS[surface]({ ...BASE, ...body }));
      expect(isValid[0]).toBe(isValid[1]);
      const [chat, messages] = NAMES.map((surface) => readBy(surface, body));
      expect(chat?.preferences).toEqual(messages?.preferences);
      expect(chat?.requireParameters).toBe(messages?.requireParameters);
      if (chat?.preferences !== undefined) said += 1;
    }),
    { numRuns: 500 },
  );
  expect(said).toBeGreaterThan(100);
});

test("the schema of them is one and the same in both documents", () => {
  const schemas = NAMES.map((name) => documentOf(name).components.schemas);
  for (const noun of ["ProviderPreferences", "PriceCeiling", "Price", "SupplierNames"]) {
    expect(schemas[0]?.[noun]).toBeDefined();
    expect(schemas[0]?.[noun]).toEqual(schemas[1]?.[noun]);
  }
});

function documentOf(name: (typeof NAMES)[number]) {
  const { document } = name === "messages" ? contract.messages : contract.chatCompletions;
  return document as unknown as { readonly components: { readonly schemas: Readonly<Record<string, unknown>> } };
}

describe("the key of a cache", () => {
  test.each<readonly [given: unknown, want: string | undefined]>([
    ["club", "club"],
    ["", undefined],
    [null, undefined],
    [undefined, undefined],
  ])("%j", (prompt_cache_key, want) => {
    const request = readBy("chat-completions", { prompt_cache_key });
    expect(request.cacheKey).toBe(want);
    expect("cacheKey" in request).toBe(want !== undefined);
  });

  test("it is said back in the format that has it, and in no other", () => {
    const target = { model: "m", features: new Set(FEATURES), quirks: NO_QUIRKS };
    const request = readBy("chat-completions", { prompt_cache_key: "club" });
    expect(dialects["chat-completions"].supplier.writeRequest(request, target).body).toMatchObject({
      prompt_cache_key: "club",
    });
    expect(JSON.stringify(dialects.messages.supplier.writeRequest(request, target).body)).not.toContain("club");
  });
});

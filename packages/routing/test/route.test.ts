/** Goal: the cheapest offer that can honour an order fills it, and whoever does not is told why, in one sentence. */
import type { Feature } from "@interchange/inference";
import { createMarket, type Offer, type Order, route } from "@interchange/routing";
import { describe, expect, test } from "vitest";
import { offer, order, state, TEXT_PRIME } from "./exchange.ts";

const market = (...offers: readonly Offer[]) => createMarket({ instruments: [TEXT_PRIME], offers });

/** What an offer without it is said to offer. */
const LIMITS: Readonly<Record<Feature, string>> = {
  tools: "no tools",
  "parallel-tools": "no parallel tool calls",
  image: "no images",
  document: "no documents",
  audio: "no audio",
  "audio-output": "no spoken answers",
  reasoning: "no reasoning",
  "structured-output": "no structured output",
  "json-object": "no JSON without a schema",
  "several-answers": "only one answer at a time",
  logprobs: "no log probabilities",
  "logit-bias": "no token biases",
  seed: "no seeds",
  "top-k": "no top-k sampling",
  verbosity: "no choice of verbosity",
  prediction: "no predicted output",
  citations: "no citations",
  files: "no stored files",
  "web-search": "no web search",
  "server-tools": "no server tools",
  "frequency-penalty": "no penalties for frequency",
  "presence-penalty": "no penalties for presence",
  "high-temperature": "no temperatures above 1",
  "temperature-with-top-p": "either temperature or top_p but not both",
  "many-stop-sequences": "at most four stop sequences",
  "blank-stop-sequences": "no blank stop sequences",
  "single-tool-calls": "no way to ask for one tool call at a time",
};

test.each(Object.entries(LIMITS))("whoever lacks %s is said to offer %s", (feature, limit) => {
  const wanted = order({ needs: new Set([feature as Feature]) });
  expect(route(wanted, market(offer("a", { features: [] })), state())).toMatchObject({
    kind: "feature-unsupported",
    excluded: [{ supplier: "a", reason: `offers ${limit}` }],
  });
});

test.each(Object.entries(LIMITS))(
  "whose format has no words for %s is said to speak a format that allows %s",
  (feature, limit) => {
    const wanted = order({ needs: new Set([feature as Feature]) });
    const unable = offer("a", { dialect: "messages", features: [], unsayable: [feature as Feature] });
    expect(route(wanted, market(unable), state())).toMatchObject({
      kind: "feature-unsupported",
      excluded: [{ supplier: "a", reason: `speaks the messages format, which allows ${limit}` }],
    });
  },
);

describe("the choice", () => {
  test.each<[string, { offers: Offer[]; failed?: string[]; avoid?: string[]; want: string[] }]>([
    [
      "the cheapest ask comes first",
      {
        offers: [offer("b", { askMicros: 3 }), offer("c", { askMicros: 1 }), offer("a", { askMicros: 2 })],
        want: ["c", "a", "b"],
      },
    ],
    ["equal asks go by name", { offers: [offer("b"), offer("a"), offer("c")], want: ["a", "b", "c"] }],
    ["names go by code unit, not by language", { offers: [offer("a"), offer("B")], want: ["B", "a"] }],
    [
      "one that failed a moment ago is a last resort",
      { offers: [offer("a", { askMicros: 1 }), offer("b"), offer("c")], failed: ["a"], want: ["b", "c", "a"] },
    ],
    [
      "one that failed a moment ago is used when nobody else is there",
      { offers: [offer("a")], failed: ["a"], want: ["a"] },
    ],
    [
      "one that failed this request is a last resort",
      { offers: [offer("a", { askMicros: 1 }), offer("b")], avoid: ["a"], want: ["b", "a"] },
    ],
    [
      "one that failed this request is used when nobody else is there",
      { offers: [offer("a")], avoid: ["a"], want: ["a"] },
    ],
    [
      "the cheapest of the last resorts comes first",
      {
        offers: [offer("a", { askMicros: 2 }), offer("b", { askMicros: 1 })],
        failed: ["b"],
        avoid: ["a"],
        want: ["b", "a"],
      },
    ],
  ])("%s", (_, { offers, failed = [], avoid = [], want }) => {
    const decision = route(order({ avoid: new Set(avoid) }), market(...offers), state(...failed));
    expect(decision.kind === "route" && [decision.offer, ...decision.alternatives].map((o) => o.supplier)).toEqual(
      want,
    );
  });

  test("the instrument of an order is found in any case", () => {
    expect(route(order({ instrument: "Text-PRIME" }), market(offer("a")), state())).toMatchObject({ kind: "route" });
  });

  test("a route says why a cheaper supplier stands behind", () => {
    const offers = [offer("a", { askMicros: 1 }), offer("b", { askMicros: 2 }), offer("c", { askMicros: 3 })];
    expect(route(order({ avoid: new Set(["b"]) }), market(...offers), state("a"))).toEqual({
      kind: "route",
      offer: offers[2],
      alternatives: [offers[0], offers[1]],
      excluded: [],
      passedOver: [
        { supplier: "a", reason: "failed a moment ago" },
        { supplier: "b", reason: "has just failed this request" },
      ],
    });
  });

  test("a supplier of both formats is met in the order's own", () => {
    const both = [offer("a", { dialect: "messages", model: "m" }), offer("a", { model: "c" })];
    for (const [surface, model] of [
      ["messages", "m"],
      ["chat-completions", "c"],
    ] as const) {
      expect(route(order({ surface }), market(...both), state())).toMatchObject({
        offer: { dialect: surface, model },
        alternatives: [],
        excluded: [],
      });
    }
  });

  test.each<[string, { own: Partial<Offer>; foreign: Partial<Offer>; want: string }]>([
    ["a feature that the other format alone carries", { own: {}, foreign: { features: ["image"] }, want: "messages" }],
    [
      "a feature that both carry",
      { own: { features: ["image"] }, foreign: { features: ["image"] }, want: "chat-completions" },
    ],
    [
      "an own format that is dearer",
      { own: { features: ["image"], askMicros: 9 }, foreign: { features: ["image"] }, want: "chat-completions" },
    ],
    [
      "an own format off the market",
      { own: { features: ["image"], paused: true }, foreign: { features: ["image"] }, want: "messages" },
    ],
  ])(
    "Q23 a supplier of both formats is bought in the one that can do what is asked: %s",
    (_, { own, foreign, want }) => {
      const both = [offer("a", own), offer("a", { dialect: "messages", ...foreign })];
      for (const offers of [both, both.toReversed()]) {
        expect(route(order({ needs: new Set(["image"]) }), market(...offers), state())).toMatchObject({
          offer: { dialect: want },
          alternatives: [],
          excluded: [],
        });
      }
    },
  );

  test("among foreign formats the name decides, not the list", () => {
    const both = [offer("a", { dialect: "messages" }), offer("a")];
    for (const offers of [both, both.toReversed()]) {
      expect(route(order({ surface: "responses" }), market(...offers), state())).toMatchObject({
        offer: { dialect: "chat-completions" },
      });
    }
  });
});

describe("what keeps an offer from an order", () => {
  const needs = (...features: readonly Feature[]) => ({ needs: new Set(features) });

  test.each<[string, { offer: Partial<Offer>; order?: Partial<Order>; reason: string | undefined }]>([
    ["nothing", { offer: {}, reason: undefined }],
    ["another format", { offer: { dialect: "messages" }, reason: undefined }],
    [
      "what its format cannot say",
      {
        offer: { dialect: "messages" },
        order: { bonds: ["functions"] },
        reason: "speaks the messages format, which cannot say functions",
      },
    ],
    [
      "things that its format cannot say, before anything else",
      {
        offer: { dialect: "messages", paused: true },
        order: { bonds: ["functions", "file_id"], ...needs("image") },
        reason: "speaks the messages format, which cannot say functions or file_id",
      },
    ],
    ["what its own format can say", { offer: {}, order: { bonds: ["functions"] }, reason: undefined }],
    ["a pause", { offer: { paused: true }, reason: "is paused" }],
    ["a pause that is over", { offer: { paused: false }, reason: undefined }],
    ["a feature", { offer: {}, order: needs("image"), reason: "offers no images" }],
    ["a feature before a pause", { offer: { paused: true }, order: needs("image"), reason: "offers no images" }],
    ["two features", { offer: {}, order: needs("image", "seed", "tools"), reason: "offers no images and no seeds" }],
    [
      "what its format cannot say, apart from what it does not offer",
      {
        offer: { dialect: "messages", unsayable: ["seed", "logprobs"] },
        order: needs("image", "seed", "audio"),
        reason: "speaks the messages format, which allows no seeds, and offers no images and no audio",
      },
    ],
    ["a feature that it has", { offer: {}, order: needs("tools"), reason: undefined }],
    [
      "its own context, by one token",
      {
        offer: { contextTokens: 1_000 },
        order: { inputTokens: 1_001 },
        reason: "has a context of 1000 tokens, which is too small",
      },
    ],
    [
      "nothing at its own context",
      { offer: { contextTokens: 1_000 }, order: { inputTokens: 1_000 }, reason: undefined },
    ],
    [
      "its context, which the output shares",
      {
        offer: { contextTokens: 1_000 },
        order: { inputTokens: 900, outputTokensMax: 101 },
        reason: "has a context of 1000 tokens, which is too small",
      },
    ],
    [
      "nothing when both fit",
      { offer: { contextTokens: 1_000 }, order: { inputTokens: 900, outputTokensMax: 100 }, reason: undefined },
    ],
    [
      "the instrument's context when it names none",
      { offer: {}, order: { inputTokens: 128_001 }, reason: "has a context of 128000 tokens, which is too small" },
    ],
    [
      "more context than the instrument",
      { offer: { contextTokens: 200_000 }, order: { inputTokens: 150_000 }, reason: undefined },
    ],
    [
      "short answers",
      {
        offer: { outputTokensMax: 8_000 },
        order: { outputTokensMax: 8_001 },
        reason: "ends its answers at 8000 tokens",
      },
    ],
    [
      "nothing at its longest answer",
      { offer: { outputTokensMax: 8_000 }, order: { outputTokensMax: 8_000 }, reason: undefined },
    ],
    ["no cap beyond the instrument's own", { offer: {}, order: { outputTokensMax: 1_000_000 }, reason: undefined }],
  ])("%s", (_, given) => {
    const decision = route(
      order(given.order),
      market(offer("a", given.offer), offer("b", { askMicros: 999, ...WIDE })),
      state(),
    );
    expect(decision).toMatchObject({
      kind: "route",
      offer: { supplier: given.reason === undefined ? "a" : "b" },
      excluded: given.reason === undefined ? [] : [{ supplier: "a", reason: given.reason }],
    });
  });

  const WIDE: Partial<Offer> = { contextTokens: 10_000_000, features: ["tools", "image", "seed", "audio"] };
});

describe("refusals", () => {
  test("a prompt that nobody can read is the caller's to shorten; one that somebody could is not", () => {
    const long = order({ inputTokens: 1_500, outputTokensMax: 10 });
    const small = offer("a", { contextTokens: 1_000 });
    expect(route(long, market(small, offer("b", { contextTokens: 1_400 })), state())).toMatchObject({
      kind: "prompt-too-long",
      instrument: "text-prime",
      tokens: 1_510,
      contextTokens: 1_400,
      excluded: [{ supplier: "a" }, { supplier: "b" }],
    });
    const paused = offer("b", { contextTokens: 2_000, paused: true });
    expect(route(long, market(small, paused), state())).toMatchObject({ kind: "nobody-eligible" });
  });

  const images = { needs: new Set<Feature>(["image"]) };
  const excluded = (...reasons: readonly (readonly [string, string])[]) =>
    reasons.map(([supplier, reason]) => ({ supplier, reason }));

  test.each<[string, { offers: Offer[]; order?: Partial<Order>; failed?: string[]; want: object }]>([
    [
      "an instrument that is not there",
      {
        offers: [],
        order: { instrument: "text-ultra" },
        want: { kind: "unknown-instrument", instrument: "text-ultra", known: ["text-prime"] },
      },
    ],
    [
      "an instrument that nobody supplies",
      { offers: [], want: { kind: "nobody-eligible", instrument: "text-prime", excluded: [] } },
    ],
    [
      "a feature that nobody has",
      {
        offers: [offer("a"), offer("b", { dialect: "messages" })],
        order: images,
        want: {
          kind: "feature-unsupported",
          features: ["image"],
          bonds: [],
          excluded: excluded(["a", "offers no images"], ["b", "offers no images"]),
        },
      },
    ],
    [
      "a feature that only a paused supplier has: it may come back",
      {
        offers: [offer("a"), offer("b", { features: ["image"], paused: true })],
        order: images,
        want: {
          kind: "nobody-eligible",
          instrument: "text-prime",
          excluded: excluded(["a", "offers no images"], ["b", "is paused"]),
        },
      },
    ],
    [
      "features that nobody has together",
      {
        offers: [offer("a", { features: ["image"] }), offer("b", { features: ["seed", "tools"] })],
        order: { needs: new Set<Feature>(["tools", "image"]) },
        want: {
          kind: "feature-unsupported",
          features: ["tools", "image"],
          excluded: excluded(["a", "offers no tools"], ["b", "offers no images"]),
        },
      },
    ],
    [
      "of several features only those that nobody has are named",
      {
        offers: [offer("a"), offer("b", { features: ["seed"] })],
        order: { needs: new Set<Feature>(["tools", "image", "audio"]) },
        want: { kind: "feature-unsupported", features: ["image", "audio"] },
      },
    ],
    [
      "a feature that nobody has, paused or not: the pause is not what is in the way",
      {
        offers: [offer("a", { paused: true }), offer("b")],
        order: images,
        want: {
          kind: "feature-unsupported",
          features: ["image"],
          excluded: excluded(["a", "offers no images"], ["b", "offers no images"]),
        },
      },
    ],
    [
      "a feature that is there only in a format that cannot say the rest",
      {
        offers: [offer("a"), offer("b", { dialect: "messages", features: ["image"] })],
        order: { ...images, bonds: ["functions"] },
        want: {
          kind: "feature-unsupported",
          features: ["image"],
          bonds: ["functions"],
          excluded: excluded(
            ["a", "offers no images"],
            ["b", "speaks the messages format, which cannot say functions"],
          ),
        },
      },
    ],
    [
      "a prompt that is too long here, where the others cannot say all of it",
      {
        offers: [offer("a", { contextTokens: 5 }), offer("b", { dialect: "messages" })],
        order: { bonds: ["functions"] },
        want: { kind: "prompt-too-long", tokens: 10, contextTokens: 5 },
      },
    ],
    [
      "what nobody's format can say: the features that are missing too are not what is in the way",
      {
        offers: [offer("a", { dialect: "messages" }), offer("b", { dialect: "messages", paused: true })],
        order: { ...images, bonds: ["functions"] },
        want: {
          kind: "feature-unsupported",
          features: [],
          bonds: ["functions"],
          excluded: excluded(
            ["a", "speaks the messages format, which cannot say functions"],
            ["b", "speaks the messages format, which cannot say functions"],
          ),
        },
      },
    ],
    [
      "a supplier whose other format is only paused: it may come back",
      {
        offers: [offer("a"), offer("a", { dialect: "messages", features: ["image"], paused: true })],
        order: images,
        want: { kind: "nobody-eligible", excluded: excluded(["a", "is paused"]) },
      },
    ],
    [
      "features that one supplier has in two formats, never together",
      {
        offers: [offer("a", { features: ["image"] }), offer("a", { dialect: "messages", features: ["seed"] })],
        order: { needs: new Set<Feature>(["image", "seed"]) },
        want: {
          kind: "feature-unsupported",
          features: ["image", "seed"],
          excluded: excluded(["a", "offers no seeds"]),
        },
      },
    ],
    [
      "a longer answer than anybody gives",
      {
        offers: [offer("a", { outputTokensMax: 10 }), offer("b", { outputTokensMax: 15 })],
        order: { outputTokensMax: 20 },
        want: {
          kind: "no-supplier-fits",
          instrument: "text-prime",
          excluded: excluded(["a", "ends its answers at 10 tokens"], ["b", "ends its answers at 15 tokens"]),
        },
      },
    ],
    [
      "something else in the way of each",
      {
        offers: [offer("a", { outputTokensMax: 10 }), offer("b", { contextTokens: 25 }), offer("c", { features: [] })],
        order: { outputTokensMax: 20, needs: new Set<Feature>(["tools"]) },
        want: {
          kind: "no-supplier-fits",
          excluded: excluded(
            ["a", "ends its answers at 10 tokens"],
            ["b", "has a context of 25 tokens, which is too small"],
            ["c", "offers no tools"],
          ),
        },
      },
    ],
    [
      "every reason at once",
      {
        offers: [
          offer("a", { paused: true }),
          offer("b", { contextTokens: 5 }),
          offer("c", { dialect: "messages" }),
          offer("d", { outputTokensMax: 10 }),
        ],
        order: { outputTokensMax: 20, bonds: ["functions"] },
        failed: ["a"],
        want: {
          kind: "nobody-eligible",
          instrument: "text-prime",
          excluded: excluded(
            ["a", "is paused"],
            ["b", "has a context of 5 tokens, which is too small"],
            ["c", "speaks the messages format, which cannot say functions"],
            ["d", "ends its answers at 10 tokens"],
          ),
        },
      },
    ],
  ])("%s", (_, given) => {
    expect(route(order(given.order), market(...given.offers), state(...(given.failed ?? [])))).toMatchObject(
      given.want,
    );
  });
});

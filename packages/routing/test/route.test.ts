/** Goal: the cheapest offer that can honour an order fills it, and whoever does not is told why, in one sentence. */
import type { Feature } from "@interchange/inference";
import { explainRoute, type Offer, type Order, route, routeTo, whyOf } from "@interchange/routing";
import { describe, expect, test } from "vitest";
import { broken, marketOf, offer, order, STATE, type Standings, turnsOf } from "./exchange.ts";

const market = (...offers: readonly Offer[]) => marketOf(offers);

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
  expect(route(wanted, market(offer("a", { features: [] })), STATE)).toMatchObject({
    kind: "feature-unsupported",
    excluded: [{ supplier: "a", reason: `offers ${limit}` }],
  });
});

test.each(Object.entries(LIMITS))(
  "whose format has no words for %s is said to speak a format that allows %s",
  (feature, limit) => {
    const wanted = order({ needs: new Set([feature as Feature]) });
    const unable = offer("a", { dialect: "messages", features: [], unsayable: [feature as Feature] });
    expect(route(wanted, market(unable), STATE)).toMatchObject({
      kind: "feature-unsupported",
      excluded: [{ supplier: "a", reason: `speaks the messages format, which allows ${limit}` }],
    });
  },
);

describe("the choice", () => {
  test.each<[string, { offers: Offer[]; standings?: Standings; order?: Partial<Order>; want: string[] }]>([
    [
      "the cheapest ask comes first",
      {
        offers: [offer("b", { askMicros: 3 }), offer("c", { askMicros: 1 }), offer("a", { askMicros: 2 })],
        want: ["c", "a", "b"],
      },
    ],
    [
      "equal asks go by name where the price alone counts",
      {
        offers: [offer("b"), offer("a"), offer("c")],
        order: { preferences: { sort: "price" } },
        want: ["a", "b", "c"],
      },
    ],
    [
      "names go by code unit, not by language",
      { offers: [offer("a"), offer("B")], order: { preferences: { sort: "price" } }, want: ["B", "a"] },
    ],
    [
      "one that failed this request is a last resort",
      { offers: [offer("a", { askMicros: 1 }), offer("b")], order: { avoid: new Set(["a"]) }, want: ["b", "a"] },
    ],
    [
      "one that failed this request is used when nobody else is there",
      { offers: [offer("a")], order: { avoid: new Set(["a"]) }, want: ["a"] },
    ],
    [
      "one that is slow is a last resort",
      {
        offers: [offer("a", { askMicros: 1 }), offer("b", { askMicros: 5 }), offer("c", { askMicros: 3 })],
        standings: { a: broken("slow") },
        want: ["c", "b", "a"],
      },
    ],
    [
      "one that is slow is used when nobody else is there",
      { offers: [offer("a")], standings: { a: broken("slow") }, want: ["a"] },
    ],
    [
      "the cheapest of the last resorts comes first",
      {
        offers: [offer("a", { askMicros: 2 }), offer("b", { askMicros: 1 })],
        standings: { b: broken("slow") },
        order: { avoid: new Set(["a"]) },
        want: ["b", "a"],
      },
    ],
    [
      "one that was tried is not tried again",
      {
        offers: [offer("a", { askMicros: 1 }), offer("b", { askMicros: 2 }), offer("c", { askMicros: 3 })],
        order: { tried: new Set(["a", "c"]) },
        want: ["b"],
      },
    ],
  ])("%s", (_, { offers, standings, order: said, want }) => {
    expect(turnsOf(order(said), marketOf(offers, standings))).toEqual(want);
  });

  test("the instrument of an order is found in any case", () => {
    expect(route(order({ instrument: "Text-PRIME" }), market(offer("a")), STATE)).toMatchObject({ kind: "route" });
  });

  test("a supplier of both formats is met in the order's own", () => {
    const both = [offer("a", { dialect: "messages", model: "m" }), offer("a", { model: "c" })];
    for (const [surface, model] of [
      ["messages", "m"],
      ["chat-completions", "c"],
    ] as const) {
      expect(route(order({ surface }), market(...both), STATE)).toMatchObject({
        offer: { dialect: surface, model },
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
      { own: { features: ["image"], status: "paused" }, foreign: { features: ["image"] }, want: "messages" },
    ],
  ])(
    "Q23 a supplier of both formats is bought in the one that can do what is asked: %s",
    (_, { own, foreign, want }) => {
      const both = [offer("a", own), offer("a", { dialect: "messages", ...foreign })];
      for (const offers of [both, both.toReversed()]) {
        expect(route(order({ needs: new Set(["image"]) }), market(...offers), STATE)).toMatchObject({
          offer: { dialect: want },
        });
      }
    },
  );

  test("among foreign formats the name decides, not the list", () => {
    const both = [offer("a", { dialect: "messages" }), offer("a")];
    for (const offers of [both, both.toReversed()]) {
      expect(route(order({ surface: "responses" }), market(...offers), STATE)).toMatchObject({
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
        offer: { dialect: "messages", status: "paused" },
        order: { bonds: ["functions", "file_id"], ...needs("image") },
        reason: "speaks the messages format, which cannot say functions or file_id",
      },
    ],
    ["what its own format can say", { offer: {}, order: { bonds: ["functions"] }, reason: undefined }],
    ["a pause", { offer: { status: "paused" }, reason: "is paused" }],
    ["a pause that is over", { offer: { status: "active" }, reason: undefined }],
    ["a feature", { offer: {}, order: needs("image"), reason: "offers no images" }],
    ["a feature before a pause", { offer: { status: "paused" }, order: needs("image"), reason: "offers no images" }],
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
    const offers = [offer("a", given.offer), offer("b", { askMicros: 999, ...WIDE })];
    const { decision, verdicts } = explainRoute(order(given.order), market(...offers), STATE);
    expect(decision).toMatchObject({
      kind: "route",
      offer: { supplier: given.reason === undefined ? "a" : "b" },
    });
    const excluded = verdicts.filter(({ kind }) => kind === "excluded");
    expect(excluded.map(({ offer: { supplier }, reason }) => ({ supplier, reason }))).toEqual(
      given.reason === undefined ? [] : [{ supplier: "a", reason: given.reason }],
    );
  });

  const WIDE: Partial<Offer> = { contextTokens: 10_000_000, features: ["tools", "image", "seed", "audio"] };
});

describe("refusals", () => {
  test("a prompt that nobody can read is the caller's to shorten; one that somebody could is not", () => {
    const long = order({ inputTokens: 1_500, outputTokensMax: 10 });
    const small = offer("a", { contextTokens: 1_000 });
    expect(route(long, market(small, offer("b", { contextTokens: 1_400 })), STATE)).toMatchObject({
      kind: "prompt-too-long",
      instrument: "text-prime",
      tokens: 1_510,
      contextTokens: 1_400,
      excluded: [{ supplier: "a" }, { supplier: "b" }],
    });
    const paused = offer("b", { contextTokens: 2_000, status: "paused" });
    expect(route(long, market(small, paused), STATE)).toMatchObject({ kind: "nobody-eligible" });
  });

  const images = { needs: new Set<Feature>(["image"]) };
  const excluded = (...reasons: readonly (readonly [string, string])[]) =>
    reasons.map(([supplier, reason]) => ({ supplier, reason }));

  test.each<[string, { offers: Offer[]; standings?: Standings; order?: Partial<Order>; want: object }]>([
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
        offers: [offer("a"), offer("b", { features: ["image"], status: "paused" })],
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
        offers: [offer("a", { status: "paused" }), offer("b")],
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
        offers: [offer("a", { dialect: "messages" }), offer("b", { dialect: "messages", status: "paused" })],
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
        offers: [offer("a"), offer("a", { dialect: "messages", features: ["image"], status: "paused" })],
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
          offer("a", { status: "paused" }),
          offer("b", { contextTokens: 5 }),
          offer("c", { dialect: "messages" }),
          offer("d", { outputTokensMax: 10 }),
        ],
        order: { outputTokensMax: 20, bonds: ["functions"] },
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
    [
      "preferences that keep everybody out: no waiting helps",
      {
        offers: [offer("a"), offer("b", { collectsData: true }), offer("c", { askMicros: 2_500_000 })],
        order: { preferences: { ignore: ["a"], dataCollection: "deny", maxPriceMicros: 2_000_000 } },
        want: {
          kind: "no-supplier-fits",
          instrument: "text-prime",
          excluded: excluded(
            ["a", "is in provider.ignore"],
            ["b", "keeps what it is sent"],
            ["c", "asks for more than provider.max_price"],
          ),
        },
      },
    ],
    [
      "a preference beside something else: what the others lack is named",
      {
        offers: [offer("a", { features: ["image"] }), offer("b")],
        order: { ...images, preferences: { only: ["b"] } },
        want: {
          kind: "feature-unsupported",
          features: ["image"],
          excluded: excluded(["a", "is not in provider.only"], ["b", "offers no images"]),
        },
      },
    ],
    [
      "one that fails: it says until when",
      {
        offers: [offer("a"), offer("b", { features: [] })],
        order: { needs: new Set<Feature>(["tools"]) },
        standings: { a: broken("failing", 4_200) },
        want: {
          kind: "nobody-eligible",
          retryAfterMs: 4_200,
          excluded: excluded(["a", "has failed too often of late and is left alone for 5 s"], ["b", "offers no tools"]),
        },
      },
    ],
    [
      "several that rest: the first of them is waited for",
      {
        offers: [offer("a"), offer("b", { askMicros: 200 }), offer("c", { askMicros: 300, status: "paused" })],
        standings: { a: broken("failing", 9_000), b: broken("busy", 2_000) },
        want: {
          kind: "nobody-eligible",
          retryAfterMs: 2_000,
          excluded: excluded(
            ["a", "has failed too often of late and is left alone for 9 s"],
            ["b", "is too busy and is left alone for 2 s"],
            ["c", "is paused"],
          ),
        },
      },
    ],
    [
      "one that is being tried out: not for long",
      {
        offers: [offer("a")],
        standings: { a: broken("failing", -10_000, true) },
        want: {
          kind: "nobody-eligible",
          retryAfterMs: 500,
          excluded: excluded(["a", "has failed too often of late and is being tried out"]),
        },
      },
    ],
    [
      "one that is full beside one that rests: there may be room before that",
      {
        offers: [offer("a", { runningMax: 3 }), offer("b", { askMicros: 200 })],
        standings: { a: { inFlight: 3 }, b: broken("busy", 60_000) },
        want: {
          kind: "nobody-eligible",
          retryAfterMs: 500,
          excluded: excluded(
            ["a", "has 3 requests under way, as many as it takes at once"],
            ["b", "is too busy and is left alone for 60 s"],
          ),
        },
      },
    ],
    [
      "all tried: nobody can tell how long to wait",
      {
        offers: [offer("a"), offer("b", { askMicros: 200 })],
        order: { tried: new Set(["a", "b"]) },
        want: {
          kind: "nobody-eligible",
          excluded: excluded(
            ["a", "was tried for this request and failed"],
            ["b", "was tried for this request and failed"],
          ),
        },
      },
    ],
  ])("%s", (_, given) => {
    expect(route(order(given.order), marketOf(given.offers, given.standings), STATE)).toMatchObject(given.want);
  });
});

test("a refusal that nobody can date tells no wait", () => {
  const refused = route(order(), marketOf([offer("a", { status: "paused" })]), STATE);
  expect(refused).not.toHaveProperty("retryAfterMs");
});

describe("the route of a ticket", () => {
  test.each<[string, { said: Partial<Offer>; standings?: Standings; order?: Partial<Order>; want: boolean }]>([
    ["an offer that is there", { said: {}, want: true }],
    ["one that is being drained", { said: { status: "draining" }, want: true }],
    [
      "one that is being drained, and full",
      { said: { status: "draining", runningMax: 1 }, standings: { a: { inFlight: 1 } }, want: false },
    ],
    ["one that is full", { said: { runningMax: 1 }, standings: { a: { inFlight: 1 } }, want: false }],
    ["one that is paused", { said: { status: "paused" }, want: false }],
    ["one whose breaker is open", { said: {}, standings: { a: broken("failing") }, want: false }],
    ["one that is slow", { said: {}, standings: { a: broken("slow") }, want: false }],
    [
      "one that fails often and answers sometimes",
      { said: {}, standings: { a: { ...broken("failing"), isAnswering: true } }, want: false },
    ],
    ["one that was tried", { said: {}, order: { tried: new Set(["a"]) }, want: false }],
    ["one in another format", { said: { dialect: "messages" }, want: false }],
    ["one that is dearer than others", { said: { askMicros: 900 }, want: true }],
  ])("%s", (_, { said, standings, order: asked, want }) => {
    const ticket = { supplier: "a", dialect: "chat-completions" };
    const found = routeTo(ticket, order(asked), marketOf([offer("a", said), offer("b")], standings), STATE);
    expect(found && [found.offer.supplier, whyOf(found)]).toEqual(want ? ["a", "as its ticket says"] : undefined);
  });

  test.each([
    ["an instrument", { instrument: "text-ultra" }, "a"],
    ["a supplier", {}, "z"],
  ])("%s that is gone", (_, said, supplier) => {
    expect(routeTo({ supplier, dialect: "messages" }, order(said), marketOf([offer("a")]), STATE)).toBeUndefined();
  });
});

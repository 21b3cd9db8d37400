/** Goal: among those that may, the caller's wishes come first, then the price as it counts, then a warm cache or a short wait. */
import type { Preferences } from "@interchange/inference";
import { explainRoute, hashOf, type Offer, type Order, route, type Standing, whyOf } from "@interchange/routing";
import { describe, expect, test } from "vitest";
import { broken, marketOf, offer, order, STATE, type Standings, TEXT_PRIME, turnsOf } from "./exchange.ts";

const ABC = [offer("a", { askMicros: 1 }), offer("b", { askMicros: 2 }), offer("c", { askMicros: 3 })];

/** Who is chosen, and why; or the kind of the refusal. */
function chosen(asked: Order, offers: readonly Offer[], standings: Standings = {}): string {
  const decision = route(asked, marketOf(offers, standings), STATE);
  return decision.kind === "route" ? `${decision.offer.supplier}: ${whyOf(decision)}` : decision.kind;
}

const excludedOf = (asked: Order, offers: readonly Offer[], standings: Standings = {}) =>
  Object.fromEntries(
    explainRoute(asked, marketOf(offers, standings), STATE)
      .verdicts.filter(({ kind }) => kind === "excluded")
      .map((verdict) => [verdict.offer.supplier, verdict.reason]),
  );

describe("preferences", () => {
  const KEPT = "is not known to keep nothing of what it is sent";
  const ALONE = "is not tried, since fallbacks are not allowed";
  const UNASKED = "is not in provider.order";

  test.each<[string, { wish: Preferences; offers?: Offer[]; standings?: Standings; want: string[]; out?: object }]>([
    ["none", { wish: {}, want: ["a", "b", "c"] }],
    ["only", { wish: { only: ["c", "b", "z"] }, want: ["b", "c"], out: { a: "is not in provider.only" } }],
    ["ignore", { wish: { ignore: ["a", "z"] }, want: ["b", "c"], out: { a: "is in provider.ignore" } }],
    [
      "only and ignore, which contradict each other",
      {
        wish: { only: ["a", "b"], ignore: ["a"] },
        want: ["b"],
        out: { a: "is in provider.ignore", c: "is not in provider.only" },
      },
    ],
    ["names as they are written", { wish: { ignore: ["A"] }, want: ["a", "b", "c"] }],
    ["order, then the others by price", { wish: { order: ["c"] }, want: ["c", "a", "b"] }],
    ["order of several, one of them unknown", { wish: { order: ["c", "z", "b"] }, want: ["c", "b", "a"] }],
    ["order before sort", { wish: { order: ["b"], sort: "price" }, want: ["b", "a", "c"] }],
    [
      "order, where the first of it is slow",
      { wish: { order: ["c", "b"] }, standings: { c: broken("slow") }, want: ["b", "a", "c"] },
    ],
    [
      "order without fallbacks",
      { wish: { order: ["c", "b"], allowFallbacks: false }, want: ["c"], out: { a: UNASKED, b: ALONE } },
    ],
    [
      "order without fallbacks, where the first of it is open",
      {
        wish: { order: ["c", "b"], allowFallbacks: false },
        standings: { c: broken("busy", 2_000) },
        want: ["b"],
        out: { a: UNASKED, c: "is too busy and is left alone for 2 s" },
      },
    ],
    [
      "order without fallbacks, where all of it is slow: the order still holds",
      {
        wish: { order: ["c", "b"], allowFallbacks: false },
        standings: { b: broken("slow"), c: broken("slow") },
        want: ["c"],
        out: { a: UNASKED, b: ALONE },
      },
    ],
    ["no fallbacks", { wish: { allowFallbacks: false }, want: ["a"], out: { b: ALONE, c: ALONE } }],
    ["fallbacks", { wish: { allowFallbacks: true }, want: ["a", "b", "c"] }],
    [
      "a ceiling, which the ask may reach",
      {
        wish: { maxPriceMicros: 2 },
        want: ["a", "b"],
        out: { c: "asks for more than provider.max_price" },
      },
    ],
    [
      "a ceiling, which the penalty does not count towards",
      { wish: { maxPriceMicros: 3 }, standings: { c: { penalty: 2 } }, want: ["a", "b", "c"] },
    ],
    [
      "data collection denied",
      {
        wish: { dataCollection: "deny" },
        offers: [offer("a", { collectsData: true }), offer("b"), offer("c", { collectsData: false })],
        want: ["c"],
        out: { a: "keeps what it is sent", b: KEPT },
      },
    ],
    [
      "data collection allowed",
      { wish: { dataCollection: "allow" }, offers: [offer("a", { collectsData: true })], want: ["a"] },
    ],
  ])("%s", (_, { wish, offers = ABC, standings, want, out = {} }) => {
    const asked = order({ preferences: wish });
    expect(turnsOf(asked, marketOf(offers, standings))).toEqual(want);
    expect(excludedOf(asked, offers, standings)).toEqual(out);
  });

  test.each<[NonNullable<Preferences["sort"]>, Standings, string[]]>([
    ["price", { a: { latencyMs: 900 }, b: { latencyMs: 100 }, c: { latencyMs: 300 } }, ["a", "b", "c"]],
    ["latency", { a: { latencyMs: 900 }, b: { latencyMs: 100 }, c: { latencyMs: 300 } }, ["b", "c", "a"]],
    ["latency", { a: { latencyMs: 104 }, b: { latencyMs: 100 }, c: { latencyMs: 95 } }, ["a", "b", "c"]],
    ["latency", { a: { latencyMs: 900 }, b: { latencyMs: 100 } }, ["c", "b", "a"]],
    [
      "throughput",
      { a: { tokensPerSecond: 10 }, b: { tokensPerSecond: 90 }, c: { tokensPerSecond: 50 } },
      ["b", "c", "a"],
    ],
    ["throughput", { a: { tokensPerSecond: 10 }, c: { tokensPerSecond: 50 } }, ["b", "c", "a"]],
    [
      "latency",
      { a: { latencyMs: 100, ...broken("slow") }, b: { latencyMs: 900 }, c: { latencyMs: 300 } },
      ["c", "b", "a"],
    ],
  ])("sort by %s, given %j", (sort, standings, want) => {
    expect(turnsOf(order({ preferences: { sort } }), marketOf(ABC, standings))).toEqual(want);
  });
});

describe("the price", () => {
  test.each<[string, { asks: readonly [number, number]; standings?: Standings; want: string }]>([
    ["a cheaper ask beyond the band", { asks: [1_030, 1_000], want: "b: cheapest" }],
    [
      "asks within it are as good as equal",
      { asks: [1_020, 1_000], want: "a: less busy, among 2 near the lowest ask" },
    ],
    ["its edge belongs to it, and not what is beyond", { asks: [1_021, 1_000], want: "b: cheapest" }],
    [
      "a penalty counts as if more were asked",
      { asks: [1_000, 900], standings: { b: { penalty: 1.2 } }, want: "a: cheapest" },
    ],
    ["a small one does not", { asks: [1_000, 900], standings: { b: { penalty: 1.05 } }, want: "b: cheapest" }],
    [
      "the best may come after one that its penalty takes out of the band",
      { asks: [1_010, 1_000], standings: { b: { penalty: 1.5 } }, want: "a: cheapest" },
    ],
    ["nothing is cheaper than nothing", { asks: [1, 0], want: "b: cheapest" }],
  ])("%s", (_, { asks: [a, b], standings, want }) => {
    const offers = [offer("a", { askMicros: a }), offer("b", { askMicros: b })];
    expect(
      chosen(order(), offers, {
        a: { inFlight: 0 },
        ...standings,
        ...(want.startsWith("a: less") && { b: { inFlight: 5 } }),
      }),
    ).toBe(want);
  });

  test("the cheapest by price alone, of several near the lowest ask", () => {
    const offers = [offer("a", { askMicros: 101 }), offer("b", { askMicros: 100 })];
    expect(chosen(order({ preferences: { sort: "price" } }), offers)).toBe("b: cheapest of 2 near the lowest ask");
  });

  test("nobody is filled by who asks more than the instrument may cost; what it may cost is not too much", () => {
    const dear = { ...TEXT_PRIME, askMicrosMax: 2 };
    const market = marketOf(ABC, {}, dear);
    expect(turnsOf(order(), market)).toEqual(["a", "b"]);
    const tighter = order({ preferences: { maxPriceMicros: 1 } });
    expect(turnsOf(tighter, market)).toEqual(["a"]);
    expect(turnsOf(order({ preferences: { maxPriceMicros: 9 } }), market)).toEqual(["a", "b"]);
  });
});

describe("standing", () => {
  test.each<[string, { standings: Standings; want: string; isProbe?: boolean; out?: object }]>([
    ["closed", { standings: {}, want: "a: cheapest" }],
    [
      "failing",
      {
        standings: { a: broken("failing", 5_000) },
        want: "b: cheapest",
        out: { a: "has failed too often of late and is left alone for 5 s" },
      },
    ],
    [
      "failing, up to its last moment",
      {
        standings: { a: broken("failing", 1) },
        want: "b: cheapest",
        out: { a: "has failed too often of late and is left alone for 1 s" },
      },
    ],
    ["half-open: one is let through", { standings: { a: broken("failing", 0) }, want: "a: cheapest, tried out again" }],
    [
      "half-open, with the probe under way",
      {
        standings: { a: broken("failing", 0, true) },
        want: "b: cheapest",
        out: { a: "has failed too often of late and is being tried out" },
      },
    ],
    [
      "busy",
      {
        standings: { a: broken("busy", 1_001) },
        want: "b: cheapest",
        out: { a: "is too busy and is left alone for 2 s" },
      },
    ],
    ["busy no more", { standings: { a: broken("busy", 0) }, want: "a: cheapest, tried out again" }],
    ["slow", { standings: { a: broken("slow") }, want: "b: cheapest" }],
    [
      "all fail often, and one of them answers sometimes",
      {
        standings: {
          a: broken("failing", 5_000),
          b: { ...broken("failing"), isAnswering: true },
          c: broken("busy", 2_000),
        },
        want: "b: last resort, since it fails often",
        out: {
          a: "has failed too often of late and is left alone for 5 s",
          c: "is too busy and is left alone for 2 s",
        },
      },
    ],
    ["slow, tried out", { standings: { a: broken("slow", 0) }, want: "a: cheapest, tried out again" }],
    ["slow, with the probe under way", { standings: { a: broken("slow", 0, true) }, want: "b: cheapest" }],
    [
      "all slow: the last resort is no probe beside another",
      {
        standings: { a: broken("slow", 0, true), b: broken("slow"), c: broken("slow") },
        want: "a: last resort, since it is slower than promised",
      },
    ],
  ])("%s", (_, { standings, want, out = {} }) => {
    expect(chosen(order(), ABC, standings)).toBe(want);
    expect(excludedOf(order(), ABC, standings)).toEqual(out);
  });

  test.each([
    [1, "a: cheapest"],
    [2, "b: cheapest"],
    [3, "b: cheapest"],
  ])("of two at once, %i under way", (inFlight, want) => {
    const offers = [offer("a", { askMicros: 1, runningMax: 2 }), offer("b", { askMicros: 2 })];
    expect(chosen(order(), offers, { a: { inFlight } })).toBe(want);
  });
});

describe("two that are drawn", () => {
  const EQUAL = ["a", "b", "c", "d"].map((name) => offer(name));
  const draws = Array.from({ length: 4_000 }, (_, place) => hashOf(`request ${place}`));

  function shares(standings: Standings): Readonly<Record<string, number>> {
    const market = marketOf(EQUAL, standings);
    const counts: Record<string, number> = { a: 0, b: 0, c: 0, d: 0 };
    for (const draw of draws) {
      const decision = route(order({ draw }), market, STATE);
      if (decision.kind === "route") counts[decision.offer.supplier] = (counts[decision.offer.supplier] ?? 0) + 1;
    }
    return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / draws.length]));
  }

  const quick = (said: Partial<Standing> = {}) => ({ latencyMs: 100, ...said });

  test.each<[string, Standings, readonly number[]]>([
    ["equals share alike", {}, [0.25, 0.25, 0.25, 0.25]],
    ["the busiest gets nothing", { a: { inFlight: 3 } }, [0, 0.333, 0.333, 0.333]],
    [
      "the idle one wins whenever it is drawn",
      { b: quick(), a: quick({ inFlight: 2 }), c: quick({ inFlight: 2 }), d: quick({ inFlight: 2 }) },
      [0.167, 0.5, 0.167, 0.167],
    ],
    [
      "the slowest gets nothing",
      { a: quick({ latencyMs: 300 }), b: quick(), c: quick(), d: quick() },
      [0, 0.333, 0.333, 0.333],
    ],
    [
      "a slower one that is idle",
      { a: quick({ latencyMs: 300 }), b: quick({ inFlight: 4 }), c: quick({ inFlight: 4 }), d: quick({ inFlight: 4 }) },
      [0.5, 0.167, 0.167, 0.167],
    ],
    ["a newcomer gets its share and no more", { a: quick(), b: quick(), c: quick() }, [0.25, 0.25, 0.25, 0.25]],
  ])("%s", (_, standings, want) => {
    const got = Object.values(shares(standings));
    for (const [place, share] of want.entries()) expect(Math.abs((got[place] ?? 0) - share)).toBeLessThan(0.04);
  });

  test.each([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, -1])("a draw of %i draws somebody", (draw) => {
    expect(chosen(order({ draw }), EQUAL)).toMatch(/^[abcd]: less busy, among 4/);
  });
});

describe("a prompt cache", () => {
  const EQUAL = ["a", "b", "c", "d"].map((name) => offer(name));

  test("the conversation goes back, whatever is drawn", () => {
    const homes = [1, 2, 3].map((draw) => chosen(order({ affinity: 77, draw: hashOf(`${draw}`) }), EQUAL));
    expect(new Set(homes).size).toBe(1);
    expect(homes[0]).toMatch(/: prompt cache, among 4 near the lowest ask$/);
  });

  test.each<[string, Partial<Order>, Offer[], string]>([
    ["not beyond the band", { affinity: 77 }, ABC, "a: cheapest"],
    ["not where an order is given", { affinity: 77, preferences: { order: ["b"] } }, ABC, "b: first in provider.order"],
    ["not where an order is given of nobody here", { affinity: 77, preferences: { order: ["z"] } }, EQUAL, "less busy"],
    ["not where the price alone counts", { affinity: 77, preferences: { sort: "price" } }, EQUAL, "a: cheapest of 4"],
    ["none", {}, EQUAL, "less busy"],
  ])("%s", (_, said, offers, want) => {
    expect(chosen(order(said), offers)).toContain(want);
  });

  test("a supplier that is far busier than the others is passed by until it is not", () => {
    const asked = order({ affinity: 77 });
    const [home] = turnsOf(asked, marketOf(EQUAL)) as [string];
    const next = turnsOf(asked, marketOf(EQUAL))[1];
    const at = (inFlight: number) => turnsOf(asked, marketOf(EQUAL, { [home]: { inFlight } }))[0];
    expect([at(7), at(8), at(100)]).toEqual([home, next, next]);
  });
});

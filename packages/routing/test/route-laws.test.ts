/** Goal: what holds for every market and order. Method: random markets against a decision made the slow, plain way. */
import { FEATURES, type Feature, type Preferences } from "@interchange/inference";
import { explainRoute, hashOf, type Offer, type Order, route, type Standing } from "@interchange/routing";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { demandOf } from "../src/demand.ts";
import { match, termsFor } from "../src/eligibility.ts";
import { broken, marketOf, offer, order, STATE, type Standings, TEXT_PRIME } from "./exchange.ts";

const SURFACES = ["chat-completions", "messages"] as const;
const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];
const BAND = 1.02;

const suppliers = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 8 });
const features = fc.subarray(FEATURES.slice(0, 4));
const draw = fc.integer({ min: 0, max: 0xffffffff });

const said = fc.record({
  askMicros: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 97, max: 103 })),
  features: fc.oneof(fc.constant([...FEATURES]), features),
  contextTokens: fc.constantFrom(50, 100, 200),
  outputTokensMax: fc.constantFrom(20, 40),
  runningMax: fc.constantFrom(2, 100, 100),
  collectsData: fc.constantFrom(true, false, false),
  status: fc.constantFrom("active", "active", "active", "active", "paused", "draining"),
} as const);

const offers = suppliers.chain((names) =>
  fc
    .tuple(
      ...names.map((name) => fc.tuple(fc.constant(name), fc.subarray([...SURFACES], { minLength: 1 }), said, said)),
    )
    .map((rows) =>
      rows.flatMap(([name, dialects, ...each]) =>
        dialects.map((dialect, index) => offer(name, { dialect, ...each[index] })),
      ),
    ),
);

const optional = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined, freq: 3 });

/** Without what is undefined, as it is absent in what callers say. */
const present = <T extends object>(all: T) =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const preferences = fc
  .record({
    order: optional(suppliers),
    only: optional(fc.subarray(NAMES, { minLength: 4 })),
    ignore: optional(fc.subarray(NAMES, { maxLength: 3 })),
    allowFallbacks: optional(fc.boolean()),
    sort: optional(fc.constantFrom("price", "throughput", "latency")),
    maxPriceMicros: optional(fc.constantFrom(3, 100)),
    dataCollection: optional(fc.constantFrom("allow", "deny")),
  } as const)
  .map((all): Preferences => present(all));

const orders = fc
  .record({
    surface: fc.constantFrom(...SURFACES),
    needs: features.map((needs) => new Set(needs)),
    bonds: fc.constantFrom([], [], ["computer_20250124"]),
    inputTokens: fc.integer({ min: 1, max: 120 }),
    outputTokensMax: fc.integer({ min: 1, max: 45 }),
    draw,
    affinity: optional(draw),
    preferences: optional(preferences),
    avoid: fc.subarray(NAMES, { maxLength: 2 }).map((names) => new Set(names)),
    tried: fc.subarray(NAMES, { maxLength: 2 }).map((names) => new Set(names)),
  })
  .map((all) => order(present(all)));

const standing: fc.Arbitrary<Partial<Standing>> = fc
  .record({
    penalty: fc.constantFrom(1, 1, 1.01, 1.5),
    inFlight: fc.constantFrom(0, 1, 2, 40),
    latencyMs: fc.constantFrom(0, 100, 101, 700),
    tokensPerSecond: fc.constantFrom(0, 20, 80),
    cause: fc.constantFrom(undefined, undefined, undefined, "failing", "busy", "slow"),
    forMs: fc.constantFrom(-5, 0, 1, 5_000),
    probing: fc.boolean(),
  } as const)
  .map(({ cause, forMs, probing, ...all }) => ({ ...all, ...(cause && broken(cause, forMs, probing)) }));

const standings: fc.Arbitrary<Standings> = fc.dictionary(fc.constantFrom(...NAMES), standing);

const decide = (asked: Order, all: readonly Offer[], known: Standings) => route(asked, marketOf(all, known), STATE);

/** Said once more, without the eye for speed: who may fill it. A supplier does so in the surface's format if it can. */
function plainlyEligible(asked: Order, all: readonly Offer[], known: Standings): readonly Offer[] {
  const able = all.filter((one) => isPlainlyAble(asked, one) && isPlainlyThere(asked, one, known[one.supplier]));
  const spoken = new Set(able.filter((o) => o.dialect === asked.surface).map((o) => o.supplier));
  return able.filter((o) => o.dialect === asked.surface || !spoken.has(o.supplier));
}

function isPlainlyAble(asked: Order, one: Offer): boolean {
  const wish = asked.preferences ?? {};
  const isShut = wish.allowFallbacks === false && wish.order !== undefined && !wish.order.includes(one.supplier);
  return (
    (one.dialect === asked.surface || asked.bonds.length === 0) &&
    new Set(one.features).isSupersetOf(asked.needs) &&
    (one.outputTokensMax ?? 0) >= (asked.outputTokensMax ?? 0) &&
    (one.contextTokens ?? 0) >= asked.inputTokens + (asked.outputTokensMax ?? 0) &&
    (wish.only ?? NAMES).includes(one.supplier) &&
    !(wish.ignore ?? []).includes(one.supplier) &&
    !isShut &&
    one.askMicros <= (wish.maxPriceMicros ?? 1_000) &&
    (wish.dataCollection !== "deny" || one.collectsData === false)
  );
}

function isPlainlyThere(asked: Order, one: Offer, { breaker, inFlight = 0 }: Partial<Standing> = {}): boolean {
  const isOpen = breaker !== undefined && (breaker.untilMs > STATE.nowMs || breaker.probing);
  return (
    one.status === "active" &&
    !asked.tried?.has(one.supplier) &&
    !(isOpen && breaker.cause !== "slow") &&
    inFlight < (one.runningMax ?? 1_000)
  );
}

function isDoubted(asked: Order, { supplier }: Offer, known: Standings): boolean {
  const { breaker } = known[supplier] ?? {};
  if (asked.avoid.has(supplier)) return true;
  return breaker?.cause === "slow" && (breaker.untilMs > STATE.nowMs || breaker.probing);
}

const law = (holds: (asked: Order, all: Offer[], known: Standings) => void) =>
  fc.assert(fc.property(orders, offers, standings, holds), { numRuns: 400 });

describe("laws of the route", () => {
  test("somebody who may is chosen when there is one, without doubts unless all are doubted", () => {
    law((asked, all, known) => {
      const eligible = plainlyEligible(asked, all, known);
      const sound = eligible.filter((one) => !isDoubted(asked, one, known));
      const decision = decide(asked, all, known);
      expect(decision.kind === "route").toBe(eligible.length > 0);
      if (decision.kind === "route") expect(sound.length > 0 ? sound : eligible).toContain(decision.offer);
    });
  });

  test("nobody is chosen while another's ask, as it counts, is lower by more than the band", () => {
    law((asked, all, known) => {
      const { order: first, sort = "price" } = asked.preferences ?? {};
      fc.pre(first === undefined && sort === "price");
      const ask = (one: Offer) => one.askMicros * (known[one.supplier]?.penalty ?? 1);
      const sound = plainlyEligible(asked, all, known).filter((one) => !isDoubted(asked, one, known));
      const decision = decide(asked, all, known);
      if (decision.kind !== "route" || sound.length === 0) return;
      expect(ask(decision.offer)).toBeLessThanOrEqual(Math.min(...sound.map(ask)) * BAND);
    });
  });

  test("the caller's order is kept: the first of it that may is chosen", () => {
    law((asked, all, known) => {
      const first = asked.preferences?.order ?? [];
      const sound = plainlyEligible(asked, all, known).filter((one) => !isDoubted(asked, one, known));
      const wanted = first.find((name) => sound.some(({ supplier }) => supplier === name));
      fc.pre(wanted !== undefined);
      expect(decide(asked, all, known)).toMatchObject({ offer: { supplier: wanted }, why: "order" });
    });
  });

  test("the quick look at a supplier and the one that says what is in its way agree", () => {
    law((asked, all, known) => {
      const demand = demandOf(asked, TEXT_PRIME, STATE.nowMs);
      for (const choice of marketOf(all, known).choicesFor(TEXT_PRIME, asked.surface).all) {
        const { terms, obstacle } = match(choice, demand);
        expect(termsFor(choice, demand)).toBe(obstacle === undefined ? terms : undefined);
      }
    });
  });

  test("an explanation names every supplier exactly once, the first of them as the route does", () => {
    law((asked, all, known) => {
      const decision = decide(asked, all, known);
      const { verdicts, decision: explained } = explainRoute(asked, marketOf(all, known), STATE);
      expect(explained).toEqual(decision);
      const named = verdicts.map(({ offer: { supplier } }) => supplier);
      expect(named.toSorted()).toEqual([...new Set(all.map((o) => o.supplier))].sort());
      const chosen = verdicts.filter(({ kind }) => kind === "chosen").map((verdict) => verdict.offer);
      expect(chosen).toEqual(decision.kind === "route" ? [decision.offer] : []);
      expect(verdicts.every(({ reason }) => reason.length > 0)).toBe(true);
    });
  });

  test("a refusal and an explanation say the same of each", () => {
    law((asked, all, known) => {
      const { decision, verdicts } = explainRoute(asked, marketOf(all, known), STATE);
      if (!("excluded" in decision)) return;
      expect(verdicts.map(({ offer: { supplier }, reason }) => ({ supplier, reason }))).toEqual(decision.excluded);
    });
  });

  test("the order of the verdicts is that in which a request falls back", () => {
    law((asked, all, known) => {
      const { verdicts } = explainRoute(asked, marketOf(all, known), STATE);
      const places = verdicts.filter(({ kind }) => kind !== "excluded");
      expect(places.map(({ place }) => place)).toEqual(places.map((_, index) => index + 1));
      const tried = new Set(asked.tried);
      for (const { offer: next } of places) {
        expect(decide({ ...asked, tried }, all, known)).toMatchObject({ kind: "route", offer: next });
        tried.add(next.supplier);
      }
      if (asked.preferences?.allowFallbacks === false) expect(places.length).toBeLessThanOrEqual(1);
      else expect(decide({ ...asked, tried }, all, known).kind).not.toBe("route");
    });
  });

  test("an order is told to come again when time would fill it, and never otherwise", () => {
    law((asked, all, known) => {
      const decision = decide(asked, all, known);
      fc.pre(decision.kind !== "route");
      const rested = all.map((o) => ({ ...o, status: "active" as const }));
      const fresh = { ...asked, tried: new Set<string>() };
      const canPass = all.length === 0 || plainlyEligible(fresh, rested, {}).length > 0;
      expect(decision.kind === "nobody-eligible").toBe(canPass);
    });
  });

  test("an order that only its own format can say never goes to another", () => {
    law((asked, all, known) => {
      fc.pre(asked.bonds.length > 0);
      const { verdicts } = explainRoute(asked, marketOf(all, known), STATE);
      const tried = verdicts.filter(({ kind }) => kind !== "excluded").map((verdict) => verdict.offer);
      expect(tried.filter((o) => o.dialect !== asked.surface)).toEqual([]);
    });
  });

  test("a refusal names what is in the way of somebody, and nothing that is not asked", () => {
    law((asked, all, known) => {
      const decision = decide(asked, all, known);
      if (decision.kind !== "feature-unsupported") return;
      expect(decision.features.length + decision.bonds.length).toBeGreaterThan(0);
      expect([...asked.needs]).toEqual(expect.arrayContaining([...decision.features]));
      expect([[], asked.bonds]).toContainEqual(decision.bonds);
      const mended = { ...asked, needs: new Set<Feature>(), bonds: [] };
      expect(decide(mended, all, known).kind).not.toBe("feature-unsupported");
    });
  });

  test("both surfaces choose alike when every supplier offers the same in both formats", () => {
    law((asked, all, known) => {
      const single = [...new Map(all.map((o) => [o.supplier, o])).values()];
      const both = single.flatMap((o) => SURFACES.map((dialect) => ({ ...o, dialect })));
      const [one, other] = SURFACES.map((surface) => JSON.stringify(decide({ ...asked, surface }, both, known)));
      expect(other?.replaceAll(SURFACES[1], SURFACES[0])).toBe(one);
    });
  });

  test("both surfaces choose alike where nothing is bound to a format", () => {
    law((asked, all, known) => {
      const single = [...new Map(all.map((o) => [o.supplier, o])).values()];
      const [one, other] = SURFACES.map((surface) => decide({ ...asked, bonds: [], surface }, single, known));
      expect(other).toEqual(one);
    });
  });

  test("the order in which offers are listed changes nothing", () => {
    law((asked, all, known) => {
      const [one, two] = [all, all.toReversed()].map((given) => explainRoute(asked, marketOf(given, known), STATE));
      expect(two?.verdicts).toEqual(one?.verdicts);
      expect(two?.decision.kind).toBe(one?.decision.kind);
    });
  });

  test("deciding is pure: the same again, whatever was decided meanwhile, and nothing that went in is changed", () => {
    fc.assert(
      fc.property(orders, offers, standings, orders, offers, (asked, all, known, others, elsewhere) => {
        const market = marketOf(all.map(Object.freeze) as Offer[], known);
        const before = structuredClone({ asked, all, known });
        const first = structuredClone(route(Object.freeze(asked), market, STATE));
        decide(others, elsewhere, known);
        expect(route(asked, market, STATE)).toEqual(first);
        expect({ asked, all, known }).toEqual(before);
      }),
    );
  });
});

describe("laws of the prompt cache", () => {
  const field = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 24 });
  const keys = Array.from({ length: 200 }, (_, place) => hashOf(`conversation ${place}`));

  function homesOf(names: readonly string[], known: Standings = {}, seed = "draw"): readonly string[] {
    const market = marketOf(
      names.map((name) => offer(name)),
      known,
    );
    return keys.map((affinity, place) => {
      const decision = route(order({ affinity, draw: hashOf(`${seed} ${place}`) }), market, STATE);
      return decision.kind === "route" ? decision.offer.supplier : decision.kind;
    });
  }

  test("a supplier that leaves takes its own conversations with it, and no others move", () => {
    fc.assert(
      fc.property(field, fc.nat(), (names, pick) => {
        const gone = names[pick % names.length];
        const [before, after] = [homesOf(names), homesOf(names.filter((name) => name !== gone))];
        for (const [place, home] of before.entries()) {
          if (home !== gone) expect(after[place]).toBe(home);
          else expect(after[place]).not.toBe(gone);
        }
      }),
    );
  });

  test("who is listed first, and what is drawn, moves no conversation", () => {
    fc.assert(
      fc.property(field, fc.string(), (names, seed) => {
        expect(homesOf(names.toReversed(), {}, seed)).toEqual(homesOf(names));
      }),
    );
  });

  test("conversations are spread evenly", () => {
    const names = Array.from({ length: 10 }, (_, place) => `supplier-${place}`);
    const counts = Map.groupBy(homesOf(names), (name) => name);
    for (const name of names) expect(counts.get(name)?.length ?? 0).toBeGreaterThan(6);
  });

  test("nobody is given a conversation beyond a quarter more than the mean, unless all but idle", () => {
    const loads = fc.array(fc.nat({ max: 60 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(loads, (each) => {
        const names = each.map((_, place) => `supplier-${place}`);
        const known = Object.fromEntries(names.map((name, place) => [name, { inFlight: each[place] ?? 0 }]));
        const mean = (each.reduce((sum, load) => sum + load, 0) + 1) / each.length;
        const bound = Math.max(8, Math.ceil(1.25 * mean));
        for (const home of homesOf(names, known)) expect(known[home]?.inFlight).toBeLessThan(bound);
      }),
    );
  });
});

/** Goal: what holds for every market and order. Method: random markets against a decision made the slow, plain way. */
import { FEATURES, type Feature } from "@interchange/inference";
import { createFailureMemory, createMarket, type Offer, type Order, route } from "@interchange/routing";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { offer, order, TEXT_PRIME } from "./exchange.ts";

const SURFACES = ["chat-completions", "messages"] as const;
const NOW_MS = 1_000_000;
const suppliers = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"), { maxLength: 8 });
const features = fc.subarray(FEATURES.slice(0, 4));

const terms = fc.record({
  askMicros: fc.integer({ min: 0, max: 5 }),
  features: fc.oneof(fc.constant([...FEATURES]), features),
  contextTokens: fc.constantFrom(50, 100, 200),
  outputTokensMax: fc.constantFrom(20, 40),
  paused: fc.constantFrom(false, false, false, true),
});

const offers = suppliers.chain((names) =>
  fc
    .tuple(
      ...names.map((name) => fc.tuple(fc.constant(name), fc.subarray([...SURFACES], { minLength: 1 }), terms, terms)),
    )
    .map((rows) =>
      rows.flatMap(([name, dialects, ...each]) =>
        dialects.map((dialect, index) => offer(name, { dialect, ...each[index] })),
      ),
    ),
);

const orders = fc
  .record({
    surface: fc.constantFrom(...SURFACES),
    needs: features.map((needs) => new Set(needs)),
    bonds: fc.constantFrom([], [], ["computer_20250124"]),
    inputTokens: fc.integer({ min: 1, max: 120 }),
    outputTokensMax: fc.integer({ min: 1, max: 45 }),
    avoid: suppliers.map((names) => new Set(names)),
  })
  .map((said) => order(said));

const failed = suppliers;

function stateOf(names: readonly string[]) {
  const failures = createFailureMemory();
  for (const name of names) failures.noteFailure(name, TEXT_PRIME.name, NOW_MS - 1);
  return { nowMs: NOW_MS, failures };
}

const decide = (asked: Order, all: readonly Offer[], names: readonly string[]) =>
  route(asked, createMarket({ instruments: [TEXT_PRIME], offers: all }), stateOf(names));

/** Said once more, without order's eye for speed: who may fill it. A supplier does so in the surface's format if it can. */
function plainlyEligible(asked: Order, all: readonly Offer[]): readonly Offer[] {
  const able = plainlyAble(asked, all);
  const spoken = new Set(able.filter((o) => o.dialect === asked.surface).map((o) => o.supplier));
  return able.filter((o) => o.dialect === asked.surface || !spoken.has(o.supplier));
}

function plainlyAble(asked: Order, all: readonly Offer[]): readonly Offer[] {
  return all.filter(
    (o) =>
      (o.dialect === asked.surface || asked.bonds.length === 0) &&
      o.paused !== true &&
      new Set(o.features).isSupersetOf(asked.needs) &&
      (o.outputTokensMax ?? 0) >= (asked.outputTokensMax ?? 0) &&
      (o.contextTokens ?? 0) >= asked.inputTokens + (asked.outputTokensMax ?? 0),
  );
}

/** The suppliers in the order in which they would be tried; none when the order was refused. */
function triedIn(decision: ReturnType<typeof decide>): readonly string[] {
  return decision.kind === "route" ? [decision.offer, ...decision.alternatives].map((o) => o.supplier) : [];
}

describe("laws of the route", () => {
  test("the cheapest eligible offer is chosen, one that failed only when no other is left", () => {
    fc.assert(
      fc.property(orders, offers, failed, (asked, all, names) => {
        const eligible = plainlyEligible(asked, all);
        const fresh = eligible.filter((o) => !asked.avoid.has(o.supplier) && !new Set<string>(names).has(o.supplier));
        const field = fresh.length > 0 ? fresh : eligible;
        const decision = decide(asked, all, names);
        expect(decision.kind === "route").toBe(field.length > 0);
        if (decision.kind !== "route") return;
        expect(field).toContain(decision.offer);
        expect(decision.offer.askMicros).toBe(Math.min(...field.map((o) => o.askMicros)));
        expect(new Set([decision.offer, ...decision.alternatives])).toEqual(new Set(eligible));
      }),
      { numRuns: 1_000 },
    );
  });

  test("every supplier is named exactly once", () => {
    fc.assert(
      fc.property(orders, offers, failed, (asked, all, names) => {
        const decision = decide(asked, all, names);
        const excluded = "excluded" in decision ? decision.excluded.map((e) => e.supplier) : [];
        expect([...triedIn(decision), ...excluded].sort()).toEqual([...new Set(all.map((o) => o.supplier))].sort());
      }),
      { numRuns: 1_000 },
    );
  });

  test("an order is told to come again when the end of a pause would fill it, and never otherwise", () => {
    fc.assert(
      fc.property(orders, offers, failed, (asked, all, names) => {
        const decision = decide(asked, all, names);
        const unpaused = all.map((o) => ({ ...o, paused: false }));
        const canPass = all.length === 0 || plainlyEligible(asked, unpaused).length > 0;
        if (decision.kind === "route") return;
        expect(decision.kind === "nobody-eligible").toBe(canPass);
      }),
      { numRuns: 1_000 },
    );
  });

  test("an order that only its own format can say never goes to another", () => {
    fc.assert(
      fc.property(orders, offers, failed, (asked, all, names) => {
        fc.pre(asked.bonds.length > 0);
        const decision = decide(asked, all, names);
        const tried = decision.kind === "route" ? [decision.offer, ...decision.alternatives] : [];
        expect(tried.filter((o) => o.dialect !== asked.surface)).toEqual([]);
      }),
    );
  });

  test("a refusal names what is in the way of somebody, and nothing that is not asked", () => {
    fc.assert(
      fc.property(orders, offers, failed, (asked, all, names) => {
        const decision = decide(asked, all, names);
        if (decision.kind !== "feature-unsupported") return;
        expect(decision.features.length + decision.bonds.length).toBeGreaterThan(0);
        expect([...asked.needs]).toEqual(expect.arrayContaining([...decision.features]));
        expect([[], asked.bonds]).toContainEqual(decision.bonds);
        const mended = { ...asked, needs: new Set<Feature>(), bonds: [] };
        expect(decide(mended, all, names).kind).not.toBe("feature-unsupported");
      }),
      { numRuns: 1_000 },
    );
  });

  test("both surfaces choose alike when every supplier offers the same in both formats", () => {
    fc.assert(
      fc.property(orders, offers, failed, (asked, all, names) => {
        const single = [...new Map(all.map((o) => [o.supplier, o])).values()];
        const both = single.flatMap((o) => SURFACES.map((dialect) => ({ ...o, dialect })));
        const blind = JSON.stringify(decide({ ...asked, surface: SURFACES[0] }, both, names));
        const other = JSON.stringify(decide({ ...asked, surface: SURFACES[1] }, both, names));
        expect(other.replaceAll(SURFACES[1], SURFACES[0])).toBe(blind);
      }),
    );
  });

  test("the order in which offers are listed changes nothing", () => {
    fc.assert(
      fc.property(orders, offers, failed, (asked, all, names) => {
        const [one, two] = [decide(asked, all, names), decide(asked, all.toReversed(), names)];
        expect(two.kind).toBe(one.kind);
        expect(triedIn(two)).toEqual(triedIn(one));
      }),
    );
  });

  test("deciding is pure: the same again, and nothing that went in is changed", () => {
    fc.assert(
      fc.property(orders, offers, failed, (asked, all, names) => {
        const market = createMarket({ instruments: [TEXT_PRIME], offers: all.map((o) => Object.freeze(o)) });
        const state = Object.freeze(stateOf(names));
        const before = structuredClone({ asked, all, size: state.failures.size });
        const first = structuredClone(route(Object.freeze(asked), market, state));
        expect(route(asked, market, state)).toEqual(first);
        expect({ asked, all, size: state.failures.size }).toEqual(before);
      }),
    );
  });
});

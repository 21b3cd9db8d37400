/**
 * Deciding: how long the choice of a supplier takes over few offers and over many, and how much it leaves to be cleared away.
 * Times are of short rounds: their median, and the quickest. What a machine with other things to do adds is in the one and
 * hardly in the other. `node src/decision.ts [rounds]`
 */
import { getHeapStatistics } from "node:v8";
import { FEATURES } from "@interchange/inference";
import { createHealth, createMarket, type Instrument, type Offer, type Order, route } from "@interchange/routing";
import { medianOf } from "./median.ts";

const [rounds = 300] = process.argv.slice(2).map(Number);
const NOW_MS = 1_000_000;

/** The longest that a decision may take over so many offers, in µs. */
const LIMITS: readonly (readonly [offers: number, limitMicros: number])[] = [
  [10, 3],
  [1_000, 20],
];

const INSTRUMENT: Instrument = {
  name: "text-prime",
  tier: "prime",
  description: "Careful text.",
  floors: {},
  contextTokens: 128_000,
  outputTokensMax: 30_000,
  modalities: ["text"],
  features: ["tools"],
};

interface Situation {
  readonly name: string;
  readonly offer: (place: number, count: number) => Partial<Offer>;
  readonly order: Partial<Order>;
}

const SAME = () => ({});
const SPREAD = (place: number) => ({ askMicros: 100_000 + 500 * place });
const LAST_ALONE = (place: number, count: number): Partial<Offer> =>
  place === count - 1 ? SPREAD(place) : { ...SPREAD(place), features: ["tools"] };

const SITUATIONS: readonly Situation[] = [
  { name: "one ask, all eligible", offer: SAME, order: {} },
  { name: "spread asks", offer: SPREAD, order: {} },
  { name: "a feature that the dearest alone has", offer: LAST_ALONE, order: { needs: new Set(["image"]) } },
  { name: "one ask, with a prompt cache", offer: SAME, order: { affinity: 1 } },
  { name: "spread asks, with a prompt cache", offer: SPREAD, order: { affinity: 1 } },
  {
    name: "one ask, some ignored, a ceiling",
    offer: SAME,
    order: { preferences: { ignore: ["s2", "s3", "s5"], maxPriceMicros: 200_000 } },
  },
  { name: "one ask, only three", offer: SAME, order: { preferences: { only: ["s1", "s4", "s7"] } } },
  { name: "spread asks, an order", offer: SPREAD, order: { preferences: { order: ["s8", "s4"] } } },
  { name: "one ask, sorted by latency", offer: SAME, order: { preferences: { sort: "latency" } } },
  { name: "one ask, the third attempt", offer: SAME, order: { tried: new Set(["s0", "s6"]) } },
];

interface Figures {
  readonly medianMicros: number;
  readonly bestMicros: number;
  readonly bytes: number;
}

function measure(situation: Situation, count: number): Figures {
  const decide = decisions(situation, count);
  const perRound = count > 100 ? 50 : 2_000;
  for (let round = 0; round < 100; round += 1) decide(perRound);
  const bytes = allocated(() => decide(perRound)) / perRound;
  const times = Array.from({ length: rounds }, () => {
    const begun = process.hrtime.bigint();
    decide(perRound);
    return Number(process.hrtime.bigint() - begun) / 1_000 / perRound;
  });
  return { medianMicros: medianOf(times), bestMicros: Math.min(...times), bytes };
}

/** Decides so many times, each time for another request. */
function decisions(situation: Situation, count: number): (times: number) => void {
  const market = marketOf(situation, count);
  const state = { nowMs: NOW_MS };
  let request = 0;
  return (times) => {
    for (let time = 0; time < times; time += 1) {
      request = (request + 0x9e3779b9) >>> 0;
      const decision = route(orderOf(situation, request), market, state);
      if (decision.kind !== "route") throw new Error(`${situation.name}: ${decision.kind}`);
    }
  };
}

function orderOf({ order }: Situation, draw: number): Order {
  const asked: Order = { ...BASE, ...order, draw };
  return order.affinity === undefined ? asked : { ...asked, affinity: draw };
}

const BASE: Order = {
  instrument: INSTRUMENT.name,
  surface: "messages",
  needs: new Set(["tools"]),
  bonds: [],
  inputTokens: 500,
  outputTokensMax: 1_000,
  draw: 0,
  avoid: new Set(),
};

/** Suppliers that have been asked before, each in another number of requests. */
function marketOf({ offer }: Situation, count: number) {
  const health = createHealth();
  const offers = Array.from({ length: count }, (_, place) => offerOf(place, offer(place, count)));
  for (const { supplier } of offers) {
    const standing = health.standing(supplier, INSTRUMENT.name);
    const firstTokenMs = 200 + (Number(supplier.slice(1)) % 7) / 3;
    health.begin(standing, NOW_MS).answered({ firstTokenMs, tokensPerSecond: 80.5 }, NOW_MS);
  }
  const standing = (supplier: string) => health.standing(supplier, INSTRUMENT.name);
  return createMarket({ instruments: [INSTRUMENT], offers, standing });
}

function offerOf(place: number, said: Partial<Offer>): Offer {
  const [supplier, dialect] = [`s${place}`, place % 2 === 0 ? "messages" : "chat-completions"];
  const told = { instrument: INSTRUMENT.name, model: "m", askMicros: 100_000, delivery: "relay" } as const;
  return { ...told, supplier, dialect, features: FEATURES, ...said };
}

/** Bytes that the work takes of the heap: the smallest of a few goes, since now and then something is cleared away meanwhile. */
function allocated(work: () => void): number {
  const goes = Array.from({ length: 20 }, () => {
    const before = getHeapStatistics().used_heap_size;
    work();
    return getHeapStatistics().used_heap_size - before;
  });
  return Math.min(...goes.filter((bytes) => bytes > 0));
}

function print(count: number, name: string, figures: Figures, limitMicros: number): void {
  const { medianMicros, bestMicros, bytes } = figures;
  const told = [
    medianMicros.toFixed(2).padStart(11),
    bestMicros.toFixed(2).padStart(10),
    String(limitMicros).padStart(11),
  ];
  const verdict = medianMicros < limitMicros ? "" : "   over the limit";
  console.log(
    `${String(count).padStart(6)}  ${name.padEnd(41)}${told.join("")}${bytes.toFixed(0).padStart(8)}${verdict}`,
  );
}

console.log("offers  situation                                  median µs   best µs   limit µs   bytes");
for (const [count, limitMicros] of LIMITS) {
  for (const situation of SITUATIONS) print(count, situation.name, measure(situation, count), limitMicros);
}

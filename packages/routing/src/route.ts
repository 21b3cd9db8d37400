/** Route: the decision who fills an order, who would be next, and why the others do not. */
import type { Exclusion, Feature, RefusalOf } from "@interchange/inference";
import { contextOf, missingFeatures, type Obstacle, obstacleOf, outputOf } from "./eligibility.ts";
import type { FailureRecord } from "./failure-memory.ts";
import type { Instrument } from "./instrument.ts";
import type { Choice, Market } from "./market.ts";
import type { Offer } from "./offer.ts";
import type { Order } from "./order.ts";
import { type Candidate, rank } from "./rank.ts";

/** What is known at the moment of the decision. Routing reads it and changes nothing. */
export interface RoutingState {
  readonly nowMs: number;
  readonly failures: FailureRecord;
}

export interface Route {
  readonly kind: "route";
  readonly offer: Offer;
  /** The other eligible offers in the order in which to try them; last resorts stand at the end. */
  readonly alternatives: readonly Offer[];
  /** Suppliers that may not fill the order. */
  readonly excluded: readonly Exclusion[];
  /** Why some of those named above stand behind costlier ones. */
  readonly passedOver: readonly Exclusion[];
}

export type RoutingRefusal = RefusalOf<
  "unknown-instrument" | "prompt-too-long" | "feature-unsupported" | "no-supplier-fits" | "nobody-eligible"
>;

/**
 * Decides who fills the order. Every supplier of the instrument is named exactly once: as the chosen one, among the
 * alternatives, or among the excluded. The same order, market and state always give the same route.
 */
export function route(order: Order, market: Market, state: RoutingState): Route | RoutingRefusal {
  const instrument = market.instrument(order.instrument);
  if (instrument === undefined) return unknownInstrument(order, market);
  const choices = market.offersFor(instrument, order.surface);
  const sifted = sift(choices, order, instrument, state);
  const { candidates, excluded } = sifted;
  const [chosen, ...rest] = rank(candidates);
  if (chosen === undefined) return refusalOf(order, instrument, choices, sifted);
  const alternatives = rest.map((candidate) => candidate.offer);
  return { kind: "route", offer: chosen.offer, alternatives, excluded, passedOver: candidates.flatMap(passedOver) };
}

interface Sifted {
  readonly candidates: readonly Candidate[];
  readonly obstacles: readonly Obstacle[];
  readonly excluded: readonly Exclusion[];
}

function sift(choices: readonly Choice[], order: Order, instrument: Instrument, state: RoutingState): Sifted {
  const candidates: Candidate[] = [];
  const obstacles: Obstacle[] = [];
  const excluded: Exclusion[] = [];
  for (const choice of choices) {
    const { offer, obstacle } = choose(choice, order, instrument);
    if (obstacle === undefined) {
      candidates.push({ offer, doubt: doubtOf(offer, order, instrument, state) });
    } else {
      obstacles.push(obstacle);
      excluded.push({ supplier: offer.supplier, reason: obstacle.reason });
    }
  }
  return { candidates, obstacles, excluded };
}

interface Chosen {
  readonly offer: Offer;
  readonly obstacle: Obstacle | undefined;
}

/**
 * The first offer of the supplier that nothing keeps from the order; else one that a pause alone does, which will pass;
 * else the first. A supplier is thus bought in the surface's own format unless only another can do what is asked.
 */
function choose(choice: Choice, order: Order, instrument: Instrument): Chosen {
  let best: Chosen | undefined;
  for (const offer of choice) {
    const obstacle = obstacleOf(offer, order, instrument);
    if (obstacle === undefined) return { offer, obstacle };
    if (best === undefined || (obstacle.kind === "paused" && best.obstacle?.kind !== "paused")) {
      best = { offer, obstacle };
    }
  }
  return best as Chosen;
}

function doubtOf(offer: Offer, order: Order, instrument: Instrument, state: RoutingState): string | undefined {
  if (order.avoid.has(offer.supplier)) return "has just failed this request";
  return state.failures.failedRecently(offer.supplier, instrument.name, state.nowMs)
    ? "failed a moment ago"
    : undefined;
}

function passedOver({ offer, doubt }: Candidate): readonly Exclusion[] {
  return doubt === undefined ? [] : [{ supplier: offer.supplier, reason: doubt }];
}

function unknownInstrument(order: Order, market: Market): RefusalOf<"unknown-instrument"> {
  const known = market.instruments().map((instrument) => instrument.name);
  return { kind: "unknown-instrument", instrument: order.instrument, known };
}

/**
 * Waiting helps where somebody will be back, or may come; it is told to nobody else, since clients that are told so ask
 * again and again. What is in the way otherwise is named for the caller to mend, as seen from the offers that can say all
 * that it said.
 */
function refusalOf(order: Order, instrument: Instrument, choices: readonly Choice[], sifted: Sifted): RoutingRefusal {
  const { obstacles, excluded } = sifted;
  const { name } = instrument;
  const kinds = new Set(obstacles.map((obstacle) => obstacle.kind));
  if (choices.length === 0 || kinds.has("paused")) return { kind: "nobody-eligible", instrument: name, excluded };

  const able = choices.flat().filter((offer) => offer.dialect === order.surface || order.bonds.length === 0);
  const bonds = kinds.has("bonds") ? order.bonds : [];
  if (kinds.has("context") && kinds.isSubsetOf(TOO_LONG)) {
    const contextTokens = Math.max(...able.map((offer) => contextOf(offer, instrument)));
    const tokens = order.inputTokens + outputOf(order, instrument);
    return { kind: "prompt-too-long", instrument: name, tokens, contextTokens, excluded };
  }

  const isBlocked = kinds.has("features") || able.length === 0;
  if (isBlocked && able.every((offer) => missingFeatures(offer, order.needs).length > 0)) {
    return { kind: "feature-unsupported", features: unmetNeeds(able, order.needs), bonds, excluded };
  }
  return { kind: "no-supplier-fits", instrument: name, excluded };
}

const TOO_LONG: ReadonlySet<Obstacle["kind"]> = new Set(["context", "bonds"]);

/** The needs that no offer meets; when each is met by some offer but never together, all that some offer lacks. */
function unmetNeeds(offers: readonly Offer[], needs: ReadonlySet<Feature>): readonly Feature[] {
  if (offers.length === 0) return [];
  const all = [...needs];
  const byNobody = all.filter((need) => offers.every((offer) => !offer.features.includes(need)));
  return byNobody.length > 0 ? byNobody : all.filter((need) => offers.some((offer) => !offer.features.includes(need)));
}

/** Route: the decision who fills an order, or the refusal that says why nobody does. */
import type { RefusalOf } from "@interchange/inference";
import { demandOf } from "./demand.ts";
import { obstacleOf } from "./eligibility.ts";
import type { Market } from "./market.ts";
import type { Offer } from "./offer.ts";
import type { Order } from "./order.ts";
import { doubtOf, pick, type Why } from "./rank.ts";
import { type RoutingRefusal, refuse } from "./refuse.ts";
import { type Standing, stateOf } from "./standing.ts";

/** What is known at the moment of the decision, beside what the market knows of its suppliers. */
export interface RoutingState {
  readonly nowMs: number;
}

export interface Route {
  readonly kind: "route";
  readonly offer: Offer;
  readonly standing: Standing;
  readonly why: Why;
  /** How many were as good as equal, the one that was chosen among them. */
  readonly among: number;
  /** Whether the supplier is tried out after a time of failing. */
  readonly isProbe: boolean;
}

/** Decides who fills the order. The same order, market, standings and moment always give the same route. */
export function route(order: Order, market: Market, { nowMs }: RoutingState): Route | RoutingRefusal {
  const instrument = market.instrument(order.instrument);
  if (instrument === undefined) return unknownInstrument(order, market);
  const demand = demandOf(order, instrument, nowMs);
  const choices = market.choicesFor(instrument, order.surface);
  const picked = pick(choices, demand);
  if (picked === undefined) return refuse(choices, demand);
  const { choice, terms, why, among } = picked;
  const { standing } = choice;
  return { kind: "route", offer: terms.offer, standing, why, among, isProbe: isProbe(standing, nowMs) };
}

/**
 * The route to one supplier in one format, as sealed before; undefined when it may not fill the order any more. One that is
 * being drained may.
 */
export function routeTo(
  { supplier, dialect }: Pick<Offer, "supplier" | "dialect">,
  order: Order,
  market: Market,
  { nowMs }: RoutingState,
): Route | undefined {
  const instrument = market.instrument(order.instrument);
  const choice = instrument && market.choicesFor(instrument, order.surface).of(supplier);
  const terms = choice?.terms.find(({ offer }) => offer.dialect === dialect);
  if (instrument === undefined || choice === undefined || terms === undefined) return undefined;
  const demand = demandOf(order, instrument, nowMs);
  if (doubtOf(choice, demand) !== undefined) return undefined;
  const obstacle = obstacleOf(choice, terms, demand);
  const { standing } = choice;
  if (obstacle !== undefined && (obstacle !== "draining" || standing.inFlight >= terms.runningMax)) return undefined;
  return { kind: "route", offer: terms.offer, standing, why: "ticket", among: 1, isProbe: isProbe(standing, nowMs) };
}

/** One probe is under way at a time: beside it, somebody may still be a last resort. */
function isProbe(standing: Standing, nowMs: number): boolean {
  return stateOf(standing, nowMs) === "half-open" && standing.breaker?.probing !== true;
}

function unknownInstrument(order: Order, market: Market): RefusalOf<"unknown-instrument"> {
  const known = market.instruments().map((instrument) => instrument.name);
  return { kind: "unknown-instrument", instrument: order.instrument, known };
}

const WORDS: Readonly<Record<Why, (among: number) => string>> = {
  ticket: () => "as its ticket says",
  order: () => "first in provider.order",
  price: (among) => (among === 1 ? "cheapest" : `cheapest of ${among} near the lowest ask`),
  affinity: (among) => `prompt cache, among ${among} near the lowest ask`,
  load: (among) => `less busy, among ${among} near the lowest ask`,
  latency: () => "lowest latency",
  throughput: () => "highest throughput",
  avoid: () => "last resort, since it has just failed this request",
  slow: () => "last resort, since it is slower than promised",
  failing: () => "last resort, since it fails often",
  busy: () => "last resort, since it is often busy",
};

/** Why the supplier was chosen, in a few words. */
export function whyOf({ why, among, isProbe }: Pick<Route, "why" | "among" | "isProbe">): string {
  return isProbe ? `${WORDS[why](among)}, tried out again` : WORDS[why](among);
}

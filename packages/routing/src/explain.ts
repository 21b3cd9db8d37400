/** Explanations: every supplier of an instrument, and what a decision makes of it. Nothing is decided anew here. */
import { demandOf } from "./demand.ts";
import { match } from "./eligibility.ts";
import type { Market } from "./market.ts";
import type { Offer } from "./offer.ts";
import type { Order } from "./order.ts";
import { reasonOf } from "./reason.ts";
import type { RoutingRefusal } from "./refuse.ts";
import { type Route, type RoutingState, route, whyOf } from "./route.ts";
import type { Standing } from "./standing.ts";

/** What becomes of one supplier. */
export interface Verdict {
  readonly kind: "chosen" | "standby" | "excluded";
  /** In the order in which they would be tried, from 1; absent when excluded. */
  readonly place?: number;
  readonly offer: Offer;
  readonly standing: Standing;
  /** Why it has this place, or none. */
  readonly reason: string;
}

export interface Explanation {
  readonly decision: Route | RoutingRefusal;
  /** Every supplier of the instrument once: in the order in which they would be tried, then those that may not be. */
  readonly verdicts: readonly Verdict[];
}

/** How it is decided where more counts than the order says. */
export type Decide = (order: Order) => Route | RoutingRefusal;

/** Explains what `route` decides at this moment. The order of trying is that of deciding again and again without those tried. */
export function explainRoute(
  order: Order,
  market: Market,
  state: RoutingState,
  decide: Decide = (asked) => route(asked, market, state),
): Explanation {
  const decision = decide(order);
  const instrument = market.instrument(order.instrument);
  if (instrument === undefined) return { decision, verdicts: [] };
  const { inTurn, end } = rounds(order, decision, decide);
  const named = new Set(inTurn.map(({ offer }) => offer.supplier));
  const demand = demandOf(order, instrument, state.nowMs);
  const excluded = market
    .choicesFor(instrument, order.surface)
    .all.filter(({ supplier }) => !named.has(supplier))
    .map((choice): Verdict => {
      const { terms, obstacle } = match(choice, demand);
      const reason =
        obstacle === undefined ? saidIn(end, choice.supplier) : reasonOf(obstacle, { choice, terms, demand });
      return { kind: "excluded", offer: terms.offer, standing: choice.standing, reason };
    });
  return { decision, verdicts: [...inTurn, ...excluded] };
}

interface Rounds {
  readonly inTurn: readonly Verdict[];
  /** What ended them; undefined where the caller wants nobody after the first. */
  readonly end: RoutingRefusal | undefined;
}

function rounds(order: Order, first: Route | RoutingRefusal, decide: Decide): Rounds {
  const tried = new Set(order.tried);
  const inTurn: Verdict[] = [];
  let next = first;
  while (next.kind === "route") {
    inTurn.push(verdictOf(next, inTurn.length + 1));
    if (order.preferences?.allowFallbacks === false) return { inTurn, end: undefined };
    tried.add(next.offer.supplier);
    next = decide({ ...order, tried: new Set(tried) });
  }
  return { inTurn, end: next };
}

/** Of a supplier in whose way the order itself puts nothing. */
function saidIn(end: RoutingRefusal | undefined, supplier: string): string {
  const excluded = end !== undefined && "excluded" in end ? end.excluded : [];
  return excluded.find((one) => one.supplier === supplier)?.reason ?? "is not tried, since fallbacks are not allowed";
}

function verdictOf(found: Route, place: number): Verdict {
  const { offer, standing } = found;
  return { kind: place === 1 ? "chosen" : "standby", place, offer, standing, reason: whyOf(found) };
}

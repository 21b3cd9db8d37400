/** Refusals: why nobody may fill an order, with what is in the way of each supplier. */
import type { Exclusion, Feature, RefusalOf } from "@interchange/inference";
import type { Demand } from "./demand.ts";
import { match, type Obstacle, passes } from "./eligibility.ts";
import type { Choice, Choices, Terms } from "./market.ts";
import { missingFeatures, reasonOf } from "./reason.ts";

export type RoutingRefusal = RefusalOf<
  "unknown-instrument" | "prompt-too-long" | "feature-unsupported" | "no-supplier-fits" | "nobody-eligible"
>;

interface Blocked {
  readonly choice: Choice;
  readonly obstacle: Obstacle;
}

/**
 * Waiting helps where somebody will be back, or may come; it is told to nobody else, since clients that are told so ask
 * again and again. What is in the way otherwise is named for the caller to mend, as seen from the offers that it lets in and that
 * can say all that it said.
 */
export function refuse(choices: Choices, demand: Demand): RoutingRefusal {
  const { name } = demand.instrument;
  const { blocked, excluded } = sift(choices, demand);
  if (blocked.length === 0 || blocked.some(({ obstacle }) => passes(obstacle))) {
    return { kind: "nobody-eligible", instrument: name, excluded, ...waitOf(blocked, demand) };
  }
  const letIn = blocked.filter(({ obstacle }) => !UNWANTED.has(obstacle));
  const kinds = new Set(letIn.map(({ obstacle }) => obstacle));
  const able = ableIn(letIn, demand);
  if (kinds.has("context") && kinds.isSubsetOf(TOO_LONG)) {
    const contextTokens = Math.max(...able.map((terms) => terms.contextTokens));
    return { kind: "prompt-too-long", instrument: name, tokens: demand.contextTokens, contextTokens, excluded };
  }
  const isBlocked = kinds.has("features") || (kinds.has("bonds") && able.length === 0);
  if (isBlocked && able.every(({ offer }) => missingFeatures(offer, demand.order.needs).length > 0)) {
    const bonds = kinds.has("bonds") ? demand.order.bonds : [];
    return { kind: "feature-unsupported", features: unmetNeeds(able, demand.order.needs), bonds, excluded };
  }
  return { kind: "no-supplier-fits", instrument: name, excluded };
}

function sift({ all }: Choices, demand: Demand) {
  const blocked: Blocked[] = [];
  const excluded: Exclusion[] = [];
  for (const choice of all) {
    const { terms, obstacle } = match(choice, demand);
    if (obstacle === undefined) continue;
    blocked.push({ choice, obstacle });
    excluded.push({ supplier: choice.supplier, reason: reasonOf(obstacle, { choice, terms, demand }) });
  }
  return { blocked, excluded };
}

/** Until the first of those that rest is back, or one that is full has room again; absent where nobody can tell. */
function waitOf(blocked: readonly Blocked[], { nowMs }: Demand): { retryAfterMs?: number } {
  const untils = blocked.flatMap(({ choice: { standing }, obstacle }) => {
    if (obstacle === "full") return [nowMs];
    return (obstacle === "busy" || obstacle === "failing") && standing.breaker ? [standing.breaker.untilMs] : [];
  });
  return untils.length === 0 ? {} : { retryAfterMs: Math.max(WAIT_MS_MIN, Math.min(...untils) - nowMs) };
}

/** Somebody is being tried out meanwhile, or about to be done. */
const WAIT_MS_MIN = 500;

/** The caller itself keeps them out. */
const UNWANTED: ReadonlySet<Obstacle> = new Set(["preference", "data", "price"]);

const TOO_LONG: ReadonlySet<Obstacle> = new Set(["context", "bonds"]);

function ableIn(blocked: readonly Blocked[], { isBound }: Demand): readonly Terms[] {
  return blocked.flatMap(({ choice }) => choice.terms).filter(({ isForeign }) => !isForeign || !isBound);
}

/** The needs that no offer meets; when each is met by some offer but never together, all that some offer lacks. */
function unmetNeeds(terms: readonly Terms[], needs: ReadonlySet<Feature>): readonly Feature[] {
  if (terms.length === 0) return [];
  const all = [...needs];
  const lacks = (need: Feature) => (one: Terms) => !one.offer.features.includes(need);
  const byNobody = all.filter((need) => terms.every(lacks(need)));
  return byNobody.length > 0 ? byNobody : all.filter((need) => terms.some(lacks(need)));
}

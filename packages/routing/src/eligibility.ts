/** Eligibility: whether a supplier may fill an order, and if not, what is in the way. Nothing is made for it but the answer. */
import type { Demand } from "./demand.ts";
import type { Choice, Terms } from "./market.ts";
import { isNamed } from "./names.ts";
import type { Standing } from "./standing.ts";

/** What is in the way. Those that pass with time are looked for last, so that one of them is the only one there is. */
export type Obstacle =
  | "preference"
  | "data"
  | "price"
  | "ceiling"
  | "bonds"
  | "output"
  | "context"
  | "features"
  | "tried"
  | "paused"
  | "draining"
  | "failing"
  | "busy"
  | "full";

const PASSING: ReadonlySet<Obstacle> = new Set(["tried", "ceiling", "paused", "draining", "failing", "busy", "full"]);

/** Whether waiting may take it away. */
export function passes(obstacle: Obstacle): boolean {
  return PASSING.has(obstacle);
}

/** What a supplier would fill the order on, or what keeps it from that. */
export interface Match {
  readonly terms: Terms;
  readonly obstacle: Obstacle | undefined;
}

/**
 * The first of the supplier's terms that nothing keeps from the order; undefined when there are none. A supplier is thus
 * bought in the surface's own format unless only another can do what is asked.
 */
export function termsFor(choice: Choice, demand: Demand): Terms | undefined {
  if (!isPlain(choice, demand) && isKeptOut(choice, demand)) return undefined;
  const { first, terms, standing } = choice;
  if (isFit(first, standing, demand)) return first;
  return terms.length === 1 ? undefined : terms.find((one) => isFit(one, standing, demand));
}

/** Whether neither its name nor its breaker can matter: it is so for most, and seen at a glance. */
export function isPlain({ bit, standing }: Choice, { namedBits }: Demand): boolean {
  return (bit & namedBits) === 0 && standing.breaker === undefined;
}

function isKeptOut(choice: Choice, demand: Demand): boolean {
  return preferenceObstacle(choice, demand) !== undefined || standingObstacle(choice, demand) !== undefined;
}

/** Whether neither a permanent nor a passing obstacle is in the way. */
function isFit(terms: Terms, { inFlight }: Standing, demand: Demand): boolean {
  return (
    terms.status === "active" &&
    inFlight < terms.runningMax &&
    (demand.needs & ~terms.features) === 0 &&
    demand.contextTokens <= terms.contextTokens &&
    demand.outputTokens <= terms.outputTokensMax &&
    terms.askMicros <= demand.askMicrosMax &&
    !(demand.isBound && terms.isForeign) &&
    (!demand.deniesData || terms.keepsNothing)
  );
}

/** The same with what is in the way: of several formats, that of the first, or of one that will pass. */
export function match(choice: Choice, demand: Demand): Match {
  let best: Match | undefined;
  for (const terms of choice.terms) {
    const obstacle = obstacleOf(choice, terms, demand);
    if (obstacle === undefined) return { terms, obstacle };
    const isBetter = passes(obstacle) && !(best?.obstacle && passes(best.obstacle));
    if (best === undefined || isBetter) best = { terms, obstacle };
  }
  return best as Match;
}

/** What keeps the supplier from the order on these terms. */
export function obstacleOf(choice: Choice, terms: Terms, demand: Demand): Obstacle | undefined {
  return (
    preferenceObstacle(choice, demand) ??
    permanentObstacle(terms, demand) ??
    standingObstacle(choice, demand) ??
    passingObstacle(terms, choice, demand)
  );
}

function preferenceObstacle(choice: Choice, { names }: Demand): Obstacle | undefined {
  if (names === undefined) return undefined;
  const { only, ignore, order } = names;
  if (only !== undefined && !isNamed(only, choice)) return "preference";
  if (ignore !== undefined && isNamed(ignore, choice)) return "preference";
  return order !== undefined && !isNamed(order, choice) ? "preference" : undefined;
}

function permanentObstacle(terms: Terms, demand: Demand): Obstacle | undefined {
  if (terms.askMicros > demand.maxPriceMicros) return "price";
  if (demand.deniesData && !terms.keepsNothing) return "data";
  if (demand.isBound && terms.isForeign) return "bonds";
  if (demand.outputTokens > terms.outputTokensMax) return "output";
  if (demand.contextTokens > terms.contextTokens) return "context";
  return (demand.needs & ~terms.features) === 0 ? undefined : "features";
}

/** One that is slow, or answers sometimes, is a last resort; one that is down, or has asked to be left alone, is none. */
function standingObstacle(choice: Choice, { tried, nowMs }: Demand): Obstacle | undefined {
  if (tried !== undefined && isNamed(tried, choice)) return "tried";
  const { breaker, isAnswering } = choice.standing;
  if (breaker === undefined || breaker.cause === "slow") return undefined;
  if (isAnswering && breaker.isAsked !== true) return undefined;
  return nowMs < breaker.untilMs || breaker.probing ? breaker.cause : undefined;
}

/** That the market pays less than is asked is none of the caller's faults. */
function passingObstacle(
  { status, runningMax, askMicros }: Terms,
  { standing }: Choice,
  { askMicrosMax }: Demand,
): Obstacle | undefined {
  if (askMicros > askMicrosMax) return "ceiling";
  if (status !== "active") return status;
  return standing.inFlight >= runningMax ? "full" : undefined;
}

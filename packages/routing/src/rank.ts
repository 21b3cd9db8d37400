/**
 * Rank: of those that may fill an order, who does. The cheapest, where an ask counts for more the more often it goes
 * unanswered; among asks that are as good as equal, whoever has the conversation in its cache, else whoever is less busy.
 */
import type { Preferences } from "@interchange/inference";
import { stir } from "./bits.ts";
import type { Demand } from "./demand.ts";
import { isPlain, termsFor } from "./eligibility.ts";
import { field } from "./field.ts";
import type { Choice, Choices, Terms } from "./market.ts";
import { isNamed } from "./names.ts";
import type { Standing } from "./standing.ts";

/** Why it was this one. */
export type Why = "ticket" | "order" | "price" | "affinity" | "load" | "latency" | "throughput" | Doubt;

/** What speaks against a supplier that may fill the order, and makes it a last resort. */
export type Doubt = "avoid" | "slow" | "failing" | "busy";

export interface Pick {
  readonly choice: Choice;
  readonly terms: Terms;
  readonly why: Why;
  /** How many were as good as equal when it was picked, itself among them. */
  readonly among: number;
}

type Sort = NonNullable<Preferences["sort"]>;

const NEVER = Number.POSITIVE_INFINITY;

/** Asks that differ by less are as good as equal. */
const PRICE_BAND = 1.02;

/** Likewise speeds, which are measured. */
const SPEED_BAND = 1.1;

export function pick(choices: Choices, demand: Demand): Pick | undefined {
  const { order, sort } = demand.preferences;
  const inOrder = order && pickInOrder(order, choices, demand);
  if (inOrder !== undefined) return inOrder;
  return sort === "latency" || sort === "throughput"
    ? pickBySpeed(choices, demand, sort)
    : pickByPrice(choices, demand);
}

/** The first of the caller's own order that may and has not just failed; where nobody else may, one that has. */
function pickInOrder(order: readonly string[], choices: Choices, demand: Demand): Pick | undefined {
  let resort: Pick | undefined;
  for (const supplier of order) {
    const choice = choices.of(supplier);
    const terms = choice && termsFor(choice, demand);
    if (choice === undefined || terms === undefined) continue;
    const doubt = doubtOf(choice, demand);
    if (doubt === undefined) return { choice, terms, why: "order", among: 1 };
    resort ??= { choice, terms, why: doubt, among: 1 };
  }
  return demand.isClosed ? resort : undefined;
}

function pickByPrice(choices: Choices, demand: Demand): Pick | undefined {
  gather(choices, demand, "price");
  if (field.size === 0) return pickDoubted(choices, demand, "price");
  const { sort, order } = demand.preferences;
  const { affinity, draw } = demand.order;
  if (field.size === 1 || sort === "price") return picked(choices, cheapest(), demand, "price");
  if (affinity !== undefined && order === undefined)
    return picked(choices, home(choices, affinity), demand, "affinity");
  return picked(choices, lessBusy(choices, draw), demand, "load");
}

function pickBySpeed(choices: Choices, demand: Demand, sort: "latency" | "throughput"): Pick | undefined {
  gather(choices, demand, sort);
  return field.size > 0 ? picked(choices, cheapest(), demand, sort) : pickDoubted(choices, demand, sort);
}

/** The last resort: the best of those that something speaks against. */
function pickDoubted({ all }: Choices, demand: Demand, sort: Sort): Pick | undefined {
  let best: Pick | undefined;
  let bestScore = NEVER;
  for (const choice of all) {
    const terms = termsFor(choice, demand);
    const why = doubtOf(choice, demand);
    if (terms === undefined || why === undefined) continue;
    const score = scoreOf(choice, askOf(choice, terms), sort);
    if (best !== undefined && score >= bestScore) continue;
    best = { choice, terms, why, among: 1 };
    bestScore = score;
  }
  return best;
}

function picked({ all }: Choices, place: number, demand: Demand, why: Why): Pick {
  const choice = all[place] as Choice;
  return { choice, terms: termsFor(choice, demand) as Terms, why, among: field.size };
}

/**
 * Writes those into the field whose score is within the band of the best, in the order of their asks, and nobody whom
 * something speaks against. Scores by price are never below the ask, by which choices are sorted: the search ends where
 * nobody after can be within the band.
 */
function gather({ all }: Choices, demand: Demand, sort: Sort): void {
  const { places, scores, asks, loads } = field.cleared(all.length);
  const band = sort === "price" ? PRICE_BAND : SPEED_BAND;
  let size = 0;
  let best = NEVER;
  let worst = 0;
  for (let place = 0; place < all.length; place += 1) {
    const choice = all[place] as Choice;
    if (sort === "price" && choice.askMicros > best * band) break;
    const terms = termsFor(choice, demand);
    if (terms === undefined || isDoubted(choice, demand)) continue;
    const ask = askOf(choice, terms);
    const score = scoreOf(choice, ask, sort);
    if (score > best * band) continue;
    if (score < best) best = score;
    if (score > worst) worst = score;
    places[size] = place;
    scores[size] = score;
    asks[size] = ask;
    loads[size] = choice.standing.inFlight;
    size += 1;
  }
  field.size = size;
  if (worst > best * band) field.narrow(best * band);
}

function isDoubted(choice: Choice, demand: Demand): boolean {
  return !isPlain(choice, demand) && doubtOf(choice, demand) !== undefined;
}

/** What speaks against a supplier that may fill the order. */
export function doubtOf(choice: Choice, { avoid, nowMs }: Demand): Doubt | undefined {
  if (avoid !== undefined && isNamed(avoid, choice)) return "avoid";
  const { breaker } = choice.standing;
  if (breaker === undefined) return undefined;
  return nowMs < breaker.untilMs || breaker.probing ? breaker.cause : undefined;
}

function askOf({ standing }: Choice, { askMicros }: Terms): number {
  return askMicros * standing.penalty;
}

/** Of whom nothing is known yet comes first by speed, since it would never be known otherwise. */
function scoreOf({ standing }: Choice, ask: number, sort: Sort): number {
  if (sort === "price") return ask;
  if (sort === "latency") return standing.latencyMs;
  return standing.tokensPerSecond === 0 ? 0 : 1 / standing.tokensPerSecond;
}

/** By what is asked, as it counts; then by the ask, then by name, which is the order that choices are in. */
function cheapest(): number {
  const { asks, size } = field;
  let best = 0;
  for (let at = 1; at < size; at += 1) if ((asks[at] as number) < (asks[best] as number)) best = at;
  return field.placeAt(best);
}

/** A supplier may be this much busier than the mean before conversations are sent elsewhere. */
const LOAD_BOUND = 1.25;

/** Below so many requests at once nobody is too busy. */
const LOAD_MIN = 8;

/**
 * Rendezvous hashing with bounded loads (Thaler and Ravishankar 1998; Mirrokni, Thorup and Zadimoghaddam 2016): each
 * conversation has its own order of suppliers, which hardly changes when one comes or goes, and goes to the first that is
 * not far busier than the others.
 */
function home({ hashes }: Choices, affinity: number): number {
  const { places, loads, size } = field;
  // With the request that is to be placed counted, somebody is always below.
  const bound = Math.max(LOAD_MIN, Math.ceil((LOAD_BOUND * (field.load() + 1)) / size));
  let best = 0;
  let bestWeight = -1;
  for (let at = 0; at < size; at += 1) {
    if ((loads[at] as number) >= bound) continue;
    const weight = stir(affinity ^ (hashes[places[at] as number] as number));
    if (weight > bestWeight) {
      best = at;
      bestWeight = weight;
    }
  }
  return field.placeAt(best);
}

/** Two that are drawn, and of them the one that would answer sooner (Mitzenmacher 2001). */
function lessBusy({ all }: Choices, draw: number): number {
  const first = (draw >>> 0) % field.size;
  const second = (first + 1 + ((draw >>> 16) % (field.size - 1))) % field.size;
  const [one, other] = [field.placeAt(first), field.placeAt(second)];
  return isSooner((all[other] as Choice).standing, (all[one] as Choice).standing) ? other : one;
}

/**
 * By the peak EWMA of the first token, given how many are there already. One of whom nothing is known is taken to be as
 * quick as the other: as the quickest it would draw everybody before its first answer.
 */
function isSooner(a: Standing, b: Standing): boolean {
  const isKnown = a.latencyMs > 0 && b.latencyMs > 0;
  return waitAt(a, isKnown) < waitAt(b, isKnown);
}

function waitAt({ latencyMs, inFlight }: Standing, isKnown: boolean): number {
  return (isKnown ? latencyMs : 1) * (inFlight + 1);
}

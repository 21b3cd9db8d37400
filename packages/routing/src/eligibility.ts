/** Eligibility: whether an offer may fill an order, and if not, what is in the way. */
import type { Feature } from "@interchange/inference";
import type { Instrument } from "./instrument.ts";
import type { Offer } from "./offer.ts";
import type { Order } from "./order.ts";

/** What is in the way of one offer. `reason` goes on from the supplier's name. */
export interface Obstacle {
  readonly kind: "bonds" | "paused" | "context" | "output" | "features";
  readonly reason: string;
}

/**
 * What keeps the offer from the order, or undefined when nothing does. A pause is looked at last, so that an obstacle of
 * that kind is the only one there is, and will pass.
 */
export function obstacleOf(offer: Offer, order: Order, instrument: Instrument): Obstacle | undefined {
  return (
    bondObstacle(offer, order) ??
    sizeObstacle(offer, order, instrument) ??
    featureObstacle(offer, order) ??
    pauseOf(offer)
  );
}

/** Tokens of output asked for. A cap above the instrument's own ceiling asks for no more: nobody sells beyond it. */
export function outputOf(order: Order, instrument: Instrument): number {
  return Math.min(order.outputTokensMax ?? 0, instrument.outputTokensMax);
}

export function contextOf(offer: Offer, instrument: Instrument): number {
  return offer.contextTokens ?? instrument.contextTokens;
}

function bondObstacle(offer: Offer, order: Order): Obstacle | undefined {
  if (offer.dialect === order.surface || order.bonds.length === 0) return undefined;
  const reason = `speaks the ${offer.dialect} format, which cannot say ${order.bonds.join(" or ")}`;
  return { kind: "bonds", reason };
}

function sizeObstacle(offer: Offer, order: Order, instrument: Instrument): Obstacle | undefined {
  const output = outputOf(order, instrument);
  const outputMax = offer.outputTokensMax ?? instrument.outputTokensMax;
  if (output > outputMax) return { kind: "output", reason: `ends its answers at ${outputMax} tokens` };

  const context = contextOf(offer, instrument);
  if (order.inputTokens + output > context) {
    return { kind: "context", reason: `has a context of ${context} tokens, which is too small` };
  }
  return undefined;
}

function featureObstacle(offer: Offer, order: Order): Obstacle | undefined {
  const missing = missingFeatures(offer, order.needs);
  if (missing.length === 0) return undefined;
  const { unsayable = [] } = offer;
  const own = missing.filter((feature) => !unsayable.includes(feature));
  const formal = missing.filter((feature) => unsayable.includes(feature));
  const reasons = [
    ...(formal.length === 0 ? [] : [`speaks the ${offer.dialect} format, which allows ${limitsOf(formal)}`]),
    ...(own.length === 0 ? [] : [`offers ${limitsOf(own)}`]),
  ];
  return { kind: "features", reason: reasons.join(", and ") };
}

function limitsOf(missing: readonly Feature[]): string {
  return missing.map((feature) => LIMITS[feature]).join(" and ");
}

function pauseOf(offer: Offer): Obstacle | undefined {
  return offer.paused === true ? { kind: "paused", reason: "is paused" } : undefined;
}

/** The needs that the offer does not meet. */
export function missingFeatures(offer: Offer, needs: ReadonlySet<Feature>): readonly Feature[] {
  const missing: Feature[] = [];
  for (const need of needs) {
    if (!offer.features.includes(need)) missing.push(need);
  }
  return missing;
}

/** What an offer without the feature offers, to go on from `offers` and `allows`. */
const LIMITS: Readonly<Record<Feature, string>> = {
  tools: "no tools",
  "parallel-tools": "no parallel tool calls",
  image: "no images",
  document: "no documents",
  audio: "no audio",
  reasoning: "no reasoning",
  "structured-output": "no structured output",
  "several-answers": "only one answer at a time",
  logprobs: "no log probabilities",
  seed: "no seeds",
  "top-k": "no top-k sampling",
  "server-tools": "no server tools",
  "audio-output": "no spoken answers",
  "json-object": "no JSON without a schema",
  "logit-bias": "no token biases",
  verbosity: "no choice of verbosity",
  prediction: "no predicted output",
  citations: "no citations",
  files: "no stored files",
  "web-search": "no web search",
  "frequency-penalty": "no penalties for frequency",
  "presence-penalty": "no penalties for presence",
  "high-temperature": "no temperatures above 1",
  "temperature-with-top-p": "either temperature or top_p but not both",
  "many-stop-sequences": "at most four stop sequences",
  "blank-stop-sequences": "no blank stop sequences",
  "single-tool-calls": "no way to ask for one tool call at a time",
};

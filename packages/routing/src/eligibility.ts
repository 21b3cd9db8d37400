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
  return {
    kind: "features",
    reason: `offers ${missing.map((feature) => `no ${FEATURE_NOUNS[feature]}`).join(" and ")}`,
  };
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

const FEATURE_NOUNS: Readonly<Record<Feature, string>> = {
  tools: "tools",
  "parallel-tools": "parallel tool calls",
  image: "images",
  document: "documents",
  audio: "audio",
  reasoning: "reasoning",
  "structured-output": "structured output",
  "several-answers": "several answers at once",
  logprobs: "log probabilities",
  seed: "seeds",
  "top-k": "top-k sampling",
  "server-tools": "server tools",
  "audio-output": "spoken answers",
  "json-object": "JSON without a schema",
  "logit-bias": "token biases",
  verbosity: "verbosity",
  prediction: "predicted output",
  citations: "citations",
  files: "stored files",
  "web-search": "web search",
  penalties: "penalties",
  "high-temperature": "temperatures above 1",
  "temperature-with-top-p": "temperature and top_p together",
  "many-stop-sequences": "more than four stop sequences",
  "blank-stop-sequences": "blank stop sequences",
};

/** Reasons: what is in a supplier's way, as the caller reads it. Each goes on from the supplier's name. */
import type { Feature } from "@interchange/inference";
import type { Demand } from "./demand.ts";
import type { Obstacle } from "./eligibility.ts";
import type { Choice, Terms } from "./market.ts";
import type { Offer } from "./offer.ts";

interface Seen {
  readonly choice: Choice;
  readonly terms: Terms;
  readonly demand: Demand;
}

const REASONS: Readonly<Record<Obstacle, (seen: Seen) => string>> = {
  preference: preferenceReason,
  data: ({ terms }) =>
    terms.offer.collectsData === true ? "keeps what it is sent" : "is not known to keep nothing of what it is sent",
  // What a supplier asks is between it and the market's operator, and so is the ceiling.
  price: () => "asks for more than provider.max_price",
  ceiling: () => "asks for more than is paid for this instrument",
  bonds: ({ terms, demand }) =>
    `speaks the ${terms.offer.dialect} format, which cannot say ${demand.order.bonds.join(" or ")}`,
  output: ({ terms }) => `ends its answers at ${terms.outputTokensMax} tokens`,
  context: ({ terms }) => `has a context of ${terms.contextTokens} tokens, which is too small`,
  features: ({ terms, demand }) => featureReason(terms.offer, demand),
  tried: () => "was tried for this request and failed",
  paused: () => "is paused",
  draining: () => "is being drained",
  failing: (seen) => `has failed too often of late${untilOf(seen)}`,
  busy: (seen) => `is too busy${untilOf(seen)}`,
  full: ({ terms }) => `has ${terms.runningMax} requests under way, as many as it takes at once`,
};

export function reasonOf(obstacle: Obstacle, seen: Seen): string {
  return REASONS[obstacle](seen);
}

function preferenceReason({ choice, demand }: Seen): string {
  const { only, ignore } = demand.preferences;
  if (ignore?.includes(choice.supplier)) return "is in provider.ignore";
  return only !== undefined && !only.includes(choice.supplier) ? "is not in provider.only" : "is not in provider.order";
}

function untilOf({ choice, demand }: Seen): string {
  const { breaker } = choice.standing;
  if (breaker === undefined) return "";
  if (demand.nowMs >= breaker.untilMs) return " and is being tried out";
  return ` and is left alone for ${Math.ceil((breaker.untilMs - demand.nowMs) / 1_000)} s`;
}

function featureReason(offer: Offer, { order }: Demand): string {
  const missing = missingFeatures(offer, order.needs);
  const { unsayable = [] } = offer;
  const own = missing.filter((feature) => !unsayable.includes(feature));
  const formal = missing.filter((feature) => unsayable.includes(feature));
  const reasons = [
    ...(formal.length === 0 ? [] : [`speaks the ${offer.dialect} format, which allows ${limitsOf(formal)}`]),
    ...(own.length === 0 ? [] : [`offers ${limitsOf(own)}`]),
  ];
  return reasons.join(", and ");
}

/** The needs that the offer does not meet. */
export function missingFeatures(offer: Offer, needs: ReadonlySet<Feature>): readonly Feature[] {
  return [...needs].filter((need) => !offer.features.includes(need));
}

function limitsOf(missing: readonly Feature[]): string {
  return missing.map((feature) => LIMITS[feature]).join(" and ");
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

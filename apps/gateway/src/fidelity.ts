/** Fidelity: a caller that wants nothing left out is routed to whoever would be told all of it, and to nobody else. */
import type { Exclusion, InferenceRequest, Wish } from "@interchange/inference";
import { withOwnThinking } from "@interchange/relay";
import type { Instrument, Offer, Route, RoutingRefusal } from "@interchange/routing";
import type { Engine } from "./engine.ts";
import { outputCap } from "./output-cap.ts";
import type { Surface } from "./surface.ts";

export interface Decided {
  readonly decided: Route | RoutingRefusal;
  readonly instrument: Instrument;
  readonly inputTokens: number;
}

/**
 * The route, with the first of its offers that leaves nothing out in front; a refusal when there is none. Whether a wish
 * goes with the rest of a request is known by writing the request, so it is written for each offer as it would be sent.
 */
export function faithful(
  engine: Engine,
  surface: Surface,
  request: InferenceRequest,
  { decided, ...measured }: Decided,
): Route | RoutingRefusal {
  if (request.requireParameters !== true || decided.kind !== "route") return decided;
  const offers = [decided.offer, ...decided.alternatives];
  const losses: Loss[] = [];
  for (const [index, offer] of offers.entries()) {
    const leftOut = leftOutBy(engine, request, { ...measured, offer });
    if (leftOut.length === 0) return { ...decided, offer, alternatives: offers.slice(index + 1) };
    losses.push({ supplier: offer.supplier, leftOut });
  }
  const features = [...new Set(losses.flatMap(({ leftOut }) => leftOut))];
  const excluded = [...decided.excluded, ...losses.map((loss) => exclusionOf(loss, surface))];
  return { kind: "feature-unsupported", features, bonds: [], excluded };
}

interface Loss {
  readonly supplier: string;
  readonly leftOut: readonly Wish[];
}

interface Tried {
  readonly instrument: Instrument;
  readonly offer: Offer;
  readonly inputTokens: number;
}

function leftOutBy(engine: Engine, request: InferenceRequest, tried: Tried): readonly Wish[] {
  const { supplier: name, dialect, model, features } = tried.offer;
  const supplier = engine.supplier(name, dialect);
  // It is refused as withdrawn when it is to run.
  if (supplier === undefined) return [];
  const capped = { ...request, outputTokensMax: outputCap(engine, request, tried) };
  const own = withOwnThinking(capped, { name, verifies: supplier.dialect.verifiesThinking });
  const target = { model, features: new Set(features), quirks: supplier.quirks };
  return supplier.dialect.writeRequest(own, target).leftOut;
}

function exclusionOf({ supplier, leftOut }: Loss, surface: Surface): Exclusion {
  const names = leftOut.map((wish) => surface.dialect.surface.parameterOf(wish));
  return { supplier, reason: `cannot be told ${names.join(" and ")} beside the rest of this request` };
}

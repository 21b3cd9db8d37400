/** Fidelity: a caller that wants nothing left out is routed to whoever would be told all of it, and to nobody else. */
import type { Exclusion, Wish } from "@interchange/inference";
import { withOwnThinking } from "@interchange/relay";
import { type Offer, type Order, type Route, type RoutingRefusal, route, routeTo } from "@interchange/routing";
import type { Engine } from "./engine.ts";
import type { Asked } from "./order.ts";
import { outputCap } from "./output-cap.ts";
import type { Surface } from "./surface.ts";

interface Loss {
  readonly supplier: string;
  readonly leftOut: readonly Wish[];
}

/**
 * The route to the first supplier that leaves nothing out, where the caller asks for that; a refusal when there is none.
 * Whether a wish goes with the rest of a request is known by writing the request, so it is written for each offer as it
 * would be sent.
 */
export function routeFaithfully(engine: Engine, surface: Surface, asked: Asked, order: Order): Route | RoutingRefusal {
  const state = { nowMs: engine.clock() };
  if (asked.request.requireParameters !== true) return route(order, engine.market, state);
  const tried = new Set(order.tried);
  const losses: Loss[] = [];
  for (;;) {
    const decided = route({ ...order, tried }, engine.market, state);
    if (decided.kind !== "route") return losses.length === 0 ? decided : lossOf(losses, decided, surface);
    const leftOut = leftOutBy(engine, asked, decided.offer);
    if (leftOut.length === 0) return decided;
    losses.push({ supplier: decided.offer.supplier, leftOut });
    tried.add(decided.offer.supplier);
  }
}

/** The route to one supplier that was sealed before, as long as it may be asked and leaves out nothing that has to be told. */
export function routeFaithfullyTo(
  engine: Engine,
  asked: Asked,
  sealed: Pick<Offer, "supplier" | "dialect">,
  order: Order,
): Route | undefined {
  const found = routeTo(sealed, order, engine.market, { nowMs: engine.clock() });
  if (found === undefined || asked.request.requireParameters !== true) return found;
  return leftOutBy(engine, asked, found.offer).length === 0 ? found : undefined;
}

/** Whoever would leave something out says what; the others say what else is in their way. */
function lossOf(losses: readonly Loss[], refusal: RoutingRefusal, surface: Surface): RoutingRefusal {
  const features = [...new Set(losses.flatMap(({ leftOut }) => leftOut))];
  const lossy = new Set(losses.map(({ supplier }) => supplier));
  const others = "excluded" in refusal ? refusal.excluded.filter(({ supplier }) => !lossy.has(supplier)) : [];
  const excluded = [...others, ...losses.map((loss) => exclusionOf(loss, surface))];
  return { kind: "feature-unsupported", features, bonds: [], excluded };
}

function leftOutBy(engine: Engine, { request, instrument, inputTokens }: Asked, offer: Offer): readonly Wish[] {
  const { supplier: name, dialect, model, features } = offer;
  const supplier = engine.market.open(name, dialect);
  // It is passed over when it is to run.
  if (supplier === undefined) return [];
  const capped = { ...request, outputTokensMax: outputCap(engine, request, { instrument, offer, inputTokens }) };
  const own = withOwnThinking(capped, { name, verifies: supplier.dialect.verifiesThinking });
  const target = { model, features: new Set(features), quirks: supplier.quirks };
  return supplier.dialect.writeRequest(own, target).leftOut;
}

function exclusionOf({ supplier, leftOut }: Loss, surface: Surface): Exclusion {
  const names = leftOut.map((wish) => surface.dialect.surface.parameterOf(wish));
  return { supplier, reason: `cannot be told ${names.join(" and ")} beside the rest of this request` };
}

/** How many tokens a prompt has for whoever would serve it now. */
import { bondsOf, type InferenceRequest, needsOf } from "@interchange/inference";
import { type Instrument, type Offer, route } from "@interchange/routing";
import type { Engine } from "./engine.ts";
import { weigh } from "./estimate/index.ts";

export interface Asked {
  readonly surface: string;
  readonly instrument: Instrument;
  readonly request: InferenceRequest;
  /** Size of the body. */
  readonly bytes: number;
}

/** An answer that errs upwards is better than none: without a tokenizer the prompt is estimated as for a hold. */
export async function countPrompt(engine: Engine, asked: Asked): Promise<number> {
  const estimate = engine.estimator.estimate(asked.instrument.name, weigh(asked.bytes, asked.request));
  try {
    return await engine.tokenCounter.count(asked.request, offerFor(engine, asked, estimate));
  } catch (error) {
    engine.log.warn({ err: error }, "tokens were estimated in place of counted");
    return estimate;
  }
}

/** Whoever would be sent the request; undefined when nobody can fill it, who then has no way of counting either. */
function offerFor(engine: Engine, { surface, instrument, request }: Asked, estimate: number): Offer | undefined {
  const order = {
    instrument: instrument.name,
    surface,
    needs: needsOf(request),
    bonds: bondsOf(request),
    inputTokens: Math.floor(estimate / 2),
    draw: 0,
    avoid: new Set<string>(),
  };
  const routed = route(order, engine.market, { nowMs: engine.clock() });
  return routed.kind === "route" ? routed.offer : undefined;
}

/** The output cap: what one answer may come to, of which as much is held. */
import type { InferenceRequest } from "@interchange/inference";
import type { Instrument, Offer } from "@interchange/routing";
import type { Engine } from "./engine.ts";

export interface Bounds {
  readonly instrument: Instrument;
  /** Undefined when nobody can fill it. */
  readonly offer: Offer | undefined;
  readonly inputTokens: number;
}

/**
 * In tokens: the caller's cap, else the operator's, and never beyond what the instrument sells. A cap of our own also
 * leaves room for the prompt, since many a supplier refuses what does not fit its context.
 */
export function outputCap(
  { config }: Pick<Engine, "config">,
  request: InferenceRequest,
  { instrument, offer, inputTokens }: Bounds,
): number {
  const most = Math.min(instrument.outputTokensMax, offer?.outputTokensMax ?? Number.POSITIVE_INFINITY);
  if (request.outputTokensMax !== undefined) return Math.min(request.outputTokensMax, most);
  const room = (offer?.contextTokens ?? instrument.contextTokens) - inputTokens;
  return Math.min(config.limits.holdOutputTokensDefault ?? most, most, Math.max(room, ROOM_LEAST));
}

/** The prompt is estimated upwards: there is some room left even where the estimate leaves none. */
const ROOM_LEAST = 1_024;

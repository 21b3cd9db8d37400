/** The price at which accounts buy the tokens of an instrument. */
import type { Engine } from "../engine.ts";

/**
 * Micro-dollars per Unit: the operator's own, else the cheapest ask that is not paused. Undefined where nobody offers the
 * instrument, or there is none of that name.
 */
export function priceOf({ config, market }: Pick<Engine, "config" | "market">, instrument: string): number | undefined {
  const name = market.instrument(instrument)?.name;
  if (name === undefined) return undefined;
  return config.instruments.find((row) => row.name === name)?.priceMicrosPerUnit ?? cheapestAsk(market, name);
}

function cheapestAsk(market: Engine["market"], instrument: string): number | undefined {
  const asks = market.offersOf(instrument).filter((offer) => offer.paused !== true);
  return asks.length === 0 ? undefined : Math.min(...asks.map(({ askMicros }) => askMicros));
}

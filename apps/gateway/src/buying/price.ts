/** The price at which accounts buy the tokens of an instrument. */
import type { Market } from "@interchange/routing";
import type { Config } from "../config/index.ts";

export interface Priced {
  readonly config: Pick<Config, "instruments">;
  readonly market: Market;
}

/**
 * Micro-dollars per Unit: the operator's own, else the cheapest ask that is not paused. Undefined where nobody offers the
 * instrument, or there is none of that name.
 */
export function priceOf({ config, market }: Priced, instrument: string): number | undefined {
  const name = market.instrument(instrument)?.name;
  if (name === undefined) return undefined;
  return config.instruments.find((row) => row.name === name)?.priceMicrosPerUnit ?? cheapestAsk(market, name);
}

function cheapestAsk(market: Market, instrument: string): number | undefined {
  const asks = market.offersOf(instrument).filter((offer) => offer.paused !== true);
  return asks.length === 0 ? undefined : Math.min(...asks.map(({ askMicros }) => askMicros));
}

/** The price at which accounts buy the tokens of an instrument. */
import type { LiveMarket } from "../market/index.ts";

export type Priced = Pick<LiveMarket, "instrumentDocument" | "instrument" | "offersOf">;

/**
 * Micro-dollars per Unit: the operator's own, else the cheapest ask that is not paused. Undefined where nobody offers the
 * instrument, or there is none of that name.
 */
export function priceOf(market: Priced, instrument: string): number | undefined {
  const name = market.instrument(instrument)?.name;
  if (name === undefined) return undefined;
  return market.instrumentDocument(name)?.document.priceMicrosPerUnit ?? cheapestAsk(market, name);
}

function cheapestAsk(market: Priced, instrument: string): number | undefined {
  const asks = market.offersOf(instrument).filter((offer) => (offer.status ?? "active") === "active");
  return asks.length === 0 ? undefined : Math.min(...asks.map(({ askMicros }) => askMicros));
}

/** A small market for the tests: one instrument, offers and orders with everything but the telling part filled in. */
import type { Instrument, Offer, Order, RoutingState, Standing } from "@interchange/routing";
import { createMarket, explainRoute, freshStanding } from "@interchange/routing";

export const NOW_MS = 1_000_000;

export const STATE: RoutingState = Object.freeze({ nowMs: NOW_MS });

export const TEXT_PRIME: Instrument = {
  name: "text-prime",
  tier: "prime",
  description: "Careful text.",
  floors: { qualityMin: 38 },
  contextTokens: 128_000,
  outputTokensMax: 30_000,
  modalities: ["text"],
  features: ["tools"],
};

export function offer(supplier: string, said: Partial<Offer> = {}): Offer {
  return {
    supplier,
    dialect: "chat-completions",
    instrument: "text-prime",
    model: `${supplier}-model`,
    askMicros: 100,
    features: ["tools"],
    delivery: "relay",
    ...said,
  };
}

export function order(said: Partial<Order> = {}): Order {
  return {
    instrument: "text-prime",
    surface: "chat-completions",
    needs: new Set(),
    bonds: [],
    inputTokens: 10,
    draw: 0,
    avoid: new Set(),
    ...said,
  };
}

/** What is said of each supplier's standing; of the others nothing is known. */
export type Standings = Readonly<Record<string, Partial<Standing>>>;

/** How they stand is read anew at each decision: what is said of them may change. */
export function marketOf(offers: readonly Offer[], standings: Standings = {}, instrument = TEXT_PRIME) {
  const standing = (supplier: string) => ({ ...freshStanding(supplier, instrument.name), ...standings[supplier] });
  return createMarket({ instruments: [instrument], offers, standing });
}

type Breaker = NonNullable<Standing["breaker"]>;

/** A breaker that is open for so long yet; half-open when that is over. */
export function broken(cause: Breaker["cause"], forMs = 5_000, probing = false): Partial<Standing> {
  return { breaker: { cause, untilMs: NOW_MS + forMs, probing } };
}

/** The suppliers in the order in which they would be tried; none when the order was refused. */
export function turnsOf(asked: Order, market: ReturnType<typeof marketOf>): readonly string[] {
  const { verdicts } = explainRoute(asked, market, STATE);
  return verdicts.filter(({ kind }) => kind !== "excluded").map((verdict) => verdict.offer.supplier);
}

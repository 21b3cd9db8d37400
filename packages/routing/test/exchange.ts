/** A small market for the tests: one instrument, offers and orders with everything but the telling part filled in. */
import type { Instrument, Offer, Order, RoutingState } from "@interchange/routing";

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
    avoid: new Set(),
    ...said,
  };
}

/** A moment at which exactly these suppliers have failed. */
export function state(...failed: readonly string[]): RoutingState {
  return { nowMs: 0, failures: { failedRecently: (supplier) => failed.includes(supplier) } };
}

/** Order, eligible, rank, route: which supplier fills a request, and why. */
export { hashOf } from "./bits.ts";
export { type Decide, type Explanation, explainRoute, type Verdict } from "./explain.ts";
export {
  type Answer,
  type Attempt,
  type BreakerChange,
  createHealth,
  type Fault,
  type Health,
  type HealthOptions,
  type Measures,
  readBreakerChange,
} from "./health/index.ts";
export type { Floors, Instrument, Modality, Tier } from "./instrument.ts";
export { type Choice, type Choices, createMarket, type Market, type MarketOptions, type Terms } from "./market.ts";
export type { Offer, OfferStatus } from "./offer.ts";
export type { Order } from "./order.ts";
export type { Why } from "./rank.ts";
export type { RoutingRefusal } from "./refuse.ts";
export { createRequestMemory, type RequestMemory, type RequestMemoryOptions } from "./request-memory.ts";
export { type Route, type RoutingState, route, routeTo, whyOf } from "./route.ts";
export { type BreakerCause, type BreakerState, freshStanding, type Standing, stateOf } from "./standing.ts";

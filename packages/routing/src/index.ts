/** Order, eligible, rank, route: which supplier fills a request, and why. */
export {
  createFailureMemory,
  type FailureMemory,
  type FailureMemoryOptions,
  type FailureRecord,
} from "./failure-memory.ts";
export type { Floors, Instrument, Modality, Tier } from "./instrument.ts";
export { type Choice, createMarket, type Market, type MarketOptions } from "./market.ts";
export type { Offer } from "./offer.ts";
export type { Order } from "./order.ts";
export { createRequestMemory, type RequestMemory, type RequestMemoryOptions } from "./request-memory.ts";
export { type Route, type RoutingRefusal, type RoutingState, route } from "./route.ts";

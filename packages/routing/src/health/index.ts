/** Health: how each supplier does at each instrument, learned from what its attempts come to. */
export type { Answer, Attempt, Fault } from "./attempt.ts";
export { type Backoff, type BreakerChange, readBreakerChange } from "./breaker-change.ts";
export { createHealth, type Health } from "./health.ts";
export type { Measures } from "./measures.ts";
export type { HealthOptions } from "./thresholds.ts";

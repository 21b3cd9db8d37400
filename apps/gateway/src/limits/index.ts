/** Limits per key, account and instrument: requests and tokens a minute, and what may run at once. */
export { allowanceHeaders, allowanceIn, ticketAllowance } from "./allowance.ts";
export type { CountedRun } from "./corrections.ts";
export { PLACE_LENGTH_MAX } from "./limit.ts";
export { createLimiter, type Limiter } from "./limiter.ts";
export type { Quota } from "./quota.ts";

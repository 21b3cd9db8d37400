/** What suppliers say besides the words, as far as the contract allows it: all else would be out of contract at the caller. */
import type { Wire } from "./wire.ts";

/** Whether the contract allows these properties at that place. */
export type Fits = (rest: Wire) => boolean;

/** JSON can say numbers that no number can hold. Said again they would be null, whatever a check makes of them. */
export function isSayable(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isSayable);
}

/** The properties that fit, each looked at alone; undefined when none is left. */
export function fitting(rest: Wire | undefined, fits: Fits): Wire | undefined {
  if (rest === undefined || fits(rest)) return rest;
  const left = Object.entries(rest).filter(([key, value]) => fits({ [key]: value }));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

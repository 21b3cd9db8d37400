/** What suppliers say besides the words, as far as the contract allows it: all else would be out of contract at the caller. */
import { LEVELS_MAX } from "@interchange/inference";
import type { Wire } from "./wire.ts";

/** Whether the contract allows these properties at that place. */
export type Fits = (rest: Wire) => boolean;

/**
 * JSON can say numbers that no number can hold: said again they would be null, whatever a check makes of them. What lies
 * deeper than anybody would put it is not looked through, and so not said.
 */
export function isSayable(value: unknown, depth = 0): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return depth < LEVELS_MAX && Object.values(value).every((inner) => isSayable(inner, depth + 1));
}

/** The properties that fit, each looked at alone; undefined when none is left. */
export function fitting(rest: Wire | undefined, fits: Fits): Wire | undefined {
  if (rest === undefined || fits(rest)) return rest;
  const left = Object.entries(rest).filter(([key, value]) => fits({ [key]: value }));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

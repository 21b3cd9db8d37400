/** Breaker change: that a breaker opened or closed, as gateways tell it to each other. */
import type { BreakerCause } from "../standing.ts";

/** How a breaker is open, and how far its backoff has come. */
export interface Backoff {
  readonly cause: BreakerCause;
  /** When it is half-open. */
  readonly untilMs: number;
  /** How long it rests this time. */
  readonly restMs: number;
  /** How often in succession it opened anew: after a probe that failed, or soon after it was closed. */
  readonly level: number;
}

export interface BreakerChange {
  readonly supplier: string;
  readonly instrument: string;
  /** Undefined: it is closed. */
  readonly breaker: Backoff | undefined;
  /** Orders the changes of one breaker: no two of one gateway are alike. By its clock, or just after the last one known. */
  readonly atMs: number;
}

const CAUSES: ReadonlySet<unknown> = new Set<BreakerCause>(["failing", "slow", "busy"]);
const NAME_LENGTH_MAX = 300;

/** A change as it was kept or sent; undefined when it is none. A breaker that is absent or null is closed. */
export function readBreakerChange(document: unknown): BreakerChange | undefined {
  const { supplier, instrument, breaker, atMs } = fieldsOf(document);
  if (!isName(supplier) || !isName(instrument) || !isNumber(atMs)) return undefined;
  if (breaker === undefined || breaker === null) return { supplier, instrument, breaker: undefined, atMs };
  const backoff = readBackoff(breaker);
  return backoff && { supplier, instrument, breaker: backoff, atMs };
}

export function readBackoff(document: unknown): Backoff | undefined {
  const { cause, untilMs, restMs, level } = fieldsOf(document);
  if (!CAUSES.has(cause) || !isNumber(untilMs) || !isNumber(restMs) || restMs <= 0) return undefined;
  if (!Number.isSafeInteger(level) || (level as number) < 0) return undefined;
  return { cause: cause as BreakerCause, untilMs, restMs, level: level as number };
}

export function fieldsOf(document: unknown): Readonly<Record<string, unknown>> {
  return typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {};
}

export function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= NAME_LENGTH_MAX;
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

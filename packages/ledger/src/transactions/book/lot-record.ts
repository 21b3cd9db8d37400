/** A lot as the book of a set has it. */

import { NEVER_MS } from "../../bounds.ts";
import type { Lot } from "../../lot.ts";
import { proratedCost } from "../../lot.ts";

export type LotRecord = {
  readonly lotId: string;
  readonly accountId: string;
  readonly instrument: string;
  readonly tokens: number;
  readonly costMicros: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly reference: string | null;
  /** What is neither drawn nor lapsed. */
  remaining: number;
  /** For one that is over: the tokens of the open holds that were taken before, when it was loaded. */
  readonly heldBefore: number;
  /** Deposited in this set: not in the store yet. */
  readonly isNew: boolean;
  changed: boolean;
};

/** Takes tokens out of a lot; gives their share of its cost. */
export function takeFrom(lot: LotRecord, tokens: number): number {
  const cost = proratedCost(lot, lot.tokens - lot.remaining, tokens);
  lot.remaining -= tokens;
  lot.changed = true;
  return cost;
}

/** The lot as callers see it. */
export function lotOf(record: LotRecord): Lot {
  const { expiresAtMs, reference } = record;
  return {
    id: record.lotId,
    accountId: record.accountId,
    instrument: record.instrument,
    tokens: record.tokens,
    remaining: record.remaining,
    costMicros: record.costMicros,
    createdAtMs: record.createdAtMs,
    ...(expiresAtMs !== NEVER_MS && { expiresAtMs }),
    ...(reference !== null && { reference }),
  };
}

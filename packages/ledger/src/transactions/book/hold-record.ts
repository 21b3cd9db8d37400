/** A hold as the book of a set has it. */

import type { Hold, HoldState } from "../../hold.ts";
import type { Draw } from "../../settlement.ts";
import type { Place } from "./place.ts";

export type HoldRecord = {
  readonly requestId: string;
  readonly place: Place;
  readonly tokens: number;
  readonly keyId: string | null;
  readonly createdAtMs: number;
  state: HoldState;
  expiresAtMs: number;
  redeemedAtMs: number | null;
  resolvedAtMs: number | null;
  reason: string | null;
  tokensUsed: number;
  overrun: number;
  /** Of one settled before this set they are there if the set settles it again. */
  draws: Draw[];
  /** Taken in this set: not in the store yet. */
  readonly isNew: boolean;
  changed: boolean;
};

/** The hold as callers see it. */
export function holdOf(record: HoldRecord): Hold {
  const { requestId, place, tokens, state, createdAtMs, expiresAtMs, redeemedAtMs } = record;
  const { accountId, instrument } = place;
  const hold: Hold = { requestId, accountId, instrument, tokens, state, createdAtMs, expiresAtMs };
  if (redeemedAtMs !== null) hold.redeemedAtMs = redeemedAtMs;
  return hold;
}

/** Leases: what is under way is its holder's until then; when it has died, others may take it over. */

import { requireInteger, requireText } from "./bounds.ts";

/** Takes over what nobody has seen through in time: what has waited longest first, at most so many. */
export type TakeOver = { limit: number; leaseUntilMs: number };

/** Has the leases of what the caller sees through go on; what is resolved needs none. */
export type Renewal = { ids: readonly string[]; leaseUntilMs: number };

const TAKE_OVER_MAX = 1_000;

export function takeOver({ limit, leaseUntilMs }: TakeOver): TakeOver {
  return {
    limit: requireInteger(limit, "limit", 1, TAKE_OVER_MAX),
    leaseUntilMs: requireInteger(leaseUntilMs, "leaseUntilMs", 0),
  };
}

export function renewal({ ids, leaseUntilMs }: Renewal): Renewal {
  return {
    ids: ids.map((id) => requireText(id, "ids")),
    leaseUntilMs: requireInteger(leaseUntilMs, "leaseUntilMs", 0),
  };
}

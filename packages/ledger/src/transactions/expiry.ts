/** A sweep: holds whose life is over, lots past their expiry, marks of yesterday. */

import { expireHolds } from "./hold.ts";
import { forgetMarks } from "./idempotency.ts";
import { rowsOf, type Transaction } from "./statement.ts";
import { lapseLots } from "./stock.ts";

export function* expire({ limit }: { limit: number }, nowMs: number): Transaction<number> {
  const ended = yield* expireHolds(limit, nowMs);
  // Without anything available nothing can lapse. Balances beyond the limit lapse at the next sweep, or when they are read.
  const due = yield* rowsOf<{ account_id: string; instrument: string }>(
    `SELECT account_id, instrument FROM balance
     WHERE next_expiry_ms <= $1 AND available > 0 ORDER BY next_expiry_ms LIMIT $2`,
    nowMs,
    limit,
  );
  for (const { account_id, instrument } of due) yield* lapseLots({ accountId: account_id, instrument }, nowMs);
  yield* forgetMarks(nowMs);
  return ended;
}

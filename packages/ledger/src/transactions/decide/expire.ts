/** What a sweep ends: holds whose life is over, what lots past their expiry have left. */

import type { Book } from "../book/book.ts";

/** Ends the oldest expiry first; gives how many holds were ended. Balances beyond the limit lapse at the next sweep, or when they are read. */
export function expire(book: Book, { limit }: { limit: number }, nowMs: number): number {
  const over = [...book.holds.values()]
    .filter(({ resolvedAtMs, expiresAtMs }) => resolvedAtMs === null && expiresAtMs <= nowMs)
    .sort((a, b) => a.expiresAtMs - b.expiresAtMs)
    .slice(0, limit);
  for (const hold of over) book.giveBack(hold, { state: "expired", reason: "expired" }, nowMs);
  // Without anything available nothing can lapse.
  const due = [...book.places.values()]
    .filter(({ nextExpiryMs, available }) => nextExpiryMs <= nowMs && available > 0)
    .sort((a, b) => a.nextExpiryMs - b.nextExpiryMs)
    .slice(0, limit);
  for (const place of due) book.lapse(place, nowMs);
  return over.length;
}

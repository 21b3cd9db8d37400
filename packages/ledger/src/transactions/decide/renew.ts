/** Which holds live on. */

import type { RenewCommand } from "../../hold.ts";
import { LedgerError } from "../../ledger-error.ts";
import type { Book } from "../book/book.ts";

/** A hold past its life that no sweep has met is still open: its run was never told to end. */
export function renew(book: Book, { requestIds, expiresAtMs }: RenewCommand, nowMs: number): string[] {
  if (expiresAtMs <= nowMs) throw new LedgerError("bad-input", "expiresAtMs of a renewal must lie ahead");
  return requestIds.filter((requestId) => {
    const hold = book.holds.get(requestId);
    if (hold === undefined || hold.resolvedAtMs !== null) return false;
    if (hold.expiresAtMs < expiresAtMs) {
      hold.expiresAtMs = expiresAtMs;
      hold.changed = true;
    }
    return true;
  });
}

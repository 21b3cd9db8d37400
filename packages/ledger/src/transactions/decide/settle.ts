/** What a settlement takes. */

import type { SettleCommand, Settlement, SettleOutcome } from "../../settlement.ts";
import type { Book } from "../book/book.ts";
import type { HoldRecord } from "../book/hold-record.ts";

export function settle(book: Book, command: SettleCommand, nowMs: number): SettleOutcome {
  const hold = book.holds.get(command.requestId);
  if (hold === undefined) return { kind: "unknown" };
  const { place, state } = hold;
  // What is due lapses while the hold is open: lots that it relies on stay for it.
  book.lapse(place, nowMs);
  if (state === "settled") return settlementOf(hold);
  if (state === "released" || state === "expired") return { kind: state };
  // What is not over now counts as available, so it can be drawn, also when the clock was set back since the hold.
  const overBeforeMs = Math.min(hold.createdAtMs, nowMs);
  const tokens = Math.min(command.tokens, hold.tokens + place.available);
  book.settle(hold, command, place.stock.draw(tokens, overBeforeMs), nowMs);
  return settlementOf(hold);
}

function settlementOf({ requestId, tokensUsed, overrun, draws, resolvedAtMs }: HoldRecord): Settlement {
  return { kind: "settled", requestId, tokensSettled: tokensUsed, overrun, draws, settledAtMs: resolvedAtMs as number };
}

/** Whether the second leg may begin. */

import type { HoldState, RedeemCommand, RedeemOutcome } from "../../hold.ts";
import { LedgerError } from "../../ledger-error.ts";
import type { Book } from "../book/book.ts";
import { holdOf } from "../book/hold-record.ts";

// A hold still in state `held` was refused for its age alone.
const REFUSED: Record<HoldState, "spent" | "expired"> = {
  held: "expired",
  redeemed: "spent",
  settled: "spent",
  released: "spent",
  expired: "expired",
};

export function redeem(book: Book, { requestId, expiresAtMs }: RedeemCommand, nowMs: number): RedeemOutcome {
  if (expiresAtMs <= nowMs) throw new LedgerError("bad-input", "expiresAtMs of a redemption must lie ahead");
  const hold = book.holds.get(requestId);
  if (hold === undefined) return { kind: "unknown" };
  if (hold.state !== "held" || hold.expiresAtMs <= nowMs) return { kind: REFUSED[hold.state] };
  hold.state = "redeemed";
  hold.redeemedAtMs = nowMs;
  hold.expiresAtMs = Math.max(hold.expiresAtMs, expiresAtMs);
  hold.changed = true;
  return { kind: "redeemed", hold: holdOf(hold) };
}

/** A settlement: what a finished request takes of its hold, drawn from lots. */

import { optionalRecord, optionalText, optionalTexts, requireInteger, requireText } from "./bounds.ts";

/** What a settlement took of one lot, and that part's share of the lot's cost in micro-dollars. */
export type Draw = { lotId: string; tokens: number; costMicros: number };

export type SettlementRequest = {
  requestId: string;
  /** What was used; may be 0, and may be more than was held. */
  tokens: number;
  /** How the tokens came about, kept as it is for the receipt. */
  usage?: Record<string, unknown>;
  supplier?: string;
  model?: string;
  timing?: Record<string, unknown>;
  /** What of the request could not be said to the supplier, kept for the receipt: texts of 1 to 256 characters. */
  dropped?: readonly string[];
};

export type Settlement = {
  kind: "settled";
  requestId: string;
  /** What was drawn: all that was used, or as much as the hold and the rest of the balance gave. */
  tokensSettled: number;
  /** What was used beyond that, and is owed by nobody. */
  overrun: number;
  /** In the order drawn: the lot that expires first, then the oldest. */
  draws: Draw[];
  settledAtMs: number;
};

/** A second settlement gives the first; one after a release or an expiry changes nothing and says so. */
export type SettleOutcome = Settlement | { kind: "released" | "expired" | "unknown" };

export type SettleCommand = {
  requestId: string;
  tokens: number;
  usage: string | null;
  supplier: string | null;
  model: string | null;
  timing: string | null;
  dropped: string | null;
};

export function settleCommand(request: SettlementRequest): SettleCommand {
  return {
    requestId: requireText(request.requestId, "requestId"),
    tokens: requireInteger(request.tokens, "tokens", 0),
    usage: optionalRecord(request.usage, "usage"),
    supplier: optionalText(request.supplier, "supplier"),
    model: optionalText(request.model, "model"),
    timing: optionalRecord(request.timing, "timing"),
    dropped: optionalTexts(request.dropped, "dropped"),
  };
}

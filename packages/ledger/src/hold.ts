/** A hold: tokens kept aside for one request, resolved exactly once: settled, released or expired. */

import { optionalText, requireInteger, requireText } from "./bounds.ts";

/** `held` → `redeemed` (the second leg has begun) → one of the three ends, which may also come straight after `held`. */
export type HoldState = "held" | "redeemed" | "settled" | "released" | "expired";

export type Hold = {
  requestId: string;
  accountId: string;
  instrument: string;
  tokens: number;
  state: HoldState;
  createdAtMs: number;
  /** From this instant on it may not be redeemed, and the next sweep gives its tokens back. */
  expiresAtMs: number;
  redeemedAtMs?: number;
};

export type HoldRequest = {
  /** Unique over all accounts; holding again with the same id gives the first hold as it is now. */
  requestId: string;
  accountId: string;
  instrument: string;
  tokens: number;
  expiresAtMs: number;
  /** Who is to fill it, for the receipt; a settlement may name another. */
  supplier?: string;
  /** The supplier's own id of the model, for the receipt. */
  model?: string;
};

export type HoldOutcome = { kind: "held"; hold: Hold } | { kind: "balance-too-low"; available: number; needed: number };

/** `spent`: it was redeemed, settled or released before. */
export type RedeemOutcome = { kind: "redeemed"; hold: Hold } | { kind: "spent" | "expired" | "unknown" };

export type ReleaseOutcome =
  | { kind: "released"; requestId: string; reason: string }
  | { kind: "settled" | "expired" | "unknown" };

export type HoldCommand = {
  requestId: string;
  accountId: string;
  instrument: string;
  tokens: number;
  expiresAtMs: number;
  supplier: string | null;
  model: string | null;
};

export type RedeemCommand = { requestId: string; expiresAtMs: number };

export type ReleaseCommand = { requestId: string; reason: string };

export function holdCommand(request: HoldRequest): HoldCommand {
  return {
    requestId: requireText(request.requestId, "requestId"),
    accountId: requireText(request.accountId, "accountId"),
    instrument: requireText(request.instrument, "instrument"),
    tokens: requireInteger(request.tokens, "tokens", 1),
    expiresAtMs: requireInteger(request.expiresAtMs, "expiresAtMs", 0),
    supplier: optionalText(request.supplier, "supplier"),
    model: optionalText(request.model, "model"),
  };
}

export function redeemCommand(redemption: RedeemCommand): RedeemCommand {
  return {
    requestId: requireText(redemption.requestId, "requestId"),
    expiresAtMs: requireInteger(redemption.expiresAtMs, "expiresAtMs", 0),
  };
}

export function releaseCommand(release: ReleaseCommand): ReleaseCommand {
  return { requestId: requireText(release.requestId, "requestId"), reason: requireText(release.reason, "reason") };
}

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
  /** What it is held for begins at once: the hold is born redeemed. */
  begun?: boolean;
  idempotency?: Idempotency;
};

/** The caller's own mark against doing one thing twice, and a digest of the thing (draft-ietf-httpapi-idempotency-key-header §2). */
export type Idempotency = { key: string; bodyDigest: string };

/** How long a mark is remembered. */
export const IDEMPOTENCY_LIFE_MS = 86_400_000;

export type HoldOutcome =
  | { kind: "held"; hold: Hold }
  | { kind: "balance-too-low"; available: number; needed: number }
  | Repeated;

/**
 * The account has used this idempotency key in the last 24 hours: for another body, or for a request that is under way or
 * done. One that never began, or came to nothing, stands in nobody's way.
 */
export type Repeated = { kind: "repeated"; requestId: string; of: "another-body" | "running" | "finished" };

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
  begun: boolean;
  idempotency: Idempotency | null;
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
    begun: request.begun ?? false,
    idempotency: request.idempotency === undefined ? null : idempotencyOf(request.idempotency),
  };
}

function idempotencyOf({ key, bodyDigest }: Idempotency): Idempotency {
  return { key: requireText(key, "idempotency.key"), bodyDigest: requireText(bodyDigest, "idempotency.bodyDigest") };
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

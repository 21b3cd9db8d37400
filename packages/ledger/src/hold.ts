/** A hold: tokens kept aside for one request, resolved exactly once: settled, released or expired. */

import { optionalText, requireInteger, requireText } from "./bounds.ts";
import { LedgerError } from "./ledger-error.ts";

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
  /** The public id of the key that asks, for the receipt. */
  keyId?: string;
  /** On which surface it asks, for the receipt. */
  surface?: string;
  idempotency?: Idempotency;
  /** How many open holds there may be with this one; each is counted over the whole ledger. */
  runningMax?: RunningMax;
};

/** Open holds of the same key, of the same account, and of the same account in the same instrument. */
export type RunningMax = { key?: number; account?: number; instrument?: number };

/** The caller's own mark against doing one thing twice, and a digest of the thing (draft-ietf-httpapi-idempotency-key-header §2). */
export type Idempotency = { key: string; bodyDigest: string };

/** How long a mark is remembered. */
export const IDEMPOTENCY_LIFE_MS = 86_400_000;

/** `available` is what is left for others. */
export type HoldOutcome =
  | { kind: "held"; hold: Hold; available: number }
  | { kind: "balance-too-low"; available: number; needed: number }
  | { kind: "too-many-running"; of: keyof RunningMax; max: number }
  | { kind: "account-closed" }
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
  keyId: string | null;
  surface: string | null;
  idempotency: Idempotency | null;
  runningMax: RunningMax | null;
};

/** Runs that go on: their holds live until `expiresAtMs`, never shorter than before. */
export type RenewCommand = { requestIds: string[]; expiresAtMs: number };

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
    keyId: optionalText(request.keyId, "keyId"),
    surface: optionalText(request.surface, "surface"),
    idempotency: request.idempotency === undefined ? null : idempotencyOf(request.idempotency),
    runningMax: request.runningMax === undefined ? null : runningMaxOf(request.runningMax),
  };
}

function runningMaxOf(runningMax: RunningMax): RunningMax | null {
  const entries = (["key", "account", "instrument"] as const).flatMap((of) => {
    const max: unknown = runningMax[of];
    return max === undefined ? [] : [[of, requireInteger(max, `runningMax.${of}`, 1)]];
  });
  return entries.length === 0 ? null : Object.fromEntries(entries);
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

/** One command for all runs of a process: so many of them, and no more. */
const RENEWED_MAX = 100_000;

export function renewCommand({ requestIds, expiresAtMs }: RenewCommand): RenewCommand {
  if (!Array.isArray(requestIds) || requestIds.length > RENEWED_MAX) {
    throw new LedgerError("bad-input", `requestIds must be a list of at most ${RENEWED_MAX} texts`);
  }
  return {
    requestIds: requestIds.map((requestId) => requireText(requestId, "requestIds")),
    expiresAtMs: requireInteger(expiresAtMs, "expiresAtMs", 0),
  };
}

export function releaseCommand(release: ReleaseCommand): ReleaseCommand {
  return { requestId: requireText(release.requestId, "requestId"), reason: requireText(release.reason, "reason") };
}

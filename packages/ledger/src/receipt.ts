/** A receipt: what became of one request's tokens. */

import type { Draw } from "./settlement.ts";

/** `pending` while held or redeemed, `reconciled` once settled, `error` when released or expired: nothing was taken. */
export type ReceiptStatus = "pending" | "reconciled" | "error";

export type Receipt = {
  requestId: string;
  accountId: string;
  instrument: string;
  /** The public id of the key that asked. */
  keyId?: string;
  /** The surface on which it was asked. */
  surface?: string;
  status: ReceiptStatus;
  supplier?: string;
  /** The supplier's own id of the model that served. */
  model?: string;
  tokensHeld: number;
  /** Drawn tokens; 0 until reconciled. */
  tokensUsed: number;
  overrun: number;
  draws: Draw[];
  costMicros: number;
  usage?: Record<string, unknown>;
  timing?: Record<string, unknown>;
  /** What of the request could not be said to the supplier, as the caller spelt it. */
  dropped?: string[];
  createdAtMs: number;
  redeemedAtMs?: number;
  resolvedAtMs?: number;
  /** Why it was released; `expired` when nobody resolved it in time. */
  reason?: string;
};

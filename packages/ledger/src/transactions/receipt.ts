/** Reading a receipt. */

import type { HoldState } from "../hold.ts";
import type { Receipt, ReceiptStatus } from "../receipt.ts";
import { findDraws } from "./settlement.ts";
import { present, rowOf, type Transaction } from "./statement.ts";

type ReceiptRow = {
  request_id: string;
  account_id: string;
  instrument: string;
  tokens: number;
  state: HoldState;
  created_at_ms: number;
  redeemed_at_ms: number | null;
  resolved_at_ms: number | null;
  reason: string | null;
  supplier: string | null;
  model: string | null;
  tokens_settled: number;
  overrun: number;
  usage: string | null;
  timing: string | null;
  dropped: string | null;
};

const STATUSES: Record<HoldState, ReceiptStatus> = {
  held: "pending",
  redeemed: "pending",
  settled: "reconciled",
  released: "error",
  expired: "error",
};

export function* readReceipt({ requestId }: { requestId: string }): Transaction<Receipt | undefined> {
  const row = yield* rowOf<ReceiptRow>(
    `SELECT hold.request_id, account_id, instrument, tokens, state, created_at_ms, redeemed_at_ms, resolved_at_ms, reason,
       COALESCE(settlement.supplier, hold.supplier) AS supplier, COALESCE(settlement.model, hold.model) AS model,
       COALESCE(tokens_settled, 0) AS tokens_settled, COALESCE(overrun, 0) AS overrun, usage, timing, dropped
     FROM hold LEFT JOIN settlement ON settlement.request_id = hold.request_id WHERE hold.request_id = $1`,
    requestId,
  );
  if (row === undefined) return undefined;
  const draws = yield* findDraws(requestId);
  return present({
    requestId,
    accountId: row.account_id,
    instrument: row.instrument,
    status: STATUSES[row.state],
    supplier: row.supplier,
    model: row.model,
    tokensHeld: row.tokens,
    tokensUsed: row.tokens_settled,
    overrun: row.overrun,
    draws,
    costMicros: draws.reduce((sum, { costMicros }) => sum + costMicros, 0),
    usage: readJson<Record<string, unknown>>(row.usage),
    timing: readJson<Record<string, unknown>>(row.timing),
    dropped: readJson<string[]>(row.dropped),
    createdAtMs: row.created_at_ms,
    redeemedAtMs: row.redeemed_at_ms,
    resolvedAtMs: row.resolved_at_ms,
    reason: row.reason,
  });
}

function readJson<Said>(text: string | null): Said | null {
  return text === null ? null : (JSON.parse(text) as Said);
}

/** Settling a hold to what was used. */

import type { Hold } from "../hold.ts";
import type { Draw, SettleCommand, Settlement, SettleOutcome } from "../settlement.ts";
import { balanceBehind } from "./balance.ts";
import { findHold, resolveHold } from "./hold.ts";
import { post } from "./journal.ts";
import { rowOf, rowsOf, type Transaction } from "./statement.ts";
import { drawLots } from "./stock.ts";

type SettlementRow = { tokens_settled: number; overrun: number; settled_at_ms: number };

export function* settle(command: SettleCommand, nowMs: number): Transaction<SettleOutcome> {
  // What is due lapses while the hold is open: lots that it relies on stay for it.
  const balance = yield* balanceBehind(command.requestId, nowMs);
  const hold = yield* resolveHold(command.requestId, { state: "settled", reason: null }, nowMs);
  if (hold === undefined) return yield* settledBefore(command.requestId);
  const tokensSettled = Math.min(command.tokens, hold.tokens + (balance?.available ?? 0));
  const draws = yield* drawLots(hold, tokensSettled, nowMs);
  yield* moveUsed(hold, tokensSettled, nowMs);
  const overrun = command.tokens - tokensSettled;
  yield* insertSettlement(command, { tokens_settled: tokensSettled, overrun, settled_at_ms: nowMs });
  return { kind: "settled", requestId: hold.requestId, tokensSettled, overrun, draws, settledAtMs: nowMs };
}

/** The draws of a request, in the order drawn. */
export function* findDraws(requestId: string): Transaction<Draw[]> {
  const rows = yield* rowsOf<{ lot_id: string; tokens: number; cost_micros: number }>(
    "SELECT lot_id, tokens, cost_micros FROM draw WHERE request_id = $1 ORDER BY draw_number",
    requestId,
  );
  return rows.map((row) => ({ lotId: row.lot_id, tokens: row.tokens, costMicros: row.cost_micros }));
}

function* settledBefore(requestId: string): Transaction<SettleOutcome> {
  const row = yield* rowOf<SettlementRow>(
    "SELECT tokens_settled, overrun, settled_at_ms FROM settlement WHERE request_id = $1",
    requestId,
  );
  if (row) return readSettlement(requestId, row, yield* findDraws(requestId));
  const hold = yield* findHold(requestId);
  return { kind: hold === undefined ? "unknown" : hold.state === "expired" ? "expired" : "released" };
}

/** What was used leaves the hold, then the rest of the balance; what is left of the hold goes back. */
function* moveUsed(hold: Hold, tokensSettled: number, nowMs: number): Transaction<void> {
  yield* post({
    accountId: hold.accountId,
    instrument: hold.instrument,
    movement: "settle",
    reference: hold.requestId,
    atMs: nowMs,
    entries: [
      { book: "held", tokens: -hold.tokens },
      { book: "used", tokens: tokensSettled },
      { book: "available", tokens: hold.tokens - tokensSettled },
    ],
  });
}

function* insertSettlement(command: SettleCommand, row: SettlementRow): Transaction<void> {
  yield* rowOf(
    `INSERT INTO settlement (request_id, tokens_settled, overrun, settled_at_ms, supplier, model, usage, timing, dropped)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    command.requestId,
    row.tokens_settled,
    row.overrun,
    row.settled_at_ms,
    command.supplier,
    command.model,
    command.usage,
    command.timing,
    command.dropped,
  );
}

function readSettlement(requestId: string, row: SettlementRow, draws: Draw[]): Settlement {
  const { tokens_settled, overrun, settled_at_ms } = row;
  return { kind: "settled", requestId, tokensSettled: tokens_settled, overrun, draws, settledAtMs: settled_at_ms };
}

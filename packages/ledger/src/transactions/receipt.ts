/** Reading receipts, one or a page of them. */

import type { HoldState } from "../hold.ts";
import type { Page, PageCommand } from "../page.ts";
import type { Receipt, ReceiptStatus } from "../receipt.ts";
import type { Draw } from "../settlement.ts";
import type { FilterCommand } from "../usage.ts";
import { type Condition, readPage } from "./page.ts";
import { present, rowOf, rowsOf, type Transaction } from "./statement.ts";

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
  key_id: string | null;
  surface: string | null;
  cost_micros: number;
  supplier: string | null;
  model: string | null;
  tokens_used: number;
  overrun: number;
  usage: string | null;
  timing: string | null;
  dropped: string | null;
};

const COLUMNS = `request_id, account_id, instrument, key_id, surface, tokens, state, created_at_ms, redeemed_at_ms,
  resolved_at_ms, reason, supplier, model, tokens_used, overrun, cost_micros, usage, timing, dropped`;

const STATUSES: Record<HoldState, ReceiptStatus> = {
  held: "pending",
  redeemed: "pending",
  settled: "reconciled",
  released: "error",
  expired: "error",
};

const OF_STATUS: Record<ReceiptStatus, Condition> = {
  pending: ["resolved_at_ms IS NULL"],
  reconciled: ["state = 'settled'"],
  error: ["state IN ('released', 'expired')"],
};

export function* readReceipt({ requestId }: { requestId: string }): Transaction<Receipt | undefined> {
  const row = yield* rowOf<ReceiptRow>(`SELECT ${COLUMNS} FROM hold WHERE request_id = $1`, requestId);
  return row && (yield* withDraws([row]))[0];
}

export function* listReceipts(command: FilterCommand & PageCommand): Transaction<Page<Receipt>> {
  const receipts = { list: "receipts", table: "hold", columns: COLUMNS, order: ["request_id"] } as const;
  const listing = { ...receipts, conditions: filterOf(command), read: (row: ReceiptRow) => row };
  const page = yield* readPage<ReceiptRow, ReceiptRow>(listing, command);
  return { ...page, data: yield* withDraws(page.data) };
}

export function filterOf(filter: FilterCommand): Condition[] {
  return [
    ["account_id = ?", filter.accountId],
    ["instrument = ?", filter.instrument],
    ["key_id = ?", filter.keyId],
    ["created_at_ms >= ?", filter.fromMs],
    ["created_at_ms < ?", filter.toMs],
    ...(filter.status === null ? [] : [OF_STATUS[filter.status]]),
    ...(filter.overrun ? [["overrun > 0"] as const] : []),
  ];
}

type DrawRow = { request_id: string; lot_id: string; tokens: number; cost_micros: number };

/** The receipts of the rows, with the draws of all of them asked for at once. */
function* withDraws(rows: readonly ReceiptRow[]): Transaction<Receipt[]> {
  const draws = yield* rowsOf<DrawRow>(
    `SELECT draw.request_id, draw.lot_id, draw.tokens, draw.cost_micros FROM json_each($1) AS given CROSS JOIN draw
     WHERE draw.request_id IS given.value ->> 0 ORDER BY draw.draw_number`,
    rows.map(({ request_id }) => [request_id]),
  );
  const byRequest = Map.groupBy(draws, ({ request_id }) => request_id);
  return rows.map((row) => readRow(row, (byRequest.get(row.request_id) ?? []).map(readDraw)));
}

function readDraw({ lot_id, tokens, cost_micros }: DrawRow): Draw {
  return { lotId: lot_id, tokens, costMicros: cost_micros };
}

function readRow(row: ReceiptRow, draws: Draw[]): Receipt {
  return present({
    requestId: row.request_id,
    accountId: row.account_id,
    instrument: row.instrument,
    keyId: row.key_id,
    surface: row.surface,
    status: STATUSES[row.state],
    supplier: row.supplier,
    model: row.model,
    tokensHeld: row.tokens,
    tokensUsed: row.tokens_used,
    overrun: row.overrun,
    draws,
    costMicros: row.cost_micros,
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

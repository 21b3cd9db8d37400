/** Listing lots. */

import { NEVER_MS } from "../bounds.ts";
import type { Lot } from "../lot.ts";
import type { Page, PageCommand } from "../page.ts";
import { findAccount } from "./account.ts";
import { readPage } from "./page.ts";
import { ofPlace } from "./place.ts";
import { present, type Transaction } from "./statement.ts";

type LotRow = {
  lot_number: number;
  lot_id: string;
  account_id: string;
  instrument: string;
  tokens: number;
  remaining: number;
  cost_micros: number;
  created_at_ms: number;
  expires_at_ms: number;
  reference: string | null;
};

const COLUMNS =
  "lot_number, lot_id, account_id, instrument, tokens, remaining, cost_micros, created_at_ms, expires_at_ms, reference";

/** What is past its expiry and has not lapsed yet still counts as remaining. */
export function* listLots(
  command: PageCommand & { accountId: string; instrument: string | null },
): Transaction<Page<Lot>> {
  yield* findAccount(command.accountId);
  const lots = { list: "lots", table: "lot", columns: COLUMNS, order: ["lot_number"], read: readLot } as const;
  return yield* readPage<LotRow, Lot>({ ...lots, conditions: ofPlace(command) }, command);
}

function readLot(row: LotRow): Lot {
  return present({
    id: row.lot_id,
    accountId: row.account_id,
    instrument: row.instrument,
    tokens: row.tokens,
    remaining: row.remaining,
    costMicros: row.cost_micros,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms === NEVER_MS ? null : row.expires_at_ms,
    reference: row.reference,
  });
}

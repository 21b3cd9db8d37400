/** The audit: every kept number is derived again from the journals, and what differs is listed. */

import type { Discrepancy } from "../totals.ts";
import { rowsOf, type Transaction } from "./statement.ts";

export function* audit(): Transaction<Discrepancy[]> {
  const found: Discrepancy[] = [];
  for (const check of CHECKS) found.push(...(yield* rowsOf<Discrepancy>(check)));
  return found.map(({ where, kept, derived }) => ({ where, kept, derived }));
}

/** What is kept beside the journal of tokens. */
const TOKENS = [
  ...["available", "held", "used", "lapsed"].map((book) => bookCheck(book, book)),
  bookCheck("deposited", "-deposited"),
  placeCheck("stock", "available + held", "SELECT account_id, instrument, SUM(remaining) AS derived FROM lot"),
  placeCheck(
    "open holds",
    "held",
    "SELECT account_id, instrument, SUM(tokens) AS derived FROM hold WHERE resolved_at_ms IS NULL",
  ),
  placeCheck(
    "draws",
    "used",
    "SELECT account_id, instrument, SUM(draw.tokens) AS derived FROM draw JOIN hold ON hold.request_id = draw.request_id",
  ),
  `SELECT 'lot ' || lot.lot_id AS "where", lot.tokens - lot.remaining AS kept,
     CAST(COALESCE(drawn, 0) + COALESCE(lapsed, 0) AS BIGINT) AS derived
   FROM lot
   LEFT JOIN (SELECT lot_id, SUM(tokens) AS drawn FROM draw GROUP BY lot_id) AS d ON d.lot_id = lot.lot_id
   LEFT JOIN (SELECT reference, SUM(lapsed) AS lapsed FROM movement WHERE movement = 'lapse' GROUP BY reference) AS e ON e.reference = lot.lot_id
   WHERE lot.tokens - lot.remaining <> COALESCE(drawn, 0) + COALESCE(lapsed, 0)`,
  `SELECT 'cost of lot ' || lot.lot_id AS "where", lot.cost_micros AS kept, CAST(SUM(draw.cost_micros) AS BIGINT) AS derived
   FROM lot JOIN draw ON draw.lot_id = lot.lot_id GROUP BY lot.lot_id, lot.tokens, lot.cost_micros
   HAVING SUM(draw.cost_micros) > lot.cost_micros
     OR (SUM(draw.tokens) = lot.tokens AND SUM(draw.cost_micros) <> lot.cost_micros)`,
];

/** What refers to what is not there. */
const REFERENCES = [
  `SELECT 'lot ' || draw.lot_id AS "where", CAST(0 AS BIGINT) AS kept, CAST(SUM(draw.tokens) AS BIGINT) AS derived
   FROM draw LEFT JOIN lot ON lot.lot_id = draw.lot_id WHERE lot.lot_id IS NULL GROUP BY draw.lot_id`,
  `SELECT 'holds of ' || hold.account_id || ' in ' || hold.instrument AS "where", CAST(0 AS BIGINT) AS kept,
     CAST(COUNT(*) AS BIGINT) AS derived
   FROM hold LEFT JOIN balance ON balance.account_id = hold.account_id AND balance.instrument = hold.instrument
   WHERE balance.account_id IS NULL GROUP BY hold.account_id, hold.instrument`,
];

/** What is kept beside the journal of credits. */
const CREDITS = [
  ...["available", "spent"].map((book) => creditCheck(book, book)),
  creditCheck("deposited", "-deposited"),
  pairCheck(
    "credit deposit",
    "SELECT deposit_id AS name, amount_micros AS amount FROM credit_deposit",
    "SELECT reference AS name, available AS amount FROM credit_movement WHERE movement IN ('deposit', 'reload')",
  ),
  pairCheck(
    "reload",
    "SELECT reload_id AS name, amount_micros AS amount FROM reload WHERE state = 'paid'",
    "SELECT reference AS name, amount_micros AS amount FROM credit_deposit WHERE source = 'reload'",
  ),
  pairCheck(
    "cost of purchase",
    "SELECT purchase_id AS name, cost_micros AS amount FROM purchase WHERE state = 'filled'",
    "SELECT reference AS name, spent AS amount FROM credit_movement WHERE movement = 'purchase'",
  ),
];

/** What stands in two tables. */
const PAIRS = [
  ...(["tokens", "cost_micros"] as const).map((column) =>
    pairCheck(
      `${column === "tokens" ? "tokens" : "cost"} of the lot of purchase`,
      `SELECT purchase_id AS name, ${column} AS amount FROM purchase WHERE state = 'filled'`,
      `SELECT purchase_id AS name, lot.${column} AS amount FROM purchase JOIN lot ON lot.lot_id = purchase.lot_id
         AND lot.reference = purchase_id AND lot.account_id = purchase.account_id
         AND lot.instrument = purchase.instrument`,
    ),
  ),
  pairCheck(
    "tokens of request",
    "SELECT request_id AS name, tokens_used AS amount FROM hold",
    "SELECT request_id AS name, tokens AS amount FROM draw",
  ),
  pairCheck(
    "cost of request",
    "SELECT request_id AS name, cost_micros AS amount FROM hold",
    "SELECT request_id AS name, cost_micros AS amount FROM draw",
  ),
];

/** A check selects everything of which a kept number differs from the one derived. */
const CHECKS = [...TOKENS, ...REFERENCES, ...CREDITS, ...PAIRS];

function bookCheck(book: string, kept: string): string {
  return placeCheck(book, kept, `SELECT account_id, instrument, SUM(${book}) AS derived FROM movement`);
}

function placeCheck(what: string, kept: string, sums: string): string {
  return `SELECT '${what} of ' || balance.account_id || ' in ' || balance.instrument AS "where", ${kept} AS kept,
     CAST(COALESCE(derived, 0) AS BIGINT) AS derived
   FROM balance LEFT JOIN (${sums} GROUP BY account_id, instrument) AS sums
     ON sums.account_id = balance.account_id AND sums.instrument = balance.instrument
   WHERE ${kept} <> COALESCE(derived, 0)`;
}

function creditCheck(book: string, kept: string): string {
  return pairCheck(
    `${book} credits of`,
    `SELECT account_id AS name, ${book} AS amount FROM credit_balance`,
    `SELECT account_id AS name, ${kept} AS amount FROM credit_movement`,
  );
}

/** Sums by name that must be the same on both sides. What stands on one side alone is noticed too. */
function pairCheck(what: string, kept: string, derived: string): string {
  return `SELECT '${what} ' || name AS "where", CAST(SUM(kept) AS BIGINT) AS kept, CAST(SUM(derived) AS BIGINT) AS derived
   FROM (
     SELECT name, amount AS kept, 0 AS derived FROM (${kept}) AS kept_side
     UNION ALL
     SELECT name, 0 AS kept, amount AS derived FROM (${derived}) AS derived_side
   ) AS sides
   GROUP BY name HAVING SUM(kept) <> SUM(derived) ORDER BY name`;
}

/** Stock, what a lot has left: drawing from it, and letting it lapse. */

import { NEVER_MS } from "../bounds.ts";
import type { Hold } from "../hold.ts";
import { proratedCost } from "../lot.ts";
import type { Draw } from "../settlement.ts";
import { type Place, post } from "./journal.ts";
import { rowOf, rowsOf, type Transaction } from "./statement.ts";

type Stock = { lot_id: string; tokens: number; cost_micros: number; remaining: number };

/**
 * Draws tokens for a hold from the lots of its place: the one that expires first, then the oldest; none that was over
 * before the hold was taken. The caller has let lapse what was due while the hold was open, so that the others hold as many.
 */
export function* drawLots(hold: Hold, tokens: number, nowMs: number): Transaction<Draw[]> {
  const stocks = yield* rowsOf<Stock & { before: number }>(
    `SELECT lot_id, tokens, cost_micros, remaining, before FROM (
       SELECT lot_id, lot_number, expires_at_ms, tokens, cost_micros, remaining, CAST(
         SUM(remaining) OVER (ORDER BY expires_at_ms, lot_number) - remaining AS BIGINT) AS before
       FROM lot WHERE account_id = $1 AND instrument = $2 AND remaining > 0 AND expires_at_ms > $3
     ) AS stock WHERE before < $4 ORDER BY expires_at_ms, lot_number`,
    hold.accountId,
    hold.instrument,
    // A clock may have been set back since: what is not over now counts as available, so it can be drawn.
    Math.min(hold.createdAtMs, nowMs),
    tokens,
  );
  const draws: Draw[] = [];
  for (const stock of stocks) {
    const drawn = Math.min(stock.remaining, tokens - stock.before);
    const draw = { lotId: stock.lot_id, tokens: drawn, costMicros: yield* takeFrom(stock, drawn) };
    yield* insertDraw(hold.requestId, draws.push(draw), draw);
  }
  return draws;
}

/**
 * Lets what is left of lots past their expiry lapse, but for what open holds rely on. A hold relies on the lots that it
 * would draw first, of those that were not over when it was taken; they lapse when it is resolved. So lots that are over
 * never keep more than older holds can use, and what is available lies in the others.
 */
export function* lapseLots(place: Place, nowMs: number): Transaction<void> {
  let keptBefore = 0;
  for (const stock of yield* findOver(place, nowMs)) {
    // Whoever relies on an earlier lot could use this one too: what they keep there is not kept twice.
    const kept = Math.min(stock.held - keptBefore, stock.remaining);
    keptBefore += kept;
    if (kept < stock.remaining) yield* lapse(place, stock, stock.remaining - kept, nowMs);
  }
  yield* rowOf(
    `UPDATE balance SET next_expiry_ms = COALESCE((
       SELECT MIN(expires_at_ms) FROM lot WHERE account_id = $1 AND instrument = $2 AND remaining > 0), $3)
     WHERE account_id = $1 AND instrument = $2`,
    place.accountId,
    place.instrument,
    NEVER_MS,
  );
}

/** What lots past their expiry have left, in the order drawn; with each, the tokens of the open holds taken before it was over. */
function* findOver(place: Place, nowMs: number): Transaction<(Stock & { held: number })[]> {
  return yield* rowsOf<Stock & { held: number }>(
    `SELECT lot_id, tokens, cost_micros, remaining, CAST((
       SELECT COALESCE(SUM(hold.tokens), 0) FROM hold
       WHERE hold.account_id = $1 AND hold.instrument = $2 AND hold.resolved_at_ms IS NULL
         AND hold.created_at_ms < lot.expires_at_ms) AS BIGINT) AS held
     FROM lot WHERE account_id = $1 AND instrument = $2 AND remaining > 0 AND expires_at_ms <= $3
     ORDER BY expires_at_ms, lot_number`,
    place.accountId,
    place.instrument,
    nowMs,
  );
}

function* lapse(place: Place, stock: Stock, tokens: number, nowMs: number): Transaction<void> {
  yield* takeFrom(stock, tokens);
  yield* post({
    accountId: place.accountId,
    instrument: place.instrument,
    movement: "lapse",
    reference: stock.lot_id,
    atMs: nowMs,
    entries: [
      { book: "available", tokens: -tokens },
      { book: "lapsed", tokens },
    ],
  });
}

/** Takes tokens out of a lot; gives their share of its cost. */
function* takeFrom(stock: Stock, tokens: number): Transaction<number> {
  yield* rowOf("UPDATE lot SET remaining = remaining - $2 WHERE lot_id = $1", stock.lot_id, tokens);
  const lot = { tokens: stock.tokens, costMicros: stock.cost_micros };
  return proratedCost(lot, stock.tokens - stock.remaining, tokens);
}

function* insertDraw(requestId: string, drawNumber: number, draw: Draw): Transaction<void> {
  yield* rowOf(
    "INSERT INTO draw (request_id, draw_number, lot_id, tokens, cost_micros) VALUES ($1, $2, $3, $4, $5)",
    requestId,
    drawNumber,
    draw.lotId,
    draw.tokens,
    draw.costMicros,
  );
}

/** Taking, redeeming and giving back holds. */

import type {
  Hold,
  HoldCommand,
  HoldOutcome,
  HoldState,
  RedeemCommand,
  RedeemOutcome,
  ReleaseCommand,
  ReleaseOutcome,
} from "../hold.ts";
import { LedgerError } from "../ledger-error.ts";
import { findAccount } from "./account.ts";
import { balanceNow } from "./balance.ts";
import { post, writeEntries } from "./journal.ts";
import { present, rowOf, rowsOf, type Transaction } from "./statement.ts";

type HoldRow = {
  request_id: string;
  account_id: string;
  instrument: string;
  tokens: number;
  state: HoldState;
  created_at_ms: number;
  expires_at_ms: number;
  redeemed_at_ms: number | null;
  reason: string | null;
};

const COLUMNS =
  "request_id, account_id, instrument, tokens, state, created_at_ms, expires_at_ms, redeemed_at_ms, reason";

export function* takeHold(command: HoldCommand, nowMs: number): Transaction<HoldOutcome> {
  // The first statement does for nearly every request; only when it takes nothing is it asked why.
  if (yield* reserve(command, nowMs)) return { kind: "held", hold: yield* insertHold(command, nowMs) };
  const first = yield* findHold(command.requestId);
  if (first) return { kind: "held", hold: readHold(requireSame(first, command)) };
  const balance = yield* balanceNow(command, nowMs);
  if (balance === undefined) yield* findAccount(command.accountId);
  else if (yield* reserve(command, LAPSED)) return { kind: "held", hold: yield* insertHold(command, nowMs) };
  return { kind: "balance-too-low", available: balance?.available ?? 0, needed: command.tokens };
}

export function* redeem(command: RedeemCommand, nowMs: number): Transaction<RedeemOutcome> {
  if (command.expiresAtMs <= nowMs) throw new LedgerError("bad-input", "expiresAtMs of a redemption must lie ahead");
  const row = yield* rowOf<HoldRow>(
    `UPDATE hold SET state = 'redeemed', redeemed_at_ms = $2,
       expires_at_ms = CASE WHEN expires_at_ms < $3 THEN $3 ELSE expires_at_ms END
     WHERE request_id = $1 AND state = 'held' AND expires_at_ms > $2 RETURNING ${COLUMNS}`,
    command.requestId,
    nowMs,
    command.expiresAtMs,
  );
  if (row) return { kind: "redeemed", hold: readHold(row) };
  const found = yield* findHold(command.requestId);
  return { kind: found === undefined ? "unknown" : REFUSED[found.state] };
}

// A hold still in state `held` was refused for its age alone.
const REFUSED: Record<HoldState, "spent" | "expired"> = {
  held: "expired",
  redeemed: "spent",
  settled: "spent",
  released: "spent",
  expired: "expired",
};

export function* release(command: ReleaseCommand, nowMs: number): Transaction<ReleaseOutcome> {
  const hold = yield* resolveHold(command.requestId, { state: "released", reason: command.reason }, nowMs);
  if (hold) {
    yield* giveBack(hold, "release", nowMs);
    return { kind: "released", ...command };
  }
  const found = yield* findHold(command.requestId);
  if (found === undefined) return { kind: "unknown" };
  if (found.state === "settled" || found.state === "expired") return { kind: found.state };
  return { kind: "released", requestId: command.requestId, reason: found.reason ?? "" };
}

/** Ends the holds whose life is over, oldest expiry first; gives how many. */
export function* expireHolds(limit: number, nowMs: number): Transaction<number> {
  const rows = yield* rowsOf<HoldRow>(
    `UPDATE hold SET state = 'expired', resolved_at_ms = $1, reason = 'expired' WHERE request_id IN (
       SELECT request_id FROM hold WHERE resolved_at_ms IS NULL AND expires_at_ms <= $1 ORDER BY expires_at_ms LIMIT $2)
     RETURNING ${COLUMNS}`,
    nowMs,
    limit,
  );
  for (const row of rows) yield* giveBack(readHold(row), "expire", nowMs);
  return rows.length;
}

/** Marks an open hold as resolved; undefined when there is none. Only who gets the hold may move its tokens. */
export function* resolveHold(
  requestId: string,
  end: { state: "settled" | "released"; reason: string | null },
  nowMs: number,
): Transaction<Hold | undefined> {
  const row = yield* rowOf<HoldRow>(
    `UPDATE hold SET state = $2, reason = $3, resolved_at_ms = $4
     WHERE request_id = $1 AND resolved_at_ms IS NULL RETURNING ${COLUMNS}`,
    requestId,
    end.state,
    end.reason,
    nowMs,
  );
  return row && readHold(row);
}

export function* findHold(requestId: string): Transaction<HoldRow | undefined> {
  return yield* rowOf<HoldRow>(`SELECT ${COLUMNS} FROM hold WHERE request_id = $1`, requestId);
}

// Earlier than any expiry: tells `reserve` that what was due has lapsed already.
const LAPSED = -1;

/** Moves tokens from available to held if there are enough, no lot is due to lapse first and the request is new. */
function* reserve(command: HoldCommand, nowMs: number): Transaction<boolean> {
  const row = yield* rowOf(
    `UPDATE balance SET held = held + $3, available = available - $3
     WHERE account_id = $1 AND instrument = $2 AND available >= $3 AND next_expiry_ms > $4
       AND NOT EXISTS (SELECT 1 FROM hold WHERE request_id = $5) RETURNING available`,
    command.accountId,
    command.instrument,
    command.tokens,
    nowMs,
    command.requestId,
  );
  return row !== undefined;
}

function* insertHold(command: HoldCommand, nowMs: number): Transaction<Hold> {
  if (command.expiresAtMs <= nowMs) throw new LedgerError("bad-input", "expiresAtMs of a hold must lie ahead");
  const state: HoldState = command.begun ? "redeemed" : "held";
  const redeemedAtMs = command.begun ? nowMs : null;
  yield* rowOf(
    `INSERT INTO hold (request_id, account_id, instrument, tokens, state, redeemed_at_ms, created_at_ms, expires_at_ms,
       supplier, model)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    command.requestId,
    command.accountId,
    command.instrument,
    command.tokens,
    state,
    redeemedAtMs,
    nowMs,
    command.expiresAtMs,
    command.supplier,
    command.model,
  );
  yield* writeEntries({
    accountId: command.accountId,
    instrument: command.instrument,
    movement: "hold",
    reference: command.requestId,
    atMs: nowMs,
    entries: [
      { book: "available", tokens: -command.tokens },
      { book: "held", tokens: command.tokens },
    ],
  });
  const { requestId, accountId, instrument, tokens, expiresAtMs } = command;
  return present({ requestId, accountId, instrument, tokens, state, createdAtMs: nowMs, expiresAtMs, redeemedAtMs });
}

function* giveBack(hold: Hold, movement: "release" | "expire", nowMs: number): Transaction<void> {
  yield* post({
    accountId: hold.accountId,
    instrument: hold.instrument,
    movement,
    reference: hold.requestId,
    atMs: nowMs,
    entries: [
      { book: "held", tokens: -hold.tokens },
      { book: "available", tokens: hold.tokens },
    ],
  });
}

function requireSame(first: HoldRow, command: HoldCommand): HoldRow {
  const same =
    first.account_id === command.accountId &&
    first.instrument === command.instrument &&
    first.tokens === command.tokens;
  if (same) return first;
  throw new LedgerError("conflict", `request ${command.requestId} holds something else`);
}

function readHold(row: HoldRow): Hold {
  return present({
    requestId: row.request_id,
    accountId: row.account_id,
    instrument: row.instrument,
    tokens: row.tokens,
    state: row.state,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    redeemedAtMs: row.redeemed_at_ms,
  });
}

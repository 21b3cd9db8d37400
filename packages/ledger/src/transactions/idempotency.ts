/** Idempotency: what an account has marked is not done twice. */

import {
  type HoldCommand,
  type HoldOutcome,
  type HoldState,
  IDEMPOTENCY_LIFE_MS,
  type Idempotency,
  type Repeated,
} from "../hold.ts";
import { release, takeHold } from "./hold.ts";
import { rowOf, type Transaction } from "./statement.ts";

/** Takes a hold, unless its mark says that this has been asked for before. */
export function* takeHoldOnce(command: HoldCommand, nowMs: number): Transaction<HoldOutcome> {
  const { idempotency } = command;
  if (idempotency === null) return yield* takeHold(command, nowMs);
  const repeated = yield* findRepeated(command, idempotency, nowMs);
  if (repeated) return repeated;
  const outcome = yield* takeHold(command, nowMs);
  if (outcome.kind === "held") yield* mark(command, idempotency, nowMs);
  return outcome;
}

type Marked = { body_digest: string; request_id: string; state: HoldState };

/** The request that the mark stands for, when it forbids this one. A hold that nobody has redeemed makes way. */
function* findRepeated(
  { accountId, requestId }: HoldCommand,
  { key, bodyDigest }: Idempotency,
  nowMs: number,
): Transaction<Repeated | undefined> {
  const marked = yield* rowOf<Marked>(
    `SELECT mark.body_digest, mark.request_id, hold.state
     FROM idempotency AS mark JOIN hold ON hold.request_id = mark.request_id
     WHERE mark.account_id = $1 AND mark.idempotency_key = $2 AND mark.created_at_ms > $3`,
    accountId,
    key,
    nowMs - IDEMPOTENCY_LIFE_MS,
  );
  if (marked === undefined || marked.request_id === requestId) return undefined;
  const repeated = { kind: "repeated", requestId: marked.request_id } as const;
  if (marked.body_digest !== bodyDigest) return { ...repeated, of: "another-body" };
  if (marked.state === "redeemed") return { ...repeated, of: "running" };
  if (marked.state === "settled") return { ...repeated, of: "finished" };
  if (marked.state === "held") yield* release({ requestId: marked.request_id, reason: "asked again" }, nowMs);
  return undefined;
}

function* mark(command: HoldCommand, { key, bodyDigest }: Idempotency, nowMs: number): Transaction<void> {
  yield* rowOf(
    `INSERT INTO idempotency (account_id, idempotency_key, body_digest, request_id, created_at_ms)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account_id, idempotency_key) DO UPDATE SET
       body_digest = excluded.body_digest, request_id = excluded.request_id, created_at_ms = excluded.created_at_ms`,
    command.accountId,
    key,
    bodyDigest,
    command.requestId,
    nowMs,
  );
}

/** Forgets marks that are too old to forbid anything. */
export function* forgetMarks(nowMs: number): Transaction<void> {
  yield* rowOf("DELETE FROM idempotency WHERE created_at_ms <= $1", nowMs - IDEMPOTENCY_LIFE_MS);
}

/** Whether a hold is taken. */

import { type HoldCommand, type HoldOutcome, IDEMPOTENCY_LIFE_MS, type Repeated } from "../../hold.ts";
import { LedgerError } from "../../ledger-error.ts";
import type { Book } from "../book/book.ts";
import { type HoldRecord, holdOf } from "../book/hold-record.ts";
import type { Place } from "../book/place.ts";

export function hold(book: Book, command: HoldCommand, nowMs: number): HoldOutcome {
  const marked = markedBefore(book, command, nowMs);
  const repeated = marked && repeatedBy(book, command, marked);
  if (repeated) return repeated;
  const first = book.holds.get(command.requestId);
  // What is wrong is told before anything is done.
  requireSame(book, first, command);
  if (first === undefined) requireSound(book, command, nowMs);
  if (marked?.state === "held") book.giveBack(marked, { state: "released", reason: "asked again" }, nowMs);
  const outcome = first ? heldBefore(book, first, nowMs) : take(book, command, nowMs);
  if (outcome.kind === "held") mark(book, command, nowMs);
  return outcome;
}

/** The other request that the command's mark stands for, while it is remembered. */
function markedBefore(book: Book, { accountId, requestId, idempotency }: HoldCommand, nowMs: number) {
  if (idempotency === null) return undefined;
  const mark = book.mark(accountId, idempotency.key);
  if (mark === undefined || mark.requestId === requestId) return undefined;
  return mark.createdAtMs > nowMs - IDEMPOTENCY_LIFE_MS ? book.holds.get(mark.requestId) : undefined;
}

/** A marked hold that nobody has redeemed makes way, and one that came to nothing is in nobody's. */
function repeatedBy(book: Book, { accountId, idempotency }: HoldCommand, marked: HoldRecord): Repeated | undefined {
  const repeated = { kind: "repeated", requestId: marked.requestId } as const;
  const { key, bodyDigest } = idempotency as NonNullable<HoldCommand["idempotency"]>;
  if (book.mark(accountId, key)?.bodyDigest !== bodyDigest) return { ...repeated, of: "another-body" };
  if (marked.state === "redeemed") return { ...repeated, of: "running" };
  return marked.state === "settled" ? { ...repeated, of: "finished" } : undefined;
}

function requireSame(book: Book, first: HoldRecord | undefined, command: HoldCommand): void {
  const same = first
    ? first.place === book.place(command.accountId, command.instrument) && first.tokens === command.tokens
    : !book.elsewhere.has(command.requestId);
  if (!same) throw new LedgerError("conflict", `request ${command.requestId} holds something else`);
}

function requireSound(book: Book, { accountId, expiresAtMs }: HoldCommand, nowMs: number): void {
  book.requireAccount(accountId);
  if (expiresAtMs <= nowMs) throw new LedgerError("bad-input", "expiresAtMs of a hold must lie ahead");
}

function heldBefore(book: Book, first: HoldRecord, nowMs: number): HoldOutcome {
  book.lapse(first.place, nowMs);
  return { kind: "held", hold: holdOf(first), available: first.place.available };
}

function take(book: Book, command: HoldCommand, nowMs: number): HoldOutcome {
  const { accountId, instrument, tokens: needed, runningMax } = command;
  if (book.requireAccount(accountId).isClosed) return { kind: "account-closed" };
  const reached = runningMax === null ? undefined : book.running.reached(command, runningMax);
  if (reached !== undefined) return { kind: "too-many-running", of: reached, max: runningMax?.[reached] as number };
  const place = book.place(accountId, instrument);
  if (place === undefined) return { kind: "balance-too-low", available: 0, needed };
  book.lapse(place, nowMs);
  if (place.available < needed) return { kind: "balance-too-low", available: place.available, needed };
  const record = freshHold(place, command, nowMs);
  book.take(record, command);
  return { kind: "held", hold: holdOf(record), available: place.available };
}

function freshHold(place: Place, command: HoldCommand, nowMs: number): HoldRecord {
  return {
    requestId: command.requestId,
    place,
    tokens: command.tokens,
    keyId: command.keyId,
    createdAtMs: nowMs,
    state: command.begun ? "redeemed" : "held",
    expiresAtMs: command.expiresAtMs,
    redeemedAtMs: command.begun ? nowMs : null,
    resolvedAtMs: null,
    reason: null,
    tokensUsed: 0,
    overrun: 0,
    draws: [],
    isNew: true,
    changed: false,
  };
}

function mark(book: Book, { accountId, requestId, idempotency }: HoldCommand, nowMs: number): void {
  if (idempotency) book.writeMark({ accountId, requestId, ...idempotency, createdAtMs: nowMs });
}

/** Whether a lot is put into a balance. */

import { LedgerError } from "../../ledger-error.ts";
import type { DepositCommand, Lot } from "../../lot.ts";
import type { Book } from "../book/book.ts";
import { type LotRecord, lotOf } from "../book/lot-record.ts";

export function deposit(book: Book, command: DepositCommand, nowMs: number): Lot {
  const { accountId, reference } = command;
  const { isClosed } = book.requireAccount(accountId);
  const first = reference === null ? undefined : book.lotByReference(accountId, reference);
  if (first) return lotOf(requireSame(first, command));
  if (isClosed) throw new LedgerError("conflict", `account ${accountId} is closed`);
  requireSound(book, command, nowMs);
  return lotOf(book.deposit(command, nowMs));
}

function requireSame(first: LotRecord, command: DepositCommand): LotRecord {
  const same =
    first.instrument === command.instrument &&
    first.tokens === command.tokens &&
    first.costMicros === command.costMicros &&
    first.expiresAtMs === command.expiresAtMs;
  if (same) return first;
  throw new LedgerError("conflict", `reference ${command.reference} was used for another deposit`);
}

function requireSound(book: Book, command: DepositCommand, nowMs: number): void {
  if (command.expiresAtMs <= nowMs) {
    throw new LedgerError("bad-input", "expiresAtMs of a deposit must lie ahead");
  }
  const before = book.place(command.accountId, command.instrument)?.deposited ?? 0;
  if (before > Number.MAX_SAFE_INTEGER - command.tokens) {
    throw new LedgerError("bad-input", "all deposits of a balance must stay below 2^53 tokens");
  }
}

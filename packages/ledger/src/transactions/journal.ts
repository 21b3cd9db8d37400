/** Posting to the journal: the entries of a movement, and the balance they change with them. */

import type { Book, Entry, Movement } from "../entry.ts";
import { rowOf, type Transaction, type Value } from "./statement.ts";

/** One balance: an account's, in one instrument. */
export type Place = { accountId: string; instrument: string };

/** A movement at one place. Its entries add up to zero; those of zero tokens are not written. */
export type Posting = Place & { movement: Movement; reference: string; atMs: number; entries: Entry[] };

/** Writes the entries and adds them to the balance. */
export function* post(posting: Posting): Transaction<void> {
  yield* rowOf(
    `UPDATE balance SET available = available + $3, held = held + $4, used = used + $5, lapsed = lapsed + $6
     WHERE account_id = $1 AND instrument = $2`,
    posting.accountId,
    posting.instrument,
    tokensIn("available", posting),
    tokensIn("held", posting),
    tokensIn("used", posting),
    tokensIn("lapsed", posting),
  );
  yield* writeEntries(posting);
}

/** Writes the entries alone, for a movement whose statement has already changed the balance. */
export function* writeEntries(posting: Posting): Transaction<void> {
  const { movement, reference, accountId, instrument, atMs } = posting;
  const values: Value[] = [movement, reference, accountId, instrument, atMs];
  const rows = posting.entries
    .filter(({ tokens }) => tokens !== 0)
    .map(({ book, tokens }) => `($1, $2, $3, $4, $5, $${values.push(book)}, $${values.push(tokens)})`);
  if (rows.length === 0) return;
  yield* rowOf(
    `INSERT INTO entry (movement, reference, account_id, instrument, at_ms, book, tokens) VALUES ${rows.join(", ")}`,
    ...values,
  );
}

function tokensIn(book: Book, { entries }: Posting): number {
  return entries.find((entry) => entry.book === book)?.tokens ?? 0;
}

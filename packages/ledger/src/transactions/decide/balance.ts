/** What a balance is. */

import type { Balance } from "../../balance.ts";
import type { Book } from "../book/book.ts";

export function balance(
  book: Book,
  { accountId, instrument }: { accountId: string; instrument: string },
  nowMs: number,
): Balance {
  const place = book.place(accountId, instrument);
  if (place) {
    book.lapse(place, nowMs);
    return place.balance;
  }
  book.requireAccount(accountId);
  return { instrument, deposited: 0, used: 0, held: 0, available: 0, lapsed: 0 };
}

/** All of an account's, by instrument. */
export function balances(book: Book, { accountId }: { accountId: string }, nowMs: number): Balance[] {
  book.requireAccount(accountId);
  const places = [...book.places.values()].filter((place) => place.accountId === accountId);
  for (const place of places) book.lapse(place, nowMs);
  return places.map((place) => place.balance).sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
}

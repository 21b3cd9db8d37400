/** Loading a set's book: its places are locked first; what is read of them after that nobody else changes. */

import { Book } from "./book/book.ts";
import { type Place, placeKey } from "./book/place.ts";
import type { HotCommand } from "./command.ts";
import { Retry } from "./retry.ts";
import { all, type Row, rowsOfEach, type Transaction } from "./statement.ts";
import { findAccounts, readAccount } from "./tables/account.ts";
import { lockPlaces, readPlace } from "./tables/balance.ts";
import { findDraws, readDraw } from "./tables/draw.ts";
import type { Given } from "./tables/given.ts";
import { countRunning, findHolds, findOver, readHold } from "./tables/hold.ts";
import { findLots, findStock, readLot } from "./tables/lot.ts";
import { findMarks, forgetMarks, readMark } from "./tables/mark.ts";
import { Wanted } from "./wanted.ts";

export function* load(commands: readonly HotCommand[]): Transaction<Book> {
  const wanted = new Wanted(commands);
  const book = new Book();
  yield* loadNamed(book, wanted);
  yield* loadReached(book, commands, wanted);
  return book;
}

/** Locks the places of several sets at once: one set after the other, they would not be locked in order. */
export function* lockAll(commands: readonly HotCommand[]): Transaction<void> {
  yield* all(...lockPlaces(new Wanted(commands).locked));
}

/** What the commands name. */
function* loadNamed(book: Book, wanted: Wanted): Transaction<void> {
  const { locked, sweep } = wanted;
  const [accounts, counted] = [[...wanted.accounts.values()], [...wanted.counted.values()]];
  const rows = yield* rowsOfEach({
    places: lockPlaces(locked),
    forgotten: sweep ? [forgetMarks(sweep.nowMs)] : [],
    accounts: findAccounts(accounts),
    holds: findHolds([...locked.requestIds, ...wanted.taking.values()]),
    over: sweep ? [findOver(sweep)] : [],
    marked: findMarks(locked.marks),
    lots: findLots([...wanted.references.values()]),
    running: countRunning(counted),
  });
  for (const row of rows.places) book.keepPlace(readPlace(row));
  for (const row of rows.accounts) book.accounts.set(...readAccount(row));
  for (const row of [...rows.holds, ...rows.marked]) keepNamed(book, row, wanted);
  // What has come up at a place that was not locked waits for the next sweep.
  for (const row of rows.over) keepHold(book, row);
  for (const row of rows.marked) book.keepMark(readMark(row));
  for (const row of rows.lots) book.keepLot(readLot(row));
  for (const [accountId] of counted) book.running.watch(accountId as string);
  for (const row of rows.running) keepCount(book, row);
}

/** What those rely on: lots that may be drawn or lapse, draws that are told again. */
function* loadReached(book: Book, commands: readonly HotCommand[], { latestMs }: Wanted): Transaction<void> {
  const rows = yield* rowsOfEach({
    stock: findStock(demandsOn(book, commands, latestMs), latestMs),
    draws: findDraws(settledBefore(book, commands)),
  });
  for (const row of rows.stock) {
    const lot = book.keepLot(readLot(row));
    book.place(lot.accountId, lot.instrument)?.stock.lots.push(lot);
  }
  for (const row of rows.draws) book.holds.get(row.request_id as string)?.draws.push(readDraw(row));
}

function keepNamed(book: Book, row: Row, { resolving, taking }: Wanted): void {
  const requestId = row.request_id as string;
  if (keepHold(book, row)) return;
  // It has come up since the places were locked, or since its mark was written; another run locks its place too.
  if (resolving.has(requestId) || !taking.has(requestId)) throw new Retry(`hold ${requestId} is new`);
  book.elsewhere.add(requestId);
}

/** False when its place is not locked. */
function keepHold(book: Book, row: Row): boolean {
  const place = book.place(row.account_id as string, row.instrument as string);
  const requestId = row.request_id as string;
  if (place && !book.holds.has(requestId)) book.holds.set(requestId, readHold(row, place));
  return place !== undefined;
}

function keepCount(book: Book, row: Row): void {
  const runner = { accountId: row.account_id as string, instrument: row.instrument as string };
  book.running.add({ ...runner, keyId: row.key_id as string | null }, row.holds as number);
}

/** How much may be drawn at each place; also of places where nothing is, when lots there may be over. */
function demandsOn(book: Book, commands: readonly HotCommand[], latestMs: number): Given[] {
  const demands = new Map<Place, number>();
  for (const place of book.places.values()) if (place.nextExpiryMs <= latestMs) demands.set(place, 0);
  const takings = takingsOf(commands);
  const demand = (place: Place | undefined, tokens: number): void => {
    if (place) demands.set(place, Math.min((demands.get(place) ?? 0) + tokens, Number.MAX_SAFE_INTEGER));
  };
  for (const { kind, input } of commands) {
    if (kind !== "settle") continue;
    const hold = book.holds.get(input.requestId);
    if (hold?.resolvedAtMs === null) demand(hold.place, input.tokens);
    if (hold) continue;
    for (const name of takings.get(input.requestId) ?? []) demand(book.places.get(name), input.tokens);
  }
  return [...demands].map(([{ accountId, instrument }, tokens]) => [accountId, instrument, tokens]);
}

/** Where the commands themselves would take holds, by request id: a settlement may come with its hold. */
function takingsOf(commands: readonly HotCommand[]): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { kind, input } of commands) {
    if (kind !== "hold") continue;
    const place = placeKey(input.accountId, input.instrument);
    places.set(input.requestId, [...(places.get(input.requestId) ?? []), place]);
  }
  return places;
}

function settledBefore(book: Book, commands: readonly HotCommand[]): Given[] {
  const settled = new Set<string>();
  for (const { kind, input } of commands) {
    if (kind === "settle" && book.holds.get(input.requestId)?.state === "settled") settled.add(input.requestId);
  }
  return [...settled].map((requestId) => [requestId]);
}

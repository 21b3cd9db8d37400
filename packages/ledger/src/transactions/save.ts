/** Saving what a set has changed: one statement for each table and way of change. */

import type { Book } from "./book/book.ts";
import { Retry } from "./retry.ts";
import { rowsOfEach, type Transaction } from "./statement.ts";
import { savePlaces } from "./tables/balance.ts";
import { saveDraws } from "./tables/draw.ts";
import { saveHolds, saveSettlings, saveTakings } from "./tables/hold.ts";
import { saveDeposits, saveLots } from "./tables/lot.ts";
import { insertMarks, replaceMarks } from "./tables/mark.ts";
import { saveMovements } from "./tables/movement.ts";

/** In the order in which rows refer to each other. `isLast`: the transaction ends with it. */
export function* save(book: Book, isLast: boolean): Transaction<void> {
  const markings = [...book.markings.values()];
  const replacing = markings.filter(({ instead }) => instead !== undefined);
  const lists = {
    places: savePlaces(book.places.values()),
    deposits: saveDeposits(book.deposits),
    lots: saveLots(book.lots.values()),
    takings: saveTakings(book.takings),
    holds: saveHolds(book.holds.values()),
    settlings: saveSettlings(book.settlings),
    draws: saveDraws(book.settlings),
    movements: saveMovements(book.movements),
    inserted: insertMarks(markings),
    replaced: replaceMarks(replacing),
  };
  // Whether a mark was replaced is asked before anything is committed.
  const rows = yield* rowsOfEach(lists, isLast && replacing.length === 0);
  if (rows.replaced.length < replacing.length) throw new Retry("a mark was changed meanwhile");
}

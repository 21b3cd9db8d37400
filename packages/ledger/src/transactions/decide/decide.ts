/** The table of decisions: what each hot command comes to, given the book, and what it writes there. */

import { LedgerError } from "../../ledger-error.ts";
import type { Commands } from "../../store.ts";
import type { Book } from "../book/book.ts";
import type { Answer, HotCommand, HotKind } from "../command.ts";
import { balance, balances } from "./balance.ts";
import { deposit } from "./deposit.ts";
import { expire } from "./expire.ts";
import { hold } from "./hold.ts";
import { redeem } from "./redeem.ts";
import { release } from "./release.ts";
import { renew } from "./renew.ts";
import { settle } from "./settle.ts";

type Decide<K extends HotKind> = (book: Book, input: Commands[K]["input"], nowMs: number) => Commands[K]["outcome"];

/** Each throws a `LedgerError` before it writes anything. */
const DECISIONS: { [K in HotKind]: Decide<K> } = {
  hold,
  redeem,
  renew,
  settle,
  release,
  expire,
  deposit,
  balance,
  balances,
};

export function decide(book: Book, { kind, input, nowMs }: HotCommand): Answer {
  try {
    return { outcome: (DECISIONS[kind] as Decide<HotKind>)(book, input as never, nowMs) };
  } catch (error) {
    if (error instanceof LedgerError) return { error };
    throw error;
  }
}

/** A page of a list, newest first, and the cursor with which the next is asked for. */

import { requireInteger, requireText } from "./bounds.ts";
import { LedgerError } from "./ledger-error.ts";

export type PageRequest = {
  /** From 1 to 100. */
  limit: number;
  /** The `nextCursor` of the page before; absent begins with the newest. One that no page gave is a `bad-input`. */
  cursor?: string;
};

export type Page<Item> = {
  data: Item[];
  /** Absent on the last page. */
  nextCursor?: string;
};

/** From an instant on, and until just before another; absent means without bound. Milliseconds since 1970. */
export type Period = { fromMs?: number; toMs?: number };

export const PAGE_LIMIT_MAX = 100;

/** What a list is sorted by, and no two of its items share. */
export type SortKey = readonly (number | string)[];

/** The sort key of every list: which parts it has. A cursor of one list is of no use to another. */
const LISTS = {
  accounts: ["number", "text"],
  keys: ["number", "text"],
  lots: ["number"],
  movements: ["number"],
  purchases: ["number"],
  "record-versions": ["number"],
  receipts: ["text"],
  reloads: ["number"],
} as const satisfies Record<string, readonly ("number" | "text")[]>;

export type List = keyof typeof LISTS;

/** A page as the store is asked for it: `after` is the sort key of the last item seen, null for none. */
export type PageCommand = { limit: number; after: SortKey | null };

export function pageCommand(list: List, { limit, cursor }: PageRequest): PageCommand {
  return {
    limit: requireInteger(limit, "limit", 1, PAGE_LIMIT_MAX),
    after: cursor === undefined ? null : readCursor(list, cursor),
  };
}

/** A sort key as text that means nothing to whom it is given. */
export function writeCursor(list: List, key: SortKey): string {
  return Buffer.from(JSON.stringify([list, ...key])).toString("base64url");
}

function readCursor(list: List, cursor: unknown): SortKey {
  const [of, ...key] = readParts(cursor);
  // Written again it must be the same sign by sign: base64 and JSON have many spellings of one thing.
  if (of !== list || writeCursor(list, key as SortKey) !== cursor) throw unknownCursor();
  const kinds: readonly ("number" | "text")[] = LISTS[list];
  if (key.length !== kinds.length) throw unknownCursor();
  return kinds.map((kind, place) =>
    kind === "number" ? requireInteger(key[place], "cursor", 0) : requireText(key[place], "cursor"),
  );
}

function readParts(cursor: unknown): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor as string, "base64url").toString());
    if (Array.isArray(parts)) return parts;
  } catch {
    // Not of our making, like everything else that is no list.
  }
  throw unknownCursor();
}

function unknownCursor(): LedgerError {
  return new LedgerError("bad-input", "cursor must be one that a page of the same list gave");
}

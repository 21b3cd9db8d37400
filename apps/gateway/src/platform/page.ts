/** Pages of a list: what is asked for, and what is given. */
import type { Page, PageRequest } from "@interchange/ledger";

const LIMIT_DEFAULT = 20;

export function readPage(query: { readonly limit?: number; readonly cursor?: string }): PageRequest {
  const { limit = LIMIT_DEFAULT, cursor } = query;
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}

export function writePage<Item, Wire>(page: Page<Item>, writeItem: (item: Item) => Wire) {
  return { data: page.data.map(writeItem), next_cursor: page.nextCursor ?? null };
}

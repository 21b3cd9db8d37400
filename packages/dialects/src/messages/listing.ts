/** The catalogue, where the format shows models. https://docs.anthropic.com/en/api/models-list */
import type { Listing } from "@interchange/inference";
import type { Wire } from "../wire.ts";

export function writeListing(listing: Listing): Wire {
  return {
    type: "model",
    id: listing.name,
    display_name: titleOf(listing.name),
    created_at: new Date(listing.sinceS * 1_000).toISOString().replace(".000Z", "Z"),
    max_input_tokens: listing.contextTokens,
    max_tokens: listing.outputTokensMax,
    ...(listing.available === undefined ? {} : { available: listing.available }),
  };
}

/** `text-prime` is shown to people as Text Prime. */
function titleOf(name: string): string {
  return name.replace(/(^|-)(.)/g, (_, dash: string, first: string) => (dash && " ") + first.toUpperCase());
}

const LIMIT = 20;
const LIMIT_MAX = 1_000;

/** One page: `limit` entries after `after_id`, or before `before_id`. */
export function writeListings(listings: readonly Listing[], query: Wire): Wire {
  const limit = readLimit(query.limit);
  const before = indexOf(listings, query.before_id);
  const after = indexOf(listings, query.after_id) ?? -1;
  const from = before === undefined ? after + 1 : Math.max(0, before - limit);
  const to = before === undefined ? from + limit : before;
  const page = listings.slice(from, to);
  return {
    data: page.map(writeListing),
    has_more: before === undefined ? to < listings.length : from > 0,
    first_id: page[0]?.name ?? null,
    last_id: page.at(-1)?.name ?? null,
  };
}

function readLimit(value: unknown): number {
  const limit = Math.trunc(Number(value ?? LIMIT));
  return limit >= 1 && limit <= LIMIT_MAX ? limit : LIMIT;
}

function indexOf(listings: readonly Listing[], id: unknown): number | undefined {
  const index = listings.findIndex((listing) => listing.name === id);
  return index === -1 ? undefined : index;
}

/** The catalogue, where the format shows models. https://docs.anthropic.com/en/api/models-list */
import type { Listing } from "@interchange/inference";
import { writeLevel } from "../level.ts";
import type { Wire } from "../wire.ts";

export function writeListing(listing: Listing): Wire {
  return {
    type: "model",
    id: listing.name,
    display_name: titleOf(listing.name),
    created_at: new Date(listing.sinceS * 1_000).toISOString().replace(".000Z", "Z"),
    max_input_tokens: listing.contextTokens,
    max_tokens: listing.outputTokensMax,
    ...writeLevel(listing),
  };
}

/** `text-prime` is shown to people as Text Prime. */
function titleOf(name: string): string {
  return name.replace(/(^|-)(.)/g, (_, dash: string, first: string) => (dash && " ") + first.toUpperCase());
}

const LIMIT_DEFAULT = 20;

/** One page: `limit` entries after `after_id`, or before `before_id`; undefined when such an entry is not known. */
export function writeListings(listings: readonly Listing[], query: Wire): Wire | undefined {
  const limit = Number(query.limit ?? LIMIT_DEFAULT);
  const before = placeOf(listings, query.before_id, listings.length);
  const after = placeOf(listings, query.after_id, -1);
  if (before === undefined || after === undefined) return undefined;
  const isBackward = query.before_id !== undefined;
  const from = isBackward ? Math.max(after + 1, before - limit) : after + 1;
  const page = listings.slice(from, Math.min(from + limit, before));
  return {
    data: page.map(writeListing),
    has_more: isBackward ? from > after + 1 : from + page.length < before,
    first_id: page[0]?.name ?? null,
    last_id: page.at(-1)?.name ?? null,
  };
}

function placeOf(listings: readonly Listing[], id: unknown, unasked: number): number | undefined {
  if (id === undefined) return unasked;
  const place = listings.findIndex((listing) => listing.name === id);
  return place === -1 ? undefined : place;
}

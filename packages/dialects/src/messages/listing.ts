/** The catalogue as the Models API shows it: https://platform.claude.com/docs/en/api/models-list */
import type { Listing } from "@interchange/inference";

export function writeListing(listing: Listing) {
  return {
    type: "model" as const,
    id: listing.name,
    display_name: listing.name,
    created_at: new Date(listing.sinceS * 1_000).toISOString(),
    max_input_tokens: listing.contextTokens,
    max_tokens: listing.outputTokensMax,
    description: listing.description,
    modalities: [...listing.modalities],
    features: [...listing.features],
    ...(listing.available === undefined ? {} : { available: listing.available }),
  };
}

const LIMIT_DEFAULT = 20;

/** `query` has `limit`, `after_id` and `before_id`, which the contract has checked. */
export function writeListings(listings: readonly Listing[], query: Readonly<Record<string, unknown>>) {
  const limit = Number(query["limit"] ?? LIMIT_DEFAULT);
  const after = listings.findIndex((listing) => listing.name === query["after_id"]);
  const before = listings.findIndex((listing) => listing.name === query["before_id"]);
  const end = before === -1 ? listings.length : before;
  const start = before === -1 ? after + 1 : Math.max(0, end - limit);
  const page = listings.slice(start, Math.min(start + limit, end));
  return {
    data: page.map(writeListing),
    has_more: before === -1 ? start + page.length < listings.length : start > 0,
    first_id: page.at(0)?.name ?? null,
    last_id: page.at(-1)?.name ?? null,
  };
}

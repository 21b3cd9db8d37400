/** The catalogue, where the format shows models. https://platform.openai.com/docs/api-reference/models */
import type { Listing } from "@interchange/inference";
import { writeLevel } from "../level.ts";
import type { Wire } from "../wire.ts";

export function writeListing(listing: Listing): Wire {
  return {
    id: listing.name,
    object: "model",
    created: listing.sinceS,
    owned_by: "interchange",
    ...writeLevel(listing),
  };
}

/** The format knows no pages: the list is whole. */
export function writeListings(listings: readonly Listing[]): Wire {
  return { object: "list", data: listings.map(writeListing) };
}

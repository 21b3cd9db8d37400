/** The catalogue as the Models API shows it: https://platform.openai.com/docs/api-reference/models */
import type { Listing } from "@interchange/inference";

export function writeListing(listing: Listing) {
  return {
    id: listing.name,
    object: "model" as const,
    created: listing.sinceS,
    owned_by: "interchange",
    description: listing.description,
    context_window: listing.contextTokens,
    output_tokens_max: listing.outputTokensMax,
    modalities: [...listing.modalities],
    features: [...listing.features],
    ...(listing.available === undefined ? {} : { available: listing.available }),
  };
}

/** The format knows no pages. */
export function writeListings(listings: readonly Listing[]) {
  return { object: "list" as const, data: listings.map(writeListing) };
}

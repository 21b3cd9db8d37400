/** The service level of an instrument: the properties that no vendor's model has, alike in every format. */
import type { Listing } from "@interchange/inference";
import { given } from "./wire.ts";

export function writeLevel({ floors, ...listing }: Listing) {
  return given({
    description: listing.description,
    tier: listing.tier,
    context_window: listing.contextTokens,
    output_tokens_max: listing.outputTokensMax,
    modalities: [...listing.modalities],
    features: [...listing.features],
    quality_min: floors.qualityMin,
    tokens_per_second_min: floors.tokensPerSecondMin,
    ttft_ms_max: floors.firstTokenMsMax,
    available: listing.available,
  });
}

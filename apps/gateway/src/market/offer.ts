/** What an offer comes to on the market: what its row says, what goes without saying, and what its format can carry. */

import type { Format } from "@interchange/config";
import { dialects, NO_QUIRKS, type Quirks } from "@interchange/dialects";
import { FEATURES, type Feature, TAKEN_FOR_GRANTED } from "@interchange/inference";
import type { Offer } from "@interchange/routing";

/** An offer as it is declared. */
export interface DeclaredOffer extends Offer {
  /** What it does not offer, though every supplier is taken to. */
  readonly lacks?: readonly Feature[];
}

/** The offer with the features that an order may count on. What a format cannot say, nobody can buy in it. */
export function asOffered({ lacks = [], ...offer }: DeclaredOffer, quirks = NO_QUIRKS): Offer {
  const { carries } = dialects[offer.dialect as Format].supplier;
  const refused = refusedBy(offer, quirks);
  const provides = (feature: Feature): boolean =>
    carries.has(feature) && !lacks.includes(feature) && !refused.includes(feature);
  const said = new Set<Feature>([...offer.features, ...TAKEN_FOR_GRANTED].filter(provides));
  // Whoever keeps to a schema also writes JSON without one.
  const implied = said.has("structured-output") && provides("json-object") ? (["json-object"] as const) : [];
  const unsayable = FEATURES.filter((feature) => !carries.has(feature));
  return { ...offer, features: [...said.union(new Set<Feature>(implied))], unsayable };
}

/** What cannot be asked for, since the property for it is refused. */
function refusedBy({ dialect }: Pick<Offer, "dialect">, quirks: Quirks): readonly Feature[] {
  return dialect === "chat-completions" && quirks.parallelToolCalls === false ? ["single-tool-calls"] : [];
}

/** What an offer is in the contract's words and in the market's. */
import type { CreateOfferRequest, UpdateOfferRequest, Offer as Wire } from "@interchange/contract/platform";
import type { Engine } from "../engine.ts";
import { type Kept, newestOf, type OfferDocument, offerIdOf, type SupplierDocument } from "../market/index.ts";
import { readUsd, writeUsd } from "./amount.ts";
import { writeInstant } from "./instant.ts";
import { canonical } from "./instruments.ts";
import { patched } from "./patch.ts";
import { given, isRefused, type Refused, unfit } from "./refused.ts";
import { standingAt } from "./standing.ts";

export async function readCreation(
  engine: Engine,
  seller: SupplierDocument,
  body: CreateOfferRequest,
): Promise<OfferDocument | Refused> {
  const { dialect } = body;
  if (!seller.dialects.includes(dialect)) {
    return unfit("dialect", `must be one that ${seller.name} speaks, which is ${seller.dialects.join(" or ")}`);
  }
  const document = given({
    supplier: seller.name,
    instrument: await readSold(engine, body.instrument),
    dialect,
    model: body.model,
    askMicros: readUsd("ask_per_unit_usd", body.ask_per_unit_usd),
    features: body.features ?? undefined,
    lacks: body.lacks,
    contextTokens: body.context_tokens ?? undefined,
    outputTokensMax: body.output_tokens_max ?? undefined,
    runningMax: body.running_max ?? undefined,
    status: body.status ?? ("active" as const),
    origin: "platform" as const,
    createdAtMs: engine.clock(),
  });
  return isRefused(document) ? document : fitting(engine, document);
}

/** Also what is not on sale yet, or not any more: whoever sells it may be there first. */
async function readSold({ ledger, market }: Engine, name: string): Promise<string | Refused> {
  const instrument = canonical(name);
  const kept = market.instrumentDocument(instrument) ?? (await newestOf(ledger, "instrument", instrument)).kept;
  if (kept !== undefined) return instrument;
  const known = market.instrumentDocuments().map(({ document }) => document.name);
  return unfit("instrument", `names no instrument; known ones are ${known.join(", ")}`);
}

export function changedBy(engine: Engine, document: OfferDocument, body: UpdateOfferRequest): OfferDocument | Refused {
  const { ask_per_unit_usd: ask } = body;
  const changed = patched<OfferDocument>(document, {
    model: body.model,
    askMicros: ask === undefined ? undefined : readUsd("ask_per_unit_usd", ask),
    features: body.features,
    lacks: body.lacks,
    contextTokens: body.context_tokens,
    outputTokensMax: body.output_tokens_max,
    runningMax: body.running_max,
    status: body.status,
  });
  return isRefused(changed) ? changed : fitting(engine, changed);
}

/** What a schema cannot see: values that contradict each other, or the instrument's own where the offer has none. */
function fitting({ market }: Engine, document: OfferDocument): OfferDocument | Refused {
  const { features, lacks = [], outputTokensMax } = document;
  const both = lacks.findIndex((feature) => features?.includes(feature));
  if (both >= 0) return unfit(`lacks[${both}]`, `is ${lacks[both]}, which is among the features that are offered`);
  const context = document.contextTokens ?? market.instrumentDocument(document.instrument)?.document.contextTokens;
  if (outputTokensMax === undefined || context === undefined || outputTokensMax <= context) return document;
  return unfit("output_tokens_max", `must be at most the context of ${context} tokens, not ${outputTokensMax}`);
}

export function writeOffer(engine: Engine, { document, version, writtenAtMs }: Kept<OfferDocument>): Wire {
  const { supplier, instrument, features } = document;
  return {
    id: offerIdOf(document),
    supplier,
    instrument,
    dialect: document.dialect,
    model: document.model,
    ask_per_unit_usd: writeUsd(document.askMicros),
    features: features === undefined ? null : [...features],
    lacks: [...(document.lacks ?? [])],
    context_tokens: document.contextTokens ?? null,
    output_tokens_max: document.outputTokensMax ?? null,
    running_max: document.runningMax ?? null,
    status: document.status,
    version,
    created_at: writeInstant(document.createdAtMs),
    updated_at: writeInstant(writtenAtMs),
    standing: standingAt(engine, supplier, instrument),
  };
}

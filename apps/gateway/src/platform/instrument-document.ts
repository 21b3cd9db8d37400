/** What an instrument is in the contract's words and in the market's. */
import type {
  CreateInstrumentRequest,
  FloorSettings,
  Floors as FloorsWire,
  UpdateInstrumentRequest,
  Instrument as Wire,
} from "@interchange/contract/platform";
import type { Key } from "@interchange/ledger";
import type { Floors } from "@interchange/routing";
import type { Dated, InstrumentDocument, Kept } from "../market/index.ts";
import { readUsd, writeUsd } from "./amount.ts";
import { writeInstant } from "./instant.ts";
import { readLimits, writeLimits } from "./limits.ts";
import { patched, reread } from "./patch.ts";
import { conflicting, given, isRefused, type Refused, unfit } from "./refused.ts";
import { isOperator } from "./role.ts";

export function readCreation(body: CreateInstrumentRequest, nowMs: number): InstrumentDocument | Refused {
  const { price_per_unit_usd: price, ask_per_unit_usd_max: askMax, features = [], modalities = ["text"] } = body;
  const document = given({
    name: body.name,
    tier: body.tier,
    description: body.description,
    floors: readFloors(body.floors ?? {}),
    contextTokens: body.context_tokens,
    outputTokensMax: body.output_tokens_max,
    modalities: unique(modalities),
    features: unique(features),
    priceMicrosPerUnit: price == null ? undefined : readUsd("price_per_unit_usd", price),
    askMicrosMax: askMax == null ? undefined : readUsd("ask_per_unit_usd_max", askMax),
    limits: body.limits === undefined ? undefined : readLimits(body.limits),
    origin: "platform" as const,
    createdAtMs: nowMs,
  });
  return isRefused(document) ? document : fitting(document);
}

/** A retired one changes only together with its status: nobody is to sell it again, or schedule anything for it, unawares. */
export function changedBy(document: InstrumentDocument, body: UpdateInstrumentRequest): InstrumentDocument | Refused {
  if (document.isRetired === true && body.status === undefined) {
    const retired = `The instrument ${JSON.stringify(document.name)} is retired`;
    return conflicting(`${retired}; to put it on sale again, set its status to active.`, "status");
  }
  const changed = patched<InstrumentDocument>(document, {
    tier: body.tier,
    description: body.description,
    floors: body.floors === undefined ? undefined : readFloors(body.floors),
    contextTokens: body.context_tokens,
    outputTokensMax: body.output_tokens_max,
    modalities: body.modalities === undefined ? undefined : unique(body.modalities),
    features: body.features === undefined ? undefined : unique(body.features),
    priceMicrosPerUnit: reread(body.price_per_unit_usd, (text) => readUsd("price_per_unit_usd", text)),
    askMicrosMax: reread(body.ask_per_unit_usd_max, (text) => readUsd("ask_per_unit_usd_max", text)),
    limits: body.limits === undefined ? undefined : readLimits(body.limits),
    isRetired: body.status === undefined ? undefined : body.status === "retired" ? true : null,
  });
  return isRefused(changed) ? changed : fitting(changed);
}

function fitting(document: InstrumentDocument): InstrumentDocument | Refused {
  const { outputTokensMax, contextTokens } = document;
  if (outputTokensMax <= contextTokens) return document;
  return unfit("output_tokens_max", `must be at most the context of ${contextTokens} tokens, not ${outputTokensMax}`);
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function readFloors(settings: FloorSettings): Floors {
  return {
    ...(settings.quality_min == null ? {} : { qualityMin: settings.quality_min }),
    ...(settings.tokens_per_second_min == null ? {} : { tokensPerSecondMin: settings.tokens_per_second_min }),
    ...(settings.first_token_ms_max == null ? {} : { firstTokenMsMax: settings.first_token_ms_max }),
  };
}

function writeFloors({ qualityMin, tokensPerSecondMin, firstTokenMsMax }: Floors): FloorsWire {
  return {
    quality_min: qualityMin ?? null,
    tokens_per_second_min: tokensPerSecondMin ?? null,
    first_token_ms_max: firstTokenMsMax ?? null,
  };
}

type Version = Kept<InstrumentDocument> & Pick<Partial<Dated<InstrumentDocument>>, "next">;

/** What suppliers may ask is told to operators. */
export function writeInstrument(version: Version, key: Key, nowMs: number): Wire {
  const { document, next } = version;
  const { priceMicrosPerUnit: price, askMicrosMax: askMax } = document;
  return {
    name: document.name,
    tier: document.tier,
    description: document.description,
    floors: writeFloors(document.floors),
    context_tokens: document.contextTokens,
    output_tokens_max: document.outputTokensMax,
    modalities: [...document.modalities],
    features: [...document.features],
    price_per_unit_usd: price === undefined ? null : writeUsd(price),
    ask_per_unit_usd_max: askMax === undefined || !isOperator(key) ? null : writeUsd(askMax),
    limits: writeLimits(document.limits ?? {}),
    version: version.version,
    status: version.effectiveAtMs > nowMs ? "scheduled" : statusOf(document),
    effective_at: writeInstant(version.effectiveAtMs),
    created_at: writeInstant(version.writtenAtMs),
    next: next === undefined ? null : writeNext(next),
  };
}

function writeNext({ version, document, effectiveAtMs }: Kept<InstrumentDocument>): NonNullable<Wire["next"]> {
  return { version, status: statusOf(document), effective_at: writeInstant(effectiveAtMs) };
}

function statusOf({ isRetired: retired }: InstrumentDocument): "active" | "retired" {
  return retired === true ? "retired" : "active";
}

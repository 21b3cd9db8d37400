/** The order: what routing may know of a request, and what it may not leave out. */
import { bondsOf, type InferenceRequest, kindsNeeding, needsOf, type Refusal, wishesOf } from "@interchange/inference";
import type { Key } from "@interchange/ledger";
import type { Instrument, Order } from "@interchange/routing";
import { conversationOf } from "./conversation.ts";
import type { Engine } from "./engine.ts";
import type { Weight } from "./estimate/index.ts";
import type { Surface } from "./surface.ts";

/** A request that is understood, and what it comes to. */
export interface Asked {
  readonly request: InferenceRequest;
  readonly instrument: Instrument;
  readonly weight: Weight;
  readonly inputTokens: number;
  /** SHA-256 of the body, in base64url. */
  readonly digest: string;
}

/** Who asks, and in which words. */
export interface Asking {
  readonly key: Pick<Key, "accountId">;
  readonly body: unknown;
}

export function orderOf(engine: Engine, surface: Surface, { key, body }: Asking, asked: Asked): Order {
  const { request, instrument, inputTokens, digest } = asked;
  const { draw, affinity } = conversationOf(request, key.accountId);
  return {
    instrument: instrument.name,
    surface: surface.name,
    ...demandsOf(surface, body, request),
    // A hold errs upwards; whoever is left out for want of context is left out with certainty.
    inputTokens: Math.floor(inputTokens / 2),
    draw,
    avoid: engine.retries.avoid(key.accountId, digest, engine.clock()),
    ...(affinity !== undefined && { affinity: affinity.hash }),
    ...(request.preferences !== undefined && { preferences: request.preferences }),
    ...(request.outputTokensMax === undefined ? {} : { outputTokensMax: request.outputTokensMax }),
  };
}

/** What may not be left out. A caller that wants nothing left out is bound by what nobody has a word for, and its wishes are needs. */
function demandsOf(surface: Surface, body: unknown, request: InferenceRequest): Pick<Order, "needs" | "bonds"> {
  const needs = needsOf(request);
  const bonds = bondsOf(request);
  if (request.requireParameters !== true) return { needs, bonds };
  const unknown = surface.dialect.surface.unknownIn(body).slice(0, UNKNOWN_NAMED_MAX);
  return { needs: needs.union(wishesOf(request)), bonds: [...bonds, ...unknown] };
}

/** A refusal is a sentence, and each supplier has its own in it. */
const UNKNOWN_NAMED_MAX = 20;

/** What suppliers would run themselves is named by its type, so that it is not taken for tools of any kind. */
export function named(refusal: Refusal, request: InferenceRequest): Refusal {
  if (refusal.kind !== "feature-unsupported" || !refusal.features.includes("server-tools")) return refusal;
  const kinds = kindsNeeding("server-tools", request);
  return { ...refusal, bonds: [...new Set([...refusal.bonds, ...kinds])] };
}

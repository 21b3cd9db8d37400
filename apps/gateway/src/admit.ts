/** The first leg: a request that the contract has accepted becomes a route and a hold, or a refusal. */
import { bondsOf, type InferenceRequest, kindsNeeding, needsOf, type Refusal, wishesOf } from "@interchange/inference";
import type { Idempotency, Key } from "@interchange/ledger";
import { type Instrument, type Offer, type Order, route } from "@interchange/routing";
import { bodyDigest } from "@interchange/ticket";
import { unknownInstrument } from "./catalogue.ts";
import type { Engine } from "./engine.ts";
import { estimateInputTokens } from "./estimate.ts";
import { faithful } from "./fidelity.ts";
import { outputCap } from "./output-cap.ts";
import type { Surface } from "./surface.ts";

/** A request as the surface received it. */
export interface Call {
  readonly requestId: string;
  readonly key: Key;
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The body's bytes as received. */
  readonly raw: Uint8Array;
  /** How long the hold may wait for what comes next. */
  readonly holdLifeMs: number;
  /** Whether it runs at once, without a ticket. */
  readonly begun: boolean;
}

export interface Admission {
  readonly kind: "admitted";
  /** Capped to what is held for it. */
  readonly request: InferenceRequest;
  /** Most tokens that one answer may have: nobody is asked for more than is held. */
  readonly outputTokensMax: number;
  /** The instrument's canonical name. */
  readonly instrument: string;
  readonly offer: Offer;
  readonly inputTokens: number;
  readonly tokensHeld: number;
  /** SHA-256 of the body, in base64url. */
  readonly bodyDigest: string;
  readonly expiresAtMs: number;
}

export type Admitted = Admission | { readonly kind: "refused"; readonly refusal: Refusal };

export async function admit(engine: Engine, surface: Surface, call: Call): Promise<Admitted> {
  const request = surface.dialect.surface.readRequest(call.body as never, call.headers);
  const found = findInstrument(engine, call.key, request);
  if (found.kind === "refused") return found;
  const { instrument } = found;
  const digest = bodyDigest(call.raw);
  const inputTokens = estimateInputTokens(call.raw.length, request);
  const order = orderOf(engine, surface, call, request, { instrument, inputTokens, digest });
  const decided = route(order, engine.market, { nowMs: engine.clock(), failures: engine.failures });
  const routed = faithful(engine, surface, request, { decided, instrument, inputTokens });
  const offer = routed.kind === "route" ? routed.offer : undefined;
  const outputTokensMax = outputCap(engine, request, { instrument, offer, inputTokens });
  const needed = inputTokens + outputTokensMax * (request.answers ?? 1);
  if (routed.kind !== "route") return refuseUnroutable(engine, call.key, instrument, needed, named(routed, request));
  const expiresAtMs = engine.clock() + call.holdLifeMs;
  const hold = await engine.ledger.hold({
    requestId: call.requestId,
    accountId: call.key.accountId,
    instrument: instrument.name,
    tokens: needed,
    expiresAtMs,
    supplier: routed.offer.supplier,
    model: routed.offer.model,
    begun: call.begun,
    ...idempotencyOf(call, digest),
  });
  if (hold.kind === "repeated") return refused(hold);
  if (hold.kind !== "held") return refused({ ...hold, instrument: instrument.name });
  return {
    kind: "admitted",
    request: { ...request, outputTokensMax },
    outputTokensMax,
    instrument: instrument.name,
    offer: routed.offer,
    inputTokens,
    tokensHeld: needed,
    bodyDigest: digest,
    expiresAtMs,
  };
}

function refused(refusal: Refusal): { readonly kind: "refused"; readonly refusal: Refusal } {
  return { kind: "refused", refusal };
}

/** The caller's own mark against running one request twice; the contract has checked its form. */
function idempotencyOf(call: Call, digest: string): { idempotency?: Idempotency } {
  const key = call.headers["idempotency-key"];
  return typeof key === "string" ? { idempotency: { key, bodyDigest: digest } } : {};
}

type Found = { readonly kind: "found"; readonly instrument: Instrument } | ReturnType<typeof refused>;

function findInstrument(engine: Engine, key: Key, request: InferenceRequest): Found {
  const name = request.instrument;
  if (name === undefined) {
    const problem = "is missing, and this account has no default instrument";
    return refused({ kind: "request-invalid", fault: "value", param: "model", problem });
  }
  const instrument = engine.market.instrument(name);
  if (instrument === undefined) return refused(unknownInstrument(engine, name));
  if (key.instruments !== undefined && !key.instruments.includes(instrument.name)) {
    return refused({ kind: "key-forbidden", problem: `This key may not buy ${instrument.name}.` });
  }
  return { kind: "found", instrument };
}

interface Measured {
  readonly instrument: Instrument;
  readonly inputTokens: number;
  readonly digest: string;
}

function orderOf(engine: Engine, surface: Surface, call: Call, request: InferenceRequest, measured: Measured): Order {
  return {
    instrument: measured.instrument.name,
    surface: surface.name,
    ...demandsOf(surface, call, request),
    // A hold errs upwards; whoever is left out for want of context is left out with certainty.
    inputTokens: Math.floor(measured.inputTokens / 2),
    avoid: engine.retries.avoid(call.key.accountId, measured.digest, engine.clock()),
    ...(request.outputTokensMax === undefined ? {} : { outputTokensMax: request.outputTokensMax }),
  };
}

/** What may not be left out. A caller that wants nothing left out is bound by what nobody has a word for, and its wishes are needs. */
function demandsOf(surface: Surface, call: Call, request: InferenceRequest): Pick<Order, "needs" | "bonds"> {
  const needs = needsOf(request);
  const bonds = bondsOf(request);
  if (request.requireParameters !== true) return { needs, bonds };
  const unknown = surface.dialect.surface.unknownIn(call.body).slice(0, UNKNOWN_NAMED_MAX);
  return { needs: needs.union(wishesOf(request)), bonds: [...bonds, ...unknown] };
}

/** A refusal is a sentence, and each supplier has its own in it. */
const UNKNOWN_NAMED_MAX = 20;

/** What suppliers would run themselves is named by its type, so that it is not taken for tools of any kind. */
function named(refusal: Refusal, request: InferenceRequest): Refusal {
  if (refusal.kind !== "feature-unsupported" || !refusal.features.includes("server-tools")) return refusal;
  const kinds = kindsNeeding("server-tools", request);
  return { ...refusal, bonds: [...new Set([...refusal.bonds, ...kinds])] };
}

/** The balance is looked at before the suppliers, so an empty one is what the caller hears of first. */
async function refuseUnroutable(
  engine: Engine,
  key: Key,
  instrument: Instrument,
  needed: number,
  refusal: Refusal,
): Promise<Admitted> {
  const { available } = await engine.ledger.balance(key.accountId, instrument.name);
  if (available >= needed) return refused(refusal);
  return refused({ kind: "balance-too-low", instrument: instrument.name, available, needed });
}

/** The first leg: a request that the contract has accepted becomes a route and a hold, or a refusal. */
import { bondsOf, type InferenceRequest, kindsNeeding, needsOf, type Refusal, wishesOf } from "@interchange/inference";
import type { Bearer, Idempotency } from "@interchange/ledger";
import { type Instrument, type Offer, type Order, route } from "@interchange/routing";
import { bodyDigest } from "@interchange/ticket";
import { holdBuying } from "./buying/index.ts";
import { unknownInstrument } from "./catalogue.ts";
import type { Engine } from "./engine.ts";
import { textBytesOf, weigh } from "./estimate/index.ts";
import { faithful } from "./fidelity.ts";
import type { Quota } from "./limits/index.ts";
import { outputCap } from "./output-cap.ts";
import type { Surface } from "./surface.ts";

/** A request as the surface received it. */
export interface Call {
  readonly requestId: string;
  readonly key: Bearer;
  /** What it takes of the limits that bind it. */
  readonly quota: Quota;
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
  /** Absent where more than text was estimated. */
  readonly textBytes?: number;
  readonly tokensHeld: number;
  /** SHA-256 of the body, in base64url. */
  readonly bodyDigest: string;
  readonly expiresAtMs: number;
}

export type Admitted = Admission | { readonly kind: "refused"; readonly refusal: Refusal };

/** What is refused, or cannot be decided, has its tokens back. */
export async function admit(engine: Engine, surface: Surface, call: Call): Promise<Admitted> {
  const admitted = await decide(engine, surface, call).catch(async (error: unknown) => {
    await call.quota.giveBack("bug");
    throw error;
  });
  if (admitted.kind === "refused") await call.quota.giveBack(admitted.refusal.kind);
  return admitted;
}

async function decide(engine: Engine, surface: Surface, call: Call): Promise<Admitted> {
  const request = surface.dialect.surface.readRequest(call.body as never, call.headers);
  const found = findInstrument(engine, call.key, request);
  if (found.kind === "refused") return found;
  const { instrument } = found;
  const digest = bodyDigest(call.raw);
  const weight = weigh(call.raw.length, request);
  const inputTokens = engine.estimator.estimate(instrument.name, weight);
  const order = orderOf(engine, surface, call, request, { instrument, inputTokens, digest });
  const decided = route(order, engine.market, { nowMs: engine.clock(), failures: engine.failures });
  const routed = faithful(engine, surface, request, { decided, instrument, inputTokens });
  const offer = routed.kind === "route" ? routed.offer : undefined;
  const outputTokensMax = outputCap(engine, request, { instrument, offer, inputTokens });
  const needed = inputTokens + outputTokensMax * (request.answers ?? 1);
  if (routed.kind !== "route") return refuseUnroutable(engine, call.key, instrument, needed, named(routed, request));
  const limited = await call.quota.takeTokens(instrument.name, needed);
  if (limited !== undefined) return refused(limited);
  const expiresAtMs = engine.clock() + call.holdLifeMs;
  const hold = await holdBuying(engine, {
    requestId: call.requestId,
    accountId: call.key.accountId,
    instrument: instrument.name,
    tokens: needed,
    expiresAtMs,
    supplier: routed.offer.supplier,
    model: routed.offer.model,
    begun: call.begun,
    keyId: call.key.publicId,
    surface: surface.name,
    ...idempotencyOf(call, digest),
    ...call.quota.running(instrument.name),
  });
  if (hold.kind === "too-many-running") return refused(await call.quota.refuseRunning(hold, instrument.name));
  if (hold.kind === "account-closed") return refused(ACCOUNT_CLOSED);
  if (hold.kind !== "held") return refused(hold);
  return {
    kind: "admitted",
    request: { ...request, outputTokensMax },
    outputTokensMax,
    instrument: instrument.name,
    offer: routed.offer,
    inputTokens,
    ...textBytesOf(weight),
    tokensHeld: needed,
    bodyDigest: digest,
    expiresAtMs,
  };
}

/** Closed since its key was last believed. */
const ACCOUNT_CLOSED: Refusal = { kind: "key-refused", problem: "The account of this key is closed." };

function refused(refusal: Refusal): { readonly kind: "refused"; readonly refusal: Refusal } {
  return { kind: "refused", refusal };
}

/** The caller's own mark against running one request twice; the contract has checked its form. */
function idempotencyOf(call: Call, digest: string): { idempotency?: Idempotency } {
  const key = call.headers["idempotency-key"];
  return typeof key === "string" ? { idempotency: { key, bodyDigest: digest } } : {};
}

type Found = { readonly kind: "found"; readonly instrument: Instrument } | ReturnType<typeof refused>;

/** What was asked for, else what the account buys by default. */
function findInstrument(engine: Engine, key: Bearer, request: InferenceRequest): Found {
  const name = request.instrument ?? key.account.defaultInstrument;
  if (name === undefined) {
    const problem = "is missing, and this account has no default instrument";
    return refused({ kind: "request-invalid", fault: "value", param: "model", problem });
  }
  const instrument = engine.market.instrument(name);
  if (instrument === undefined && request.instrument === undefined) {
    const problem = `is missing, and this account's default instrument, ${JSON.stringify(name)}, is not known`;
    return refused({ kind: "request-invalid", fault: "value", param: "model", problem });
  }
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

/** The balance is looked at before the suppliers, so an empty one that nobody fills is what the caller hears of first. */
async function refuseUnroutable(
  engine: Engine,
  key: Bearer,
  instrument: Instrument,
  needed: number,
  refusal: Refusal,
): Promise<Admitted> {
  const { available } = await engine.ledger.balance(key.accountId, instrument.name);
  if (available >= needed) return refused(refusal);
  if (await engine.buyer.buysIn({ accountId: key.accountId, instrument: instrument.name })) return refused(refusal);
  return refused({ kind: "balance-too-low", instrument: instrument.name, available, needed });
}

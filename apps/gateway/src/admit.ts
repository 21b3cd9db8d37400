/** The first leg: a request that the contract has accepted becomes a route and a hold, or a refusal. */
import type { InferenceRequest, Refusal } from "@interchange/inference";
import type { Bearer, Idempotency } from "@interchange/ledger";
import type { Instrument, Offer, Order, Route } from "@interchange/routing";
import { bodyDigest } from "@interchange/ticket";
import { holdBuying } from "./buying/index.ts";
import type { Engine } from "./engine.ts";
import { weigh } from "./estimate/index.ts";
import { routeFaithfully } from "./fidelity.ts";
import { findInstrument } from "./instrument.ts";
import type { Quota } from "./limits/index.ts";
import { type Asked, named, orderOf } from "./order.ts";
import { outputCap } from "./output-cap.ts";
import { refusePreferences } from "./preferences.ts";
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
  readonly asked: Asked;
  readonly order: Order;
  readonly route: Route;
  readonly tokensHeld: number;
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
  if (found.kind !== "found") return refused(found);
  const { instrument } = found;
  const unmeant = refusePreferences(engine, request.preferences, call.body);
  if (unmeant !== undefined) return refused(unmeant);
  const weight = weigh(call.raw.length, request);
  const inputTokens = engine.estimator.estimate(instrument.name, weight);
  const asked: Asked = { request, instrument, weight, inputTokens, digest: bodyDigest(call.raw) };
  const order = orderOf(engine, surface, call, asked);
  const routed = routeFaithfully(engine, surface, asked, order);
  const offer = routed.kind === "route" ? routed.offer : undefined;
  const outputTokensMax = outputCap(engine, request, { instrument, offer, inputTokens });
  const tokens = inputTokens + outputTokensMax * (request.answers ?? 1);
  if (routed.kind !== "route") return refuseUnroutable(engine, call.key, instrument, tokens, named(routed, request));
  return take(engine, surface, call, asked, { order, route: routed, outputTokensMax, tokens });
}

/** What is to be held, and for whom. */
interface Wanted {
  readonly order: Order;
  readonly route: Route;
  readonly outputTokensMax: number;
  readonly tokens: number;
}

/** Takes the tokens of the limits first, since a hold may buy some. */
async function take(engine: Engine, surface: Surface, call: Call, asked: Asked, wanted: Wanted): Promise<Admitted> {
  const { instrument, digest } = asked;
  const { order, route, outputTokensMax, tokens } = wanted;
  const { offer }: { offer: Offer } = route;
  const limited = await call.quota.takeTokens(instrument.name, tokens);
  if (limited !== undefined) return refused(limited);
  const expiresAtMs = engine.clock() + call.holdLifeMs;
  const hold = await holdBuying(engine, {
    requestId: call.requestId,
    accountId: call.key.accountId,
    instrument: instrument.name,
    tokens,
    expiresAtMs,
    supplier: offer.supplier,
    model: offer.model,
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
    request: { ...asked.request, outputTokensMax },
    outputTokensMax,
    asked,
    order,
    route,
    tokensHeld: tokens,
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

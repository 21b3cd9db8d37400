/** Explanations: for a body, who would be chosen and why every other would not. Nothing is held and nobody is asked. */
import type { Refusal } from "@interchange/inference";
import type { Bearer } from "@interchange/ledger";
import { type Explanation, explainRoute, type Order } from "@interchange/routing";
import { bodyDigest } from "@interchange/ticket";
import { type Affinity, conversationOf } from "./conversation.ts";
import type { Engine } from "./engine.ts";
import { weigh } from "./estimate/index.ts";
import { routeFaithfully } from "./fidelity.ts";
import { findInstrument } from "./instrument.ts";
import { type Asked, named, orderOf } from "./order.ts";
import { outputCap } from "./output-cap.ts";
import { refusePreferences } from "./preferences.ts";
import type { Surface } from "./surface.ts";

export interface Explained {
  readonly kind: "explained";
  readonly asked: Asked;
  readonly order: Order;
  readonly explanation: Explanation;
  /** What told the conversation; absent where its cache does not count. */
  readonly affinity?: Affinity["by"];
  /** Most tokens of one answer. */
  readonly outputTokensMax: number;
  readonly tokensHeld: number;
}

/** A body that the surface's contract has accepted. */
export function explainRequest(engine: Engine, surface: Surface, key: Bearer, body: unknown): Explained | Refusal {
  const raw = Buffer.from(JSON.stringify(body));
  const request = surface.dialect.surface.readRequest(body as never, {});
  const found = findInstrument(engine, key, request);
  if (found.kind !== "found") return found;
  const unmeant = refusePreferences(engine, request.preferences, body);
  if (unmeant !== undefined) return unmeant;
  const { instrument } = found;
  const weight = weigh(raw.length, request);
  const inputTokens = engine.estimator.estimate(instrument.name, weight);
  const asked: Asked = { request, instrument, weight, inputTokens, digest: bodyDigest(raw) };
  const order = orderOf(engine, surface, { key, body }, asked);
  const explanation = explainFaithfully(engine, surface, asked, order);
  const { decision } = explanation;
  const offer = decision.kind === "route" ? decision.offer : undefined;
  const outputTokensMax = outputCap(engine, request, { instrument, offer, inputTokens });
  const { affinity } = request.preferences?.order !== undefined ? {} : conversationOf(request, key.accountId);
  return {
    kind: "explained",
    asked,
    order,
    explanation,
    ...(affinity !== undefined && { affinity: affinity.by }),
    outputTokensMax,
    tokensHeld: inputTokens + outputTokensMax * (request.answers ?? 1),
  };
}

/** A caller that wants nothing left out is told so of whoever would leave something out. */
function explainFaithfully(engine: Engine, surface: Surface, asked: Asked, order: Order): Explanation {
  const decide = (tried: Order): ReturnType<typeof routeFaithfully> => {
    const decided = routeFaithfully(engine, surface, asked, tried);
    return decided.kind === "route" ? decided : (named(decided, asked.request) as typeof decided);
  };
  return explainRoute(order, engine.market, { nowMs: engine.clock() }, decide);
}

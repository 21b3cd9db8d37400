/** A first leg: who asks, and what is asked of the market on its behalf. */
import type { Allowance } from "@interchange/inference";
import type { Bearer } from "@interchange/ledger";
import type { AnyRequest, AnyResponse, Entry, Route } from "@interchange/stubs";
import type { Request } from "express";
import type { Call } from "../admit.ts";
import { authenticate } from "../caller.ts";
import type { Engine } from "../engine.ts";
import { allowanceHeaders, type Quota } from "../limits/index.ts";
import type { Surface } from "../surface.ts";

/** What is known of a caller on a first leg. The catalogue may be read without a key. */
export interface CallerContext {
  readonly requestId: string;
  readonly key: Bearer | undefined;
  /** What it takes of the limits on its key and account. */
  readonly quota: Quota;
  readonly req: Request;
}

/**
 * Lets in whoever has a key, and, where the contract asks for none, whoever comes. How often a key asks counts only where
 * the contract says so.
 */
export async function enterWithKey(
  engine: Engine,
  surface: Surface,
  req: Request,
  route: Route,
  requestId: string,
): Promise<Entry<CallerContext>> {
  const caller = await authenticate(engine.ledger, surface, engine.config.strictHeaders, req);
  if (caller.kind === "key") {
    const quota = route.statuses.includes(429) ? engine.limiter.quotaOf(caller) : engine.limiter.unlimited;
    const refusal = await quota.takeRequest();
    if (refusal !== undefined) return { kind: "refused", refusal };
    return { kind: "entered", context: { requestId, key: caller, quota, req } };
  }
  const isAbsent = caller.refusal.kind === "key-missing";
  if (route.security || !isAbsent) return caller;
  return { kind: "entered", context: { requestId, key: undefined, quota: engine.limiter.unlimited, req } };
}

/** The contract asks for a key wherever inference runs, and `enterWithKey` has seen to it. */
export function keyOf(context: CallerContext): Bearer {
  if (context.key === undefined) throw new Error("an operation that runs inference was entered without a key");
  return context.key;
}

export function callOf(request: AnyRequest, context: CallerContext, hold: Pick<Call, "begun" | "holdLifeMs">): Call {
  const { body, headers, raw } = request;
  return { requestId: context.requestId, key: keyOf(context), quota: context.quota, body, headers, raw, ...hold };
}

/** The answer with what the caller has left, which it is told whether or not it got what it asked for. */
export function withAllowance(response: AnyResponse, allowance: Allowance): AnyResponse {
  return { ...response, headers: { ...allowanceHeaders(allowance), ...response.headers } };
}

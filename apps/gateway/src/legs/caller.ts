/** A first leg: who asks, and what is asked of the market on its behalf. */
import type { Key } from "@interchange/ledger";
import type { AnyRequest, AnyResponse, Entry, Route } from "@interchange/stubs";
import type { Request } from "express";
import type { Call } from "../admit.ts";
import { allowanceHeaders } from "../allowance.ts";
import { authenticate } from "../caller.ts";
import type { Engine } from "../engine.ts";
import type { Allowed } from "../limiter.ts";
import type { Surface } from "../surface.ts";

/** What is known of a caller on a first leg. The catalogue may be read without a key. */
export interface CallerContext extends Allowed {
  readonly requestId: string;
  readonly key: Key | undefined;
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
    const context = { requestId, key: caller, req };
    if (!route.statuses.includes(429)) return { kind: "entered", context };
    const counted = engine.limiter.admit(caller);
    return counted.kind === "entered" ? { ...counted, context: { ...context, ...counted.context } } : counted;
  }
  const isAbsent = caller.refusal.kind === "key-missing";
  return !route.security && isAbsent ? { kind: "entered", context: { requestId, key: undefined, req } } : caller;
}

/** The contract asks for a key wherever inference runs, and `enterWithKey` has seen to it. */
export function keyOf(context: CallerContext): Key {
  if (context.key === undefined) throw new Error("an operation that runs inference was entered without a key");
  return context.key;
}

export function callOf(request: AnyRequest, context: CallerContext, hold: Pick<Call, "begun" | "holdLifeMs">): Call {
  const { body, headers, raw } = request;
  return { requestId: context.requestId, key: keyOf(context), body, headers, raw, ...hold };
}

/** The answer with what the caller's key has left, which it is told whether or not it got what it asked for. */
export function withAllowance(response: AnyResponse, { allowance }: Allowed): AnyResponse {
  if (allowance === undefined) return response;
  return { ...response, headers: { ...allowanceHeaders(allowance), ...response.headers } };
}

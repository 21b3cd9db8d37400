/** The ways in which a request is answered: sent on with a ticket, run at once, or run for a ticket. */
import type { InferenceRequest } from "@interchange/inference";
import type { Key } from "@interchange/ledger";
import type { AnyRequest, AnyResponse, Entry, Route } from "@interchange/stubs";
import { bodyDigest, isForBody, type Ticket } from "@interchange/ticket";
import type { Request } from "express";
import { type Admission, admit, type Call } from "./admit.ts";
import { authenticate } from "./caller.ts";
import type { Engine } from "./engine.ts";
import { estimateInputTokens } from "./estimate.ts";
import { locationOf } from "./location.ts";
import { refuse, type Surface } from "./surface.ts";

/** What is known of a caller on a first leg. The catalogue may be read without a key. */
export interface CallerContext {
  readonly requestId: string;
  readonly key: Key | undefined;
  readonly req: Request;
}

/** What is known of the bearer of a ticket. */
export interface TicketContext {
  readonly requestId: string;
  readonly ticket: Ticket;
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
    return route.statuses.includes(429) ? engine.limiter.admit(caller, context) : { kind: "entered", context };
  }
  const isAbsent = caller.refusal.kind === "key-missing";
  return !route.security && isAbsent ? { kind: "entered", context: { requestId, key: undefined, req } } : caller;
}

/** 307 to where the request runs, with the right to it in the path. A key marked inline is answered at once. */
export async function redirectLeg(
  engine: Engine,
  surface: Surface,
  request: AnyRequest,
  context: CallerContext,
): Promise<AnyResponse> {
  if (keyOf(context).inline) return inlineLeg(engine, surface, request, context);
  const call = callOf(request, context, { begun: false, holdLifeMs: engine.config.ticketLifeMs });
  const admission = await admit(engine, surface, call);
  if (admission.kind === "refused") return refuse(surface, admission.refusal, context.requestId);
  const ticket = engine.tickets.seal(ticketOf(engine, surface, context, admission));
  return {
    status: 307,
    headers: {
      location: locationOf(engine.config, context.req, ticket),
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    },
  };
}

/** 200 in one leg, for callers that cannot follow a redirect. */
export async function inlineLeg(
  engine: Engine,
  surface: Surface,
  request: AnyRequest,
  context: CallerContext,
): Promise<AnyResponse> {
  const admission = await admit(engine, surface, callOf(request, context, { begun: true, holdLifeMs: RUN_LIFE_MS }));
  if (admission.kind === "refused") return refuse(surface, admission.refusal, context.requestId);
  return run(engine, surface, request, {
    requestId: context.requestId,
    accountId: keyOf(context).accountId,
    instrument: admission.instrument,
    supplier: admission.offer.supplier,
    bodyDigest: admission.bodyDigest,
    request: admission.request,
  });
}

/** Lets in whoever bears a ticket that we sealed for this path and that is still young. */
export function enterWithTicket(engine: Engine, surface: Surface, req: Request): Entry<TicketContext> {
  const text = req.baseUrl.slice(req.baseUrl.lastIndexOf("/") + 1);
  const redeemed = engine.tickets.redeem(text, { path: req.path });
  if (redeemed.kind === "expired") return { kind: "refused", refusal: { kind: "ticket-stale", problem: "expired" } };
  if (redeemed.kind !== "redeemed" || redeemed.ticket.surface !== surface.name) {
    return { kind: "refused", refusal: { kind: "ticket-forged" } };
  }
  return { kind: "entered", context: { requestId: redeemed.ticket.requestId, ticket: redeemed.ticket } };
}

/** 200 for a ticket: bound to its body, and good for one run. */
export async function ticketLeg(
  engine: Engine,
  surface: Surface,
  request: AnyRequest,
  context: TicketContext,
): Promise<AnyResponse> {
  const { ticket, requestId } = context;
  if (!isForBody(ticket, bodyDigest(request.raw))) return refuse(surface, { kind: "ticket-forged" }, requestId);
  const redeemed = await engine.ledger.redeem({ requestId, expiresAtMs: engine.clock() + RUN_LIFE_MS });
  if (redeemed.kind !== "redeemed") {
    const problem = redeemed.kind === "spent" ? "spent" : "expired";
    return refuse(surface, { kind: "ticket-stale", problem }, requestId);
  }
  return run(engine, surface, request, {
    requestId,
    accountId: redeemed.hold.accountId,
    instrument: ticket.instrument,
    supplier: ticket.supplier,
    bodyDigest: ticket.bodyDigest,
    request: surface.dialect.surface.readRequest(request.body as never, request.headers),
  });
}

/** Longer than any supplier is waited for, so that a run under way never loses its hold. */
const RUN_LIFE_MS = 3_600_000;

/** The contract asks for a key wherever inference runs, and `enterWithKey` has seen to it. */
function keyOf(context: CallerContext): Key {
  if (context.key === undefined) throw new Error("an operation that runs inference was entered without a key");
  return context.key;
}

function callOf(request: AnyRequest, context: CallerContext, hold: Pick<Call, "begun" | "holdLifeMs">): Call {
  const { body, headers, raw } = request;
  return { requestId: context.requestId, key: keyOf(context), body, headers, raw, ...hold };
}

function ticketOf(engine: Engine, surface: Surface, context: CallerContext, admission: Admission): Ticket {
  const { request } = admission;
  return {
    requestId: context.requestId,
    issuer: engine.config.publicUrl ?? "interchange",
    account: engine.tickets.pseudonym(keyOf(context).accountId),
    surface: surface.name,
    path: context.req.path,
    instrument: admission.instrument,
    supplier: admission.offer.supplier,
    tokensHeld: admission.tokensHeld,
    // A cap beyond what is held, beyond any whole number even, is in contract and means no more than that.
    outputTokensMax: Math.min(request.outputTokensMax ?? Number.POSITIVE_INFINITY, outputHeld(admission)),
    bodyDigest: admission.bodyDigest,
    stream: request.stream,
    issuedAtMs: engine.clock(),
    expiresAtMs: admission.expiresAtMs,
  };
}

function outputHeld({ tokensHeld, inputTokens }: Admission): number {
  return tokensHeld - inputTokens;
}

interface Running {
  readonly requestId: string;
  readonly accountId: string;
  readonly instrument: string;
  readonly supplier: string;
  readonly bodyDigest: string;
  readonly request: InferenceRequest;
}

async function run(engine: Engine, surface: Surface, request: AnyRequest, running: Running): Promise<AnyResponse> {
  const { requestId, instrument } = running;
  const supplier = engine.supplier(running.supplier, surface.name);
  const offer = engine.market.offer(instrument, running.supplier, surface.name);
  if (supplier === undefined || offer === undefined) return withdrawn(engine, surface, running);
  const outcome = await engine.relay({
    requestId,
    instrument,
    request: running.request,
    supplier,
    model: offer.model,
    inputTokens: estimateInputTokens(request.raw.length, running.request),
    surface: surface.dialect.surface,
    signal: request.signal,
  });
  switch (outcome.kind) {
    case "answer":
      return { status: 200, body: outcome.answer };
    case "events":
      return { status: 200, events: outcome.events };
    case "refused":
      noteFailure(engine, running, outcome.refusal.kind);
      return refuse(surface, outcome.refusal, requestId);
  }
}

/** The supplier left the market between the two legs. */
async function withdrawn(engine: Engine, surface: Surface, running: Running): Promise<AnyResponse> {
  const { requestId, instrument, supplier } = running;
  await engine.ledger.release({ requestId, reason: `${supplier} no longer offers ${instrument}` });
  const excluded = [{ supplier, reason: "no longer offers it" }];
  return refuse(surface, { kind: "nobody-eligible", instrument, excluded }, requestId);
}

/** A client that retries comes back with the same body: it is then sent to somebody else. */
function noteFailure(engine: Engine, running: Running, kind: string): void {
  if (kind !== "supplier-failed" && kind !== "supplier-timeout") return;
  engine.retries.noteFailure(running.accountId, running.bodyDigest, running.supplier, engine.clock());
}

/** The ticket's leg: where a redirect leads. */
import type { InferenceRequest, Refusal } from "@interchange/inference";
import { type Order, type Route, type RoutingRefusal, routeTo } from "@interchange/routing";
import type { AnyRequest, AnyResponse, Entry } from "@interchange/stubs";
import { bodyDigest, isForBody, type Ticket } from "@interchange/ticket";
import type { Request } from "express";
import { readDeadlines } from "../deadlines.ts";
import type { Engine } from "../engine.ts";
import { weigh } from "../estimate/index.ts";
import { routeFaithfully } from "../fidelity.ts";
import { allowanceIn } from "../limits/index.ts";
import { type Asked, orderOf } from "../order.ts";
import { refuse, type Surface } from "../surface.ts";
import { withAllowance } from "./caller.ts";
import { run } from "./run.ts";

/** What is known of the bearer of a ticket. */
export interface TicketContext {
  readonly requestId: string;
  readonly ticket: Ticket;
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
  return withAllowance(await redeem(engine, surface, request, context), allowanceIn(context.ticket, engine.clock()));
}

async function redeem(
  engine: Engine,
  surface: Surface,
  request: AnyRequest,
  context: TicketContext,
): Promise<AnyResponse> {
  const { ticket, requestId } = context;
  if (!isForBody(ticket, bodyDigest(request.raw))) return refuse(surface, { kind: "ticket-forged" }, requestId);
  // Whatever can fail without the books does so before they are touched.
  const found = readDeadlines(request.headers);
  if (found.kind !== "deadlines") return refuse(surface, found, requestId);
  const asked = askedAgain(engine, surface, request, ticket);
  const redeemed = await engine.ledger.redeem({ requestId, expiresAtMs: engine.clock() + engine.runLifeMs });
  if (redeemed.kind !== "redeemed") {
    const problem = redeemed.kind === "spent" ? "spent" : "expired";
    return refuse(surface, { kind: "ticket-stale", problem }, requestId);
  }
  const { accountId } = redeemed.hold;
  if (asked === undefined) return withdraw(engine, surface, ticket);
  const order = orderOf(engine, surface, { key: { accountId }, body: request.body }, asked);
  const first = routeAgain(engine, surface, asked, order, ticket);
  if (first.kind !== "route") return withdraw(engine, surface, ticket, first);
  return run(engine, surface, request, {
    requestId,
    accountId,
    asked,
    order,
    first,
    outputTokensMax: ticket.outputTokensMax ?? asked.instrument.outputTokensMax,
    tokensHeld: ticket.tokensHeld,
    counted: ticket.counted ?? [],
    deadlines: found.deadlines,
  });
}

/** What was admitted, read anew; undefined when the instrument has left the market between the two legs. */
function askedAgain(
  engine: Engine,
  surface: Surface,
  { body, headers, raw }: AnyRequest,
  ticket: Ticket,
): Asked | undefined {
  const instrument = engine.market.instrument(ticket.instrument);
  if (instrument === undefined) return undefined;
  const request = surface.dialect.surface.readRequest(body as never, headers);
  const weight = weigh(raw.length, request);
  const inputTokens = heldForInput(ticket, request) ?? engine.estimator.estimate(instrument.name, weight);
  return { request, instrument, weight, inputTokens, digest: ticket.bodyDigest };
}

/**
 * Whom the ticket names, as long as it may still be asked: also one that is being drained. Who would be chosen by now takes its place
 * where it is paused, is left alone, or has just failed this very request.
 */
function routeAgain(
  engine: Engine,
  surface: Surface,
  asked: Asked,
  order: Order,
  ticket: Ticket,
): Route | RoutingRefusal {
  const decided = routeFaithfully(engine, surface, asked, order);
  if (decided.kind === "route" && decided.offer.supplier === ticket.supplier) return decided;
  const sealed = order.avoid.has(ticket.supplier)
    ? undefined
    : routeTo(ticket, order, engine.market, { nowMs: engine.clock() });
  return sealed ?? decided;
}

/** What the ticket is for cannot be had any more: the hold is given back. */
async function withdraw(engine: Engine, surface: Surface, ticket: Ticket, refusal?: Refusal): Promise<AnyResponse> {
  const { requestId, instrument, supplier } = ticket;
  await engine.relay.giveBack(requestId, `${supplier} no longer offers ${instrument}`);
  const excluded = [{ supplier, reason: "no longer offers it" }];
  return refuse(surface, refusal ?? { kind: "nobody-eligible", instrument, excluded }, requestId);
}

/** The estimate that the hold was made with: another may have been learned since. */
function heldForInput({ tokensHeld, outputTokensMax }: Ticket, { answers = 1 }: InferenceRequest): number | undefined {
  return outputTokensMax === undefined ? undefined : tokensHeld - outputTokensMax * answers;
}

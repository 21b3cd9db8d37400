/** The ticket's leg: where a redirect leads. */
import type { InferenceRequest, Refusal } from "@interchange/inference";
import type { Order, Route, RoutingRefusal } from "@interchange/routing";
import type { AnyRequest, AnyResponse, Entry } from "@interchange/stubs";
import { bodyDigest, isForBody, type Ticket } from "@interchange/ticket";
import type { Request } from "express";
import { unknownInstrument } from "../catalogue.ts";
import { readDeadlines } from "../deadlines.ts";
import type { Engine } from "../engine.ts";
import { weigh } from "../estimate/index.ts";
import { routeFaithfully, routeFaithfullyTo } from "../fidelity.ts";
import { allowanceIn } from "../limits/index.ts";
import { type Asked, named, orderOf } from "../order.ts";
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
  const { tokensHeld, counted = [] } = ticket;
  const payer = { id: accountId, instrument: ticket.instrument };
  engine.limiter.corrections.begin({ requestId, payer, tokensHeld, counted });
  if (asked === undefined) return withdraw(engine, surface, ticket, unknownInstrument(engine, ticket.instrument));
  const { order, first } = await engine.relay.prepare(requestId, () => {
    const again = orderOf(engine, surface, { key: { accountId }, body: request.body }, asked);
    return { order: again, first: routeAgain(engine, surface, asked, again, ticket) };
  });
  if (first.kind !== "route") return withdraw(engine, surface, ticket, named(first, asked.request));
  const outputTokensMax = ticket.outputTokensMax ?? asked.instrument.outputTokensMax;
  const { deadlines } = found;
  return run(engine, surface, request, { requestId, accountId, asked, order, first, outputTokensMax, deadlines });
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
  const sealed = order.avoid.has(ticket.supplier) ? undefined : routeFaithfullyTo(engine, asked, ticket, order);
  return sealed ?? decided;
}

/** What the ticket is for cannot be had any more: the hold is given back. */
async function withdraw(engine: Engine, surface: Surface, ticket: Ticket, refusal: Refusal): Promise<AnyResponse> {
  await engine.relay.giveBack(ticket.requestId, "nobody could take the request");
  return refuse(surface, refusal, ticket.requestId);
}

/** The estimate that the hold was made with: another may have been learned since. */
function heldForInput({ tokensHeld, outputTokensMax }: Ticket, { answers = 1 }: InferenceRequest): number | undefined {
  return outputTokensMax === undefined ? undefined : tokensHeld - outputTokensMax * answers;
}

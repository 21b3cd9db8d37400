/** The ticket's leg: where a redirect leads. */
import type { InferenceRequest } from "@interchange/inference";
import type { AnyRequest, AnyResponse, Entry } from "@interchange/stubs";
import { bodyDigest, isForBody, type Ticket } from "@interchange/ticket";
import type { Request } from "express";
import type { Engine } from "../engine.ts";
import { textBytesOf, weigh } from "../estimate/index.ts";
import { allowanceIn } from "../limits/index.ts";
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
  const asked = capped(surface.dialect.surface.readRequest(request.body as never, request.headers), ticket);
  const weight = weigh(request.raw.length, asked);
  const redeemed = await engine.ledger.redeem({ requestId, expiresAtMs: engine.clock() + engine.runLifeMs });
  if (redeemed.kind !== "redeemed") {
    const problem = redeemed.kind === "spent" ? "spent" : "expired";
    return refuse(surface, { kind: "ticket-stale", problem }, requestId);
  }
  return run(engine, surface, request, {
    requestId,
    accountId: redeemed.hold.accountId,
    instrument: ticket.instrument,
    supplier: ticket.supplier,
    dialect: ticket.dialect,
    bodyDigest: ticket.bodyDigest,
    request: asked,
    tokensHeld: ticket.tokensHeld,
    counted: ticket.counted ?? [],
    inputTokens: heldForInput(ticket, asked) ?? engine.estimator.estimate(ticket.instrument, weight),
    ...textBytesOf(weight),
  });
}

/** The estimate that the hold was made with: another may have been learned since. */
function heldForInput({ tokensHeld, outputTokensMax }: Ticket, { answers = 1 }: InferenceRequest): number | undefined {
  return outputTokensMax === undefined ? undefined : tokensHeld - outputTokensMax * answers;
}

/** The supplier is asked for no more than was held when the ticket was sealed. */
function capped(request: InferenceRequest, { outputTokensMax }: Ticket): InferenceRequest {
  return outputTokensMax === undefined ? request : { ...request, outputTokensMax };
}

/** The redirecting leg: 307 to where the request runs. */
import { whyOf } from "@interchange/routing";
import type { AnyRequest, AnyResponse } from "@interchange/stubs";
import type { Ticket } from "@interchange/ticket";
import { type Admission, admit } from "../admit.ts";
import { readDeadlines } from "../deadlines.ts";
import { droppedFor, droppedHeaders } from "../dropped.ts";
import type { Engine } from "../engine.ts";
import { ticketAllowance } from "../limits/index.ts";
import { checkQuery, locationOf } from "../location.ts";
import { routeHeaders } from "../route-headers.ts";
import { refuse, type Surface } from "../surface.ts";
import { issuerOf } from "../tickets.ts";
import { type CallerContext, callOf, keyOf } from "./caller.ts";
import { inlineLeg } from "./inline.ts";

/** 307 to where the request runs, with the right to it in the path. A key marked inline is answered at once. */
export async function redirectLeg(
  engine: Engine,
  surface: Surface,
  request: AnyRequest,
  context: CallerContext,
): Promise<AnyResponse> {
  if (keyOf(context).inline) return inlineLeg(engine, surface, request, context);
  const deadlines = readDeadlines(request.headers);
  if (deadlines.kind !== "deadlines") return refuse(surface, deadlines, context.requestId);
  const tooLong = checkQuery(engine.config, context.req, engine.tickets);
  if (tooLong !== undefined) return refuse(surface, tooLong, context.requestId);
  const call = callOf(request, context, { begun: false, holdLifeMs: engine.config.ticketLifeMs });
  const admission = await admit(engine, surface, call);
  if (admission.kind === "refused") return refuse(surface, admission.refusal, context.requestId);
  const ticket = engine.tickets.seal(await ticketOf(engine, surface, context, admission));
  return {
    status: 307,
    headers: {
      location: locationOf(engine.config, context.req, ticket),
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      ...routeHeaders(admission.route.offer.supplier, whyOf(admission.route)),
      ...droppedHeaders(droppedFor(surface, request.body, admission)),
    },
  };
}

/** What the second leg must know of limits. */
async function limitsOf({ quota }: CallerContext): Promise<Pick<Ticket, "allowance" | "counted">> {
  const { counted } = quota;
  return { ...ticketAllowance(await quota.allowance()), ...(counted.length > 0 && { counted }) };
}

async function ticketOf(
  engine: Engine,
  surface: Surface,
  context: CallerContext,
  admission: Admission,
): Promise<Ticket> {
  const { asked, route } = admission;
  return {
    requestId: context.requestId,
    issuer: issuerOf(engine.config),
    account: engine.tickets.pseudonym(keyOf(context).accountId),
    surface: surface.name,
    path: context.req.path,
    instrument: asked.instrument.name,
    supplier: route.offer.supplier,
    dialect: route.offer.dialect,
    tokensHeld: admission.tokensHeld,
    outputTokensMax: admission.outputTokensMax,
    bodyDigest: asked.digest,
    ...(await limitsOf(context)),
    stream: asked.request.stream,
    issuedAtMs: engine.clock(),
    expiresAtMs: admission.expiresAtMs,
  };
}

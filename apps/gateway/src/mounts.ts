/** How the documents of the contract are mounted: every surface on every leg, and the platform. */
import type { Refusal } from "@interchange/inference";
import { LedgerError, LedgerUnavailable } from "@interchange/ledger";
import { type AnyResponse, mount, type Route } from "@interchange/stubs";
import type { Request, RequestHandler } from "express";
import { corsHeaders } from "./cors.ts";
import type { Engine } from "./engine.ts";
import {
  type CallerContext,
  enterWithKey,
  enterWithTicket,
  inlineLeg,
  redirectLeg,
  ticketLeg,
  withAllowance,
} from "./legs/index.ts";
import { enterPlatform, handlersOf, PLATFORM, readMistake } from "./platform/index.ts";
import { newRequestId } from "./request-id.ts";
import { type Api, refuse, type Surface } from "./surface.ts";
import type { Infer, SurfaceRow } from "./surfaces.ts";

export interface MountsOptions {
  readonly engine: Engine;
  /** Looks at every answer before it is written; for tests that hold our own answers against the contract. */
  readonly inspect?: (api: Api, route: Route, response: AnyResponse) => void;
}

export interface Legs {
  readonly surface: Surface;
  readonly redirect: RequestHandler;
  readonly inline: RequestHandler;
  readonly ticket: RequestHandler;
}

/** One document, three times: where requests are routed, where they are run at once, and where tickets are redeemed. */
export function mountLegs(options: MountsOptions, row: SurfaceRow): Legs {
  const { engine } = options;
  const { surface } = row;
  const shared = sharedBy(options, surface);
  const firstLeg = (infer: Infer) =>
    mount({
      ...shared,
      refuse: (refusal, requestId, context?: CallerContext) => {
        const refused = refuse(surface, refusal, requestId);
        return context === undefined ? refused : told(refused, context);
      },
      routes: surface.routes,
      handlers: row.handlers(engine, async (request, context) => told(await infer(request, context), context)),
      enter: (req, route, requestId) => enterWithKey(engine, surface, req, route, requestId),
    });
  return {
    surface,
    redirect: firstLeg((request, context) => redirectLeg(engine, surface, request, context)),
    inline: firstLeg((request, context) => inlineLeg(engine, surface, request, context)),
    ticket: mount({
      ...shared,
      routes: surface.routes.filter((route) => route.operationId === surface.operationId),
      handlers: { [surface.operationId]: ticketLeg.bind(undefined, engine, surface) },
      enter: (req) => enterWithTicket(engine, surface, req),
      // The ticket is bound to a body that was held against the contract when it was sealed.
      validate: false,
    }),
  };
}

/** A first leg tells its caller what is left of its limits, whatever it answers. */
async function told(response: AnyResponse, { quota }: CallerContext): Promise<AnyResponse> {
  return withAllowance(response, await quota.allowance());
}

/** What every way to an API has in common. */
function sharedBy(options: MountsOptions, api: Api) {
  const { engine } = options;
  return {
    document: api.document,
    bodyBytesMax: engine.config.limits.bodyBytesMax,
    newRequestId,
    refuse: (refusal: Refusal, requestId: string) => refuse(api, refusal, requestId),
    readError: (error: unknown, requestId: string) => readError(engine, error, requestId),
    headers: (req: Request) => commonHeaders(api, req),
    inspect: (route: Route, response: AnyResponse) => options.inspect?.(api, route, response),
  };
}

/** Of every answer of an API. What is managed is money and secrets, which no cache may keep (RFC 9111 §5.2.2.5). */
export function commonHeaders(api: Api, req: Request): Readonly<Record<string, string>> {
  return api === PLATFORM ? { ...corsHeaders(req), "cache-control": "no-store" } : corsHeaders(req);
}

/** The document by which accounts are managed. Its paths are its own, so every host has them. */
export function mountPlatform(options: MountsOptions): RequestHandler {
  const { engine } = options;
  const shared = sharedBy(options, PLATFORM);
  return mount({
    ...shared,
    routes: PLATFORM.routes,
    handlers: handlersOf(engine),
    enter: (req, route, requestId) => enterPlatform(engine, req, route.operationId, requestId),
    readError: (error, requestId) =>
      error instanceof LedgerError ? readMistake(error) : withoutBooks(shared.readError(error, requestId)),
  });
}

/** What is managed may have been written before the books were gone. */
function withoutBooks(refusal: Refusal): Refusal {
  if (refusal.kind !== "ledger-unavailable") return refusal;
  return {
    kind: "ledger-unavailable",
    problem: "The books cannot be had just now. What bears an id or a reference can safely be sent again.",
  };
}

/** What was thrown, as a refusal. Without its books the gateway can sell nothing; it says so until they are back. */
export function readError(engine: Engine, error: unknown, requestId?: string): Refusal {
  const isOutage = error instanceof LedgerUnavailable;
  engine.log.error({ err: error, requestId }, isOutage ? "the ledger does not answer" : "an error nobody expected");
  return { kind: isOutage ? "ledger-unavailable" : "bug" };
}

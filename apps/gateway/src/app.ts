/** The Express application: every surface on every leg, and what stands beside them. */
import type { Refusal } from "@interchange/inference";
import { LedgerError, LedgerUnavailable } from "@interchange/ledger";
import { type AnyResponse, mount, type Route, writeResponse } from "@interchange/stubs";
import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import { accessLog } from "./access-log.ts";
import { besides } from "./besides.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { createDispatch, type Dispatch, unknownPath } from "./dispatch.ts";
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
import { enterPlatform, handlersOf, isPlatformPath, PATHS_HINT, PLATFORM, readMistake } from "./platform/index.ts";
import { idHeaders, newRequestId } from "./request-id.ts";
import type { Stopping } from "./stopping.ts";
import { type Api, refuse, type Surface } from "./surface.ts";
import { type Infer, SURFACES, type SurfaceRow } from "./surfaces.ts";

export interface AppOptions {
  readonly engine: Engine;
  readonly stopping: Stopping;
  /** The built reference; absent where it was not built. */
  readonly docsDir?: string;
  /** Looks at every answer before it is written; for tests that hold our own answers against the contract. */
  readonly inspect?: (api: Api, route: Route, response: AnyResponse) => void;
}

export function createApp(options: AppOptions): Express {
  const { engine, stopping } = options;
  const dispatch = createDispatch(
    engine.config,
    SURFACES.map((row) => row.surface),
  );
  const legs = SURFACES.map((row) => mountLegs(options, row));
  const leg = (name: LegName) => choose(dispatch, legs, name);
  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", "simple");
  if (engine.log.isLevelEnabled("info")) app.use(accessLog(engine.log));
  app.use(preflight);
  app.use(
    stopping.gate((req) => (isLook(req) ? undefined : (refusal, res) => say(speakerFor(dispatch, req), refusal, res))),
  );
  // The leg that most requests take stands first.
  app.use(leg("redirect"));
  app.use("/inline", leg("inline"));
  app.use("/r/:ticket", leg("ticket"));
  app.use(mountPlatform(options));
  app.use(besides(options));
  app.use((req, res) => say(speakerFor(dispatch, req), nothingAt(dispatch, req), res));
  app.use(caught(engine, dispatch));
  return app;
}

type LegName = "redirect" | "inline" | "ticket";

interface Legs {
  readonly surface: Surface;
  readonly redirect: RequestHandler;
  readonly inline: RequestHandler;
  readonly ticket: RequestHandler;
}

/** One document, three times: where requests are routed, where they are run at once, and where tickets are redeemed. */
function mountLegs(options: AppOptions, row: SurfaceRow): Legs {
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
function sharedBy(options: AppOptions, api: Api) {
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
function commonHeaders(api: Api, req: Request): Readonly<Record<string, string>> {
  return api === PLATFORM ? { ...corsHeaders(req), "cache-control": "no-store" } : corsHeaders(req);
}

/** The document by which accounts are managed. Its paths are its own, so every host has them. */
function mountPlatform(options: AppOptions): RequestHandler {
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
function readError(engine: Engine, error: unknown, requestId?: string): Refusal {
  const isOutage = error instanceof LedgerUnavailable;
  engine.log.error({ err: error, requestId }, isOutage ? "the ledger does not answer" : "an error nobody expected");
  return { kind: isOutage ? "ledger-unavailable" : "bug" };
}

function choose(dispatch: Dispatch, legs: readonly Legs[], name: LegName): RequestHandler {
  const bySurface = new Map(legs.map((leg) => [leg.surface, leg[name]]));
  return (req, res, next) => {
    const router = bySurface.get(dispatch(req));
    if (router === undefined) next();
    else void router(req, res, next);
  };
}

/** Who says no to a request that has not come to any operation. */
function speakerFor(dispatch: Dispatch, req: Request): Api {
  return isPlatformPath(req.path) ? PLATFORM : dispatch(req);
}

/** Whoever looks at accounts and receipts may do so for as long as there are books. */
function isLook({ method, path }: Request): boolean {
  return (method === "GET" || method === "HEAD") && isPlatformPath(path);
}

function nothingAt(dispatch: Dispatch, req: Request): Refusal {
  if (!isPlatformPath(req.path)) return unknownPath(dispatch(req), req);
  return { kind: "unknown-path", path: req.path, hint: PATHS_HINT };
}

/** Says no outside of any operation. */
function say(api: Api, refusal: Refusal, res: Response): Promise<void> {
  const requestId = newRequestId();
  const headers = { ...commonHeaders(api, res.req), ...idHeaders(requestId) };
  return writeResponse(res, undefined, refuse(api, refusal, requestId), headers);
}

/** What Express itself throws: a path that is no URL, and whatever nobody expected. */
function caught(engine: Engine, dispatch: Dispatch) {
  return async (error: unknown, req: Request, res: Response, _next: unknown): Promise<void> => {
    if (res.headersSent) return void res.destroy();
    if ((error as { status?: number }).status === 400) {
      return say(speakerFor(dispatch, req), { kind: "unknown-path", path: req.path }, res);
    }
    return say(speakerFor(dispatch, req), readError(engine, error), res);
  };
}

/** The Express application: every surface on every leg, and what stands beside them. */
import type { Refusal } from "@interchange/inference";
import { writeResponse } from "@interchange/stubs";
import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import { accessLog } from "./access-log.ts";
import { besides } from "./besides.ts";
import { preflight } from "./cors.ts";
import { createDispatch, type Dispatch, unknownPath } from "./dispatch.ts";
import type { Engine } from "./engine.ts";
import { commonHeaders, type Legs, type MountsOptions, mountLegs, mountPlatform, readError } from "./mounts.ts";
import { isPlatformPath, PATHS_HINT, PLATFORM } from "./platform/index.ts";
import { idHeaders, newRequestId } from "./request-id.ts";
import type { Stopping } from "./stopping.ts";
import { type Api, refuse } from "./surface.ts";
import { SURFACES } from "./surfaces.ts";

export interface AppOptions extends MountsOptions {
  readonly stopping: Stopping;
  /** The built reference; absent where it was not built. */
  readonly docsDir?: string;
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

/**
 * A document and its handlers become an Express router.
 *
 * For each operation: enter (may this caller ask at all?), read the request, hand it to the handler, write what it
 * returns. Whatever is refused on the way is said in the surface's own envelope.
 */
import type { Refusal } from "@interchange/inference";
import { type Request, type Response, Router } from "express";
import { type AnyResponse, writeResponse } from "./answer.ts";
import { CallerLeft } from "./body.ts";
import type { Route } from "./handler.ts";
import { type AnyRequest, createReader, type Reader, type ReaderOptions } from "./reading.ts";

/** The least that a context says: by which id the caller will know this request. */
export interface RequestContext {
  readonly requestId: string;
}

export type Entry<Context> =
  | { readonly kind: "entered"; readonly context: Context }
  | { readonly kind: "refused"; readonly refusal: Refusal };

type AnyHandler<Context> = (request: AnyRequest, context: Context) => AnyResponse | Promise<AnyResponse>;

export interface MountOptions<Context extends RequestContext> extends ReaderOptions {
  /** An object that satisfies the generated handlers of the document. */
  readonly handlers: object;
  /** Decides whether this caller may ask, before anything of the body is read. */
  enter(req: Request, route: Route, requestId: string): Entry<Context> | Promise<Entry<Context>>;
  /** Says no in the envelope of the surface. The context is there once the caller has entered. */
  refuse(refusal: Refusal, requestId: string, context?: Context): AnyResponse | Promise<AnyResponse>;
  newRequestId(): string;
  /** The refusal for an error that nobody expected; `bug` unless it is known for something else. */
  readError(error: unknown, requestId: string): Refusal;
  /** Headers of every answer to the request. */
  headers?(req: Request): Readonly<Record<string, string>>;
  /** Looks at what is about to be written; for tests that hold our own answers against the contract. */
  readonly inspect?: (route: Route, response: AnyResponse) => void;
}

export function mount<Context extends RequestContext>(options: MountOptions<Context>): Router {
  const router = Router();
  const reader = createReader(options);
  for (const path of new Set(options.routes.map((route) => route.expressPath))) {
    const here = options.routes.filter((route) => route.expressPath === path);
    for (const route of here) router[route.method](path, serve(options, route, reader));
    router.all(path, refuseMethod(options, here));
  }
  return router;
}

type Serve = (req: Request, res: Response) => Promise<void>;

function serve<Context extends RequestContext>(options: MountOptions<Context>, route: Route, reader: Reader): Serve {
  const handler = (options.handlers as Readonly<Record<string, AnyHandler<Context>>>)[route.operationId];
  if (handler === undefined) throw new Error(`No handler for ${route.operationId}`);
  return async (req, res) => {
    let requestId = options.newRequestId();
    try {
      const entry = await options.enter(req, route, requestId);
      if (entry.kind === "refused") return await refuse(options, res, entry.refusal, requestId);
      requestId = entry.context.requestId;
      const reading = await reader(req, res, route);
      if (reading.kind === "refused") return await refuse(options, res, reading.refusal, requestId, entry.context);
      const response = await handler(reading.request, entry.context);
      await answer(options, route, res, response, requestId);
    } catch (error) {
      if (error instanceof CallerLeft) return;
      const refusal = options.readError(error, requestId);
      // Once the answer has begun, all that is left is to break it off.
      if (res.headersSent) res.destroy();
      else await refuse(options, res, refusal, requestId);
    }
  };
}

/** Events that could not be begun are let go all the same: whoever made them waits for that. */
async function answer<Context extends RequestContext>(
  options: MountOptions<Context>,
  route: Route,
  res: Response,
  response: AnyResponse,
  requestId: string,
): Promise<void> {
  try {
    options.inspect?.(route, response);
    await writeResponse(res, route, response, headersOf(options, res.req, requestId));
  } catch (error) {
    // What fails here is but a consequence; the error before it is the one to be read.
    await letGo(response).catch(() => undefined);
    throw error;
  }
}

async function letGo({ events, teller }: AnyResponse): Promise<void> {
  await teller?.leave();
  await events?.[Symbol.asyncIterator]().return?.();
}

/** Both vendors' SDKs look for the id, each under its own name. */
function headersOf(options: Pick<MountOptions<RequestContext>, "headers">, req: Request, requestId: string) {
  return { ...options.headers?.(req), "x-request-id": requestId, "request-id": requestId };
}

async function refuse<Context extends RequestContext>(
  options: MountOptions<Context>,
  res: Response,
  refusal: Refusal,
  requestId: string,
  context?: Context,
): Promise<void> {
  const response = await options.refuse(refusal, requestId, context);
  await writeResponse(res, undefined, response, headersOf(options, res.req, requestId));
}

function refuseMethod<Context extends RequestContext>(options: MountOptions<Context>, routes: readonly Route[]): Serve {
  const allow = routes.map((route) => route.method.toUpperCase());
  return (req, res) =>
    refuse(options, res, { kind: "method-not-allowed", method: req.method, allow }, options.newRequestId());
}

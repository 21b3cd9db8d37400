/**
 * A document and its handlers become an Express router.
 *
 * For each operation: enter (may this caller ask at all?), read the body, hold it against the contract, hand it to the
 * handler, write what it returns. Whatever is refused on the way is said in the surface's own envelope.
 */
import type { Refusal } from "@interchange/inference";
import { type Request, type Response, Router } from "express";
import { type AnyResponse, writeResponse } from "./answer.ts";
import { CallerLeft, checkMediaType, readBytes, readJson } from "./body.ts";
import { bodySchema, type Document } from "./document.ts";
import type { HandlerRequest, Route } from "./handler.ts";
import { findProblem } from "./problem.ts";
import { createValidator } from "./validator.ts";

/** The least that a context says: by which id the caller will know this request. */
export interface RequestContext {
  readonly requestId: string;
}

export type Entry<Context> =
  | { readonly kind: "entered"; readonly context: Context }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly requestId?: string };

/** Any of the requests that the generated handlers may be given. */
export type AnyRequest = HandlerRequest<Readonly<Record<string, string>>, object, object, unknown>;
type AnyHandler<Context> = (request: AnyRequest, context: Context) => AnyResponse | Promise<AnyResponse>;

export interface MountOptions<Context extends RequestContext> {
  readonly document: Document;
  readonly routes: readonly Route[];
  /** An object that satisfies the generated handlers of the document. */
  readonly handlers: object;
  readonly bodyBytesMax: number;
  /** Decides whether this caller may ask, before anything of the body is read. */
  enter(req: Request, route: Route, requestId: string): Entry<Context> | Promise<Entry<Context>>;
  /** Says no in the envelope of the surface. */
  refuse(refusal: Refusal, requestId: string): AnyResponse;
  newRequestId(): string;
  /** Told of every error that nobody expected. The caller gets the refusal `bug`. */
  onBug(error: unknown, requestId: string): void;
  /** False where the body is known to have been checked, as on a second leg. */
  readonly validate?: boolean;
  /** Looks at what is about to be written; for tests that hold our own answers against the contract. */
  readonly inspect?: (route: Route, response: AnyResponse) => void;
}

export function mount<Context extends RequestContext>(options: MountOptions<Context>): Router {
  const router = Router();
  const validator = options.validate === false ? undefined : createValidator(options.document);
  for (const path of new Set(options.routes.map((route) => route.expressPath))) {
    const here = options.routes.filter((route) => route.expressPath === path);
    for (const route of here) router[route.method](path, serve(options, route, validator));
    router.all(path, refuseMethod(options, here));
  }
  return router;
}

type Validator = ReturnType<typeof createValidator>;

function serve<Context extends RequestContext>(
  options: MountOptions<Context>,
  route: Route,
  validator: Validator | undefined,
): (req: Request, res: Response) => Promise<void> {
  const handler = (options.handlers as Readonly<Record<string, AnyHandler<Context>>>)[route.operationId];
  if (handler === undefined) throw new Error(`No handler for ${route.operationId}`);
  return async (req, res) => {
    let requestId = options.newRequestId();
    try {
      const entry = await options.enter(req, route, requestId);
      requestId = entry.kind === "entered" ? entry.context.requestId : (entry.requestId ?? requestId);
      nameRequest(res, requestId);
      if (entry.kind === "refused") return await refuse(options, res, entry.refusal, requestId);
      const request = await readRequest(options, route, validator, req, res);
      if (request.kind === "refused") return await refuse(options, res, request.refusal, requestId);
      const response = await handler(request.request, entry.context);
      options.inspect?.(route, response);
      await writeResponse(res, route, response);
    } catch (error) {
      if (error instanceof CallerLeft) return;
      options.onBug(error, requestId);
      await fail(options, res, requestId);
    }
  };
}

/** Both vendors' SDKs look for the id, each under its own name. */
function nameRequest(res: Response, requestId: string): void {
  res.setHeader("x-request-id", requestId);
  res.setHeader("request-id", requestId);
}

async function refuse<Context extends RequestContext>(
  options: MountOptions<Context>,
  res: Response,
  refusal: Refusal,
  requestId: string,
): Promise<void> {
  await writeResponse(res, undefined, options.refuse(refusal, requestId));
}

/** Once the answer has begun, all that is left is to break it off. */
async function fail<Context extends RequestContext>(
  options: MountOptions<Context>,
  res: Response,
  requestId: string,
): Promise<void> {
  if (res.headersSent) res.destroy();
  else await refuse(options, res, { kind: "bug" }, requestId);
}

function refuseMethod<Context extends RequestContext>(
  options: MountOptions<Context>,
  routes: readonly Route[],
): (req: Request, res: Response) => Promise<void> {
  const allow = routes.map((route) => route.method.toUpperCase());
  return async (req, res) => {
    const requestId = options.newRequestId();
    nameRequest(res, requestId);
    await refuse(options, res, { kind: "method-not-allowed", method: req.method, allow }, requestId);
  };
}

type Read =
  | { readonly kind: "request"; readonly request: AnyRequest }
  | { readonly kind: "refused"; readonly refusal: Refusal };

async function readRequest<Context extends RequestContext>(
  options: MountOptions<Context>,
  route: Route,
  validator: Validator | undefined,
  req: Request,
  res: Response,
): Promise<Read> {
  const body = route.requestBody ? await readBody(options, req) : NO_BODY;
  if (body.kind === "refused") return body;
  const refusal =
    validator === undefined ? undefined : await outOfContract(options, route, validator, req, res, body.value);
  return refusal === undefined ? { kind: "request", request: requestOf(req, res, body) } : { kind: "refused", refusal };
}

type Body =
  | { readonly kind: "body"; readonly raw: Buffer; readonly value: unknown }
  | { readonly kind: "refused"; readonly refusal: Refusal };

const NO_BODY: Body = { kind: "body", raw: Buffer.alloc(0), value: undefined };

async function readBody<Context extends RequestContext>(options: MountOptions<Context>, req: Request): Promise<Body> {
  const unsupported = checkMediaType(req);
  if (unsupported !== undefined) return unsupported;
  const read = await readBytes(req, options.bodyBytesMax);
  if (read.kind === "refused") return read;
  const json = readJson(read.bytes);
  return json.kind === "refused" ? json : { kind: "body", raw: read.bytes, value: json.value };
}

/** The validator's verdict, and in words what is wrong. */
async function outOfContract<Context extends RequestContext>(
  options: MountOptions<Context>,
  route: Route,
  validator: Validator,
  req: Request,
  res: Response,
  value: unknown,
): Promise<Refusal | undefined> {
  if (req.method === "HEAD") return undefined;
  settleContentType(req, route);
  req.body = value;
  const fault = await validator(req, res);
  if (fault === undefined) return undefined;
  const schema = route.requestBody ? bodySchema(options.document, route.path, route.method) : undefined;
  const problem = schema === undefined ? undefined : findProblem(options.document, schema, value);
  return { kind: "request-invalid", ...(problem ?? outsideBody(fault)) };
}

/** The validator keeps what it compiles for each content type it has seen, and callers choose theirs. */
function settleContentType(req: Request, route: Route): void {
  if (route.requestBody) req.headers["content-type"] = "application/json";
  else req.headers["content-type"] = undefined;
}

interface ValidatorFault {
  readonly status?: number;
  readonly message?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string; readonly errorCode?: string }[];
}

/** A fault in the query, the path or a header, or one that only the validator sees. */
function outsideBody(fault: unknown): { fault: "shape" | "value"; param: string; problem: string } {
  const { status, errors } = fault as ValidatorFault;
  const first = errors?.[0];
  if (status === undefined || status >= 500 || first === undefined) throw fault;
  const isShape = /^(type|required)\./.test(first.errorCode ?? "");
  const param = first.path.split("/").slice(2).join(".");
  return { fault: isShape ? "shape" : "value", param, problem: first.message };
}

function requestOf(req: Request, res: Response, body: Extract<Body, { kind: "body" }>): AnyRequest {
  return {
    path: req.params as Record<string, string>,
    query: req.query,
    headers: req.headers,
    body: body.value,
    raw: body.raw,
    get signal() {
      return leaving(res);
    },
  };
}

/** Aborts when the caller leaves before the answer is complete. Made only for handlers that ask. */
function leaving(res: Response): AbortSignal {
  const controller = new AbortController();
  const left = (): void => {
    if (!res.writableEnded) controller.abort();
  };
  if (res.destroyed) left();
  else res.once("close", left);
  return controller.signal;
}

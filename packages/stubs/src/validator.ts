/** express-openapi-validator over one document, its route look-up remembered. */
import { parse } from "node:url";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import { middleware } from "express-openapi-validator";
import type { Document } from "./document.ts";
import type { Route } from "./handler.ts";

/** What was found: the validator's own error, when the request is out of contract, and the parameters as it read them. */
export interface Finding {
  readonly fault: unknown;
  readonly query: Readonly<Record<string, unknown>>;
  readonly path: Readonly<Record<string, string>>;
}

export type Validator = (req: Request, body: unknown) => Promise<Finding>;

/** What the validator finds for a route; it is the same for every request of a path without parameters. */
type Metadata = { readonly pathParams: Readonly<Record<string, string>> };

/**
 * What the validator reads of a request, and all that it may change. Given this in place of the request it neither pays
 * for Express's getters nor parses a URL that has no query.
 */
interface View {
  readonly method: string;
  readonly path: string;
  readonly originalUrl: string;
  readonly headers: Request["headers"];
  readonly body: unknown;
  readonly openapi: Metadata;
  query: Record<string, unknown>;
  params: Readonly<Record<string, string>>;
}

/** One for each document, however often that is mounted: what takes so long is compiling it. */
const validators = new WeakMap<Document, Validator>();

/** The check of requests against the document, made ready for these routes. */
export function validatorOf(document: Document, routes: readonly Route[]): Validator {
  const validate = validators.get(document) ?? createValidator(document);
  validators.set(document, validate);
  for (const route of routes) void validate(sampleOf(route), {});
  return validate;
}

/**
 * The validator looks its route up anew on every request, at a cost that grows with the document. Its public interface
 * gives its steps by name, so the look-up is done once for each path without parameters, and then only the step that
 * validates is run.
 */
function createValidator(document: Document): Validator {
  silenceUrlParse();
  const { metadata, request } = steps(document);
  const known = new Map<string, Metadata>();
  return async (req, body) => {
    const key = `${req.method} ${req.path}`;
    const openapi = known.get(key) ?? (await lookUp(metadata, req));
    if (!isMetadata(openapi)) return { fault: openapi, query: {}, path: {} };
    if (known.size < KNOWN_MAX && Object.keys(openapi.pathParams).length === 0) known.set(key, openapi);
    const view = viewOf(req, body, openapi);
    const fault = await run(request, view as unknown as Request);
    return { fault, query: view.query, path: view.params };
  };
}

/**
 * A request of the route that nobody sent. The validator compiles a schema when it first needs it, which takes longer than
 * a thousand requests: it is made to do so before the first of them comes.
 */
export function sampleOf({ method, path, requestBody }: Route): Request {
  const url = path.replaceAll(/[{}]/g, "");
  const headers = requestBody ? { "content-type": "application/json" } : {};
  const app = { enabled: () => false };
  return {
    method: method.toUpperCase(),
    url,
    originalUrl: url,
    path: url,
    baseUrl: "",
    headers,
    app,
  } as unknown as Request;
}

/** Paths without parameters are few; the bound holds even if letter case makes many of one. */
const KNOWN_MAX = 1_000;

/** The route's metadata, or the fault for which there is none. */
async function lookUp(metadata: RequestHandler, req: Request): Promise<unknown> {
  const fault = await run(metadata, req);
  return fault ?? (req as Request & { openapi?: Metadata }).openapi;
}

function isMetadata(value: unknown): value is Metadata {
  return typeof value === "object" && value !== null && "pathParams" in value;
}

function viewOf(req: Request, body: unknown, openapi: Metadata): View {
  const hasQuery = req.url.includes("?");
  return {
    method: req.method,
    path: req.path,
    originalUrl: hasQuery ? req.url : "",
    headers: req.headers,
    query: hasQuery ? req.query : {},
    params: openapi.pathParams,
    body,
    openapi,
  };
}

/**
 * The validator calls node's old `url.parse`, which looks through the call stack on every call until it has warned that it
 * is old: a tenth of what a request costs. It is told here to have warned; nothing that we could do would follow from it.
 */
function silenceUrlParse(): void {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  parse("");
  process.noDeprecation = noDeprecation ?? false;
}

function steps(document: Document): { metadata: RequestHandler; request: RequestHandler } {
  const all = middleware({
    // The validator writes into the document it is given.
    apiSpec: { ...structuredClone(document), servers: [{ url: "/" }] } as never,
    useRequestUrl: true,
    validateApiSpec: false,
    validateSecurity: false,
    validateFormats: false,
    validateResponses: false,
    fileUploader: false,
    validateRequests: { allowUnknownQueryParameters: true, coerceTypes: false },
  }) as readonly RequestHandler[];
  const named = (name: string): RequestHandler => {
    const step = all.find((candidate) => candidate.name === name);
    if (step === undefined) throw new Error(`express-openapi-validator has no step named ${name} any more`);
    return step;
  };
  return { metadata: named("metadataMiddleware"), request: named("requestMiddleware") };
}

/** The steps look at the response only to pass it on. */
const NO_RESPONSE = {} as Response;

function run(step: RequestHandler, req: Request): Promise<unknown> {
  return new Promise((resolve) => {
    const next: NextFunction = (fault?: unknown) => resolve(fault);
    try {
      void step(req, NO_RESPONSE, next);
    } catch (fault) {
      resolve(fault);
    }
  });
}

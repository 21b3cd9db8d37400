/** A request read whole: its body within the limit, as JSON, in contract; or the refusal that says what is wrong. */
import type { Refusal, RefusalOf } from "@interchange/inference";
import type { Request, Response } from "express";
import { checkMediaType, isAbsent, readBytes, readJson } from "./body.ts";
import { bodySchema, type Document } from "./document.ts";
import type { HandlerRequest, Route } from "./handler.ts";
import { findParameterProblem, findProblem } from "./problem/index.ts";
import { type Finding, type Validator, validatorOf } from "./validator.ts";

/** Any of the requests that the generated handlers may be given. */
export type AnyRequest = HandlerRequest<Readonly<Record<string, string>>, object, object, unknown>;

export type Reading =
  | { readonly kind: "request"; readonly request: AnyRequest }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface ReaderOptions {
  readonly document: Document;
  readonly routes: readonly Route[];
  readonly bodyBytesMax: number;
  /** False where the body is known to have been checked, as on a second leg. */
  readonly validate?: boolean;
}

/** Reads a request of the route. Rejects with `CallerLeft` when the caller hangs up meanwhile. */
export type Reader = (req: Request, res: Response, route: Route) => Promise<Reading>;

export function createReader(options: ReaderOptions): Reader {
  const validator = options.validate === false ? undefined : validatorOf(options.document, options.routes);
  return async (req, res, route) => {
    const body = takesNone(req, route) ? NO_BODY : await readBody(req, options.bodyBytesMax);
    if (body.kind === "refused") return body;
    const finding = await check(validator, req, route, body.value);
    if (finding.fault === undefined) return { kind: "request", request: new ReadRequest(req, res, body, finding) };
    return { kind: "refused", refusal: problemOf(options.document, req, route, body.value, finding.fault) };
  };
}

function takesNone(req: Request, { requestBody, requestOptional }: Route): boolean {
  return !requestBody || (requestOptional && isAbsent(req));
}

type Body = { readonly kind: "body"; readonly raw: Buffer; readonly value: unknown };

const NO_BODY: Body = { kind: "body", raw: Buffer.alloc(0), value: undefined };

async function readBody(
  req: Request,
  bytesMax: number,
): Promise<Body | { readonly kind: "refused"; readonly refusal: Refusal }> {
  const unsupported = checkMediaType(req);
  if (unsupported !== undefined) return unsupported;
  const read = await readBytes(req, bytesMax);
  if (read.kind === "refused") return read;
  const json = readJson(read.bytes);
  return json.kind === "refused" ? json : { kind: "body", raw: read.bytes, value: json.value };
}

async function check(validator: Validator | undefined, req: Request, route: Route, body: unknown): Promise<Finding> {
  if (validator === undefined) {
    return { fault: undefined, query: req.query, path: req.params as Record<string, string> };
  }
  // The validator keeps what it compiles for each content type it has seen, and callers choose theirs.
  req.headers["content-type"] = route.requestBody && body !== undefined ? "application/json" : undefined;
  return validator(req.method === "HEAD" ? asGet(req) : req, body);
}

/** HEAD is answered as GET is (RFC 9110 §9.3.2), and no document speaks of it. */
function asGet(req: Request): Request {
  return Object.create(req, { method: { value: "GET" } }) as Request;
}

/** The validator's verdict, and in words what is wrong. */
export function problemOf(
  document: Document,
  req: Request,
  route: Route,
  body: unknown,
  fault: unknown,
): RefusalOf<"request-invalid"> {
  const schema = route.requestBody ? bodySchema(document, route.path, route.method) : undefined;
  const parameters = { query: req.query, path: req.params };
  const problem =
    (schema === undefined || body === undefined ? undefined : findProblem(document, schema, body)) ??
    findParameterProblem(document, route, parameters);
  return { kind: "request-invalid", ...(problem ?? outsideBody(fault)) };
}

interface ValidatorFault {
  readonly status?: number;
  readonly errors?: readonly { readonly path: string; readonly message: string; readonly errorCode?: string }[];
}

/** A fault in a header, or one that only the validator sees. */
function outsideBody(fault: unknown): { fault: "shape" | "value"; param: string; problem: string } {
  const { status, errors } = fault as ValidatorFault;
  const first = errors?.[0];
  if (status === undefined || status >= 500 || first === undefined) throw fault;
  const isShape = /^(type|required)\./.test(first.errorCode ?? "");
  const param = first.path.split("/").slice(2).join(".");
  return { fault: isShape ? "shape" : "value", param, problem: first.message };
}

/** A class, since an object literal with a getter costs as much as all the rest of it. */
class ReadRequest implements AnyRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Request["headers"];
  readonly body: unknown;
  readonly raw: Buffer;
  readonly #res: Response;

  constructor(req: Request, res: Response, body: Body, finding: Finding) {
    this.path = finding.path;
    this.query = finding.query;
    this.headers = req.headers;
    this.body = body.value;
    this.raw = body.raw;
    this.#res = res;
  }

  /** Made only for handlers that ask. */
  get signal(): AbortSignal {
    return leaving(this.#res);
  }
}

/** Aborts when the caller leaves before the answer is complete. */
function leaving(res: Response): AbortSignal {
  const controller = new AbortController();
  const left = (): void => {
    if (!res.writableEnded) controller.abort();
  };
  if (res.destroyed) left();
  else res.once("close", left);
  return controller.signal;
}

/** express-openapi-validator over one document, its route look-up remembered. */
import type { NextFunction, Request, RequestHandler, Response } from "express";
import { middleware } from "express-openapi-validator";
import type { Document } from "./document.ts";

type Validator = (req: Request, res: Response) => Promise<unknown>;

/** What the validator finds for a route; it is the same for every request of a path without parameters. */
type Metadata = Readonly<Record<string, unknown>>;

/**
 * A check of requests against the document. It resolves with the validator's own error, or with undefined when the
 * request is in contract.
 *
 * The validator looks its route up anew on every request, at a cost that grows with the document. Its public interface
 * gives its steps by name, so the look-up is done once for each path without parameters, and then only the step that
 * validates is run.
 */
export function createValidator(document: Document): Validator {
  const { metadata, request } = steps(document);
  const known = new Map<string, Metadata>();
  return async (req, res) => {
    const key = `${req.method} ${req.path}`;
    const found = known.get(key);
    if (found === undefined) {
      const fault = await run(metadata, req, res);
      if (fault !== undefined) return fault;
      remember(known, key, req);
    } else {
      (req as Validated).openapi = found;
    }
    return run(request, req, res);
  };
}

type Validated = Request & { openapi?: Metadata };

/** Paths without parameters are few; the bound holds even if letter case makes many of one. */
const KNOWN_MAX = 1_000;

function remember(known: Map<string, Metadata>, key: string, req: Validated): void {
  const parameters = req.openapi?.["pathParams"] as object | undefined;
  if (parameters !== undefined && Object.keys(parameters).length === 0 && known.size < KNOWN_MAX) {
    known.set(key, req.openapi as Metadata);
  }
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

function run(step: RequestHandler, req: Request, res: Response): Promise<unknown> {
  return new Promise((resolve) => {
    const next: NextFunction = (fault?: unknown) => resolve(fault);
    try {
      void step(req, res, next);
    } catch (fault) {
      resolve(fault);
    }
  });
}

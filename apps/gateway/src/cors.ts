/** Cross-origin access for pages (Fetch standard, CORS protocol), on both legs alike. */
import type { NextFunction, Request, Response } from "express";
import { idHeaders, newRequestId } from "./request-id.ts";

/**
 * Of every answer to a page. Any origin: a key is in a header and never in a cookie, so a page can do nothing with another visitor's
 * rights. On the second leg the origin is `null`, which only `*` allows.
 */
export const CORS_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": [
    "x-request-id, request-id, retry-after, retry-after-ms, x-should-retry, x-interchange-dropped, x-interchange-supplier, x-interchange-route, location",
    "x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests",
    "x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens",
    "anthropic-ratelimit-requests-limit, anthropic-ratelimit-requests-remaining, anthropic-ratelimit-requests-reset",
    "anthropic-ratelimit-tokens-limit, anthropic-ratelimit-tokens-remaining, anthropic-ratelimit-tokens-reset",
  ].join(", "),
} as const;

const NONE = {};

/** Only pages have an origin; to all others the headers would be so many bytes. */
export function corsHeaders(req: Request): Readonly<Record<string, string>> {
  return req.headers.origin === undefined ? NONE : CORS_HEADERS;
}

/** A preflight is answered before anything looks at its path, so it redeems no ticket. */
export function preflight(req: Request, res: Response, next: NextFunction): void {
  if (req.method === "OPTIONS") allow(req, res);
  else next();
}

function allow(req: Request, res: Response): void {
  const requestId = newRequestId();
  res.locals["requestId"] = requestId;
  res.writeHead(204, {
    ...CORS_HEADERS,
    ...idHeaders(requestId),
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    // `*` does not cover Authorization, so what was asked for is named.
    "access-control-allow-headers":
      req.headers["access-control-request-headers"] ?? "authorization, content-type, x-api-key",
    "access-control-max-age": "86400",
    vary: "access-control-request-headers",
    "content-length": "0",
  });
  res.end();
}

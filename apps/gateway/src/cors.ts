/** Cross-origin access for pages (Fetch standard, CORS protocol), on both legs alike. */
import type { NextFunction, Request, Response } from "express";

/**
 * Any origin: a key is in a header and never in a cookie, so a page can do nothing with another visitor's rights. On the
 * second leg the origin is `null`, which only `*` allows. A preflight is answered here and redeems no ticket.
 */
export function cors(req: Request, res: Response, next: NextFunction): void {
  res.setHeader("access-control-allow-origin", "*");
  if (req.method === "OPTIONS") return preflight(req, res);
  res.setHeader("access-control-expose-headers", EXPOSED);
  next();
}

function preflight(req: Request, res: Response): void {
  res.writeHead(204, {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    // `*` does not cover Authorization, so what was asked for is named.
    "access-control-allow-headers":
      req.headers["access-control-request-headers"] ?? "authorization, content-type, x-api-key",
    "access-control-max-age": "86400",
    vary: "access-control-request-headers",
    "content-length": "0",
  });
  res.end();
}

const EXPOSED = "x-request-id, request-id, retry-after, retry-after-ms, x-should-retry, location";

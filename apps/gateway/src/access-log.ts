/** One line of log for every answer: what was asked, how it ended, how long it took. Nothing of what was said. */
import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";

export function accessLog(log: Logger): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    const startedAtMs = performance.now();
    res.once("close", () => {
      const { method } = req;
      const requestId: unknown = res.locals["requestId"];
      const tookMs = Math.round(performance.now() - startedAtMs);
      const isWhole = res.writableEnded;
      const status = hasLeft(res) ? CALLER_LEFT : res.statusCode;
      log.info({ requestId, method, path: pathOf(req), status, tookMs, isWhole }, "answered");
    });
    next();
  };
}

/** Of no standard, but what many servers log for it. */
const CALLER_LEFT = 499;

/** An answer that we broke off ourselves has an error. */
function hasLeft(res: Response): boolean {
  return !res.writableEnded && res.errored === null;
}

/** Without the query, which is the caller's, and without the ticket, which is a right for as long as it lives. */
function pathOf(req: Request): string {
  return (req.originalUrl.split("?", 1)[0] ?? "").replace(/\/r\/[^/]*/gi, "/r/…");
}

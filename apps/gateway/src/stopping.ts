/** A graceful stop: nothing new is let in, what runs is finished, then the doors close. */
import type { Server } from "node:http";
import type { Refusal } from "@interchange/inference";
import type { NextFunction, Request, Response } from "express";

type Say = (refusal: Refusal, res: Response) => Promise<void>;

export interface Stopping {
  readonly isStopping: boolean;
  /** Refuses once the stop has begun. Second legs are still let in: what they run is held and promised. */
  gate(sayFor: (req: Request) => Say): (req: Request, res: Response, next: NextFunction) => void;
  /** Begins the stop and resolves when every answer has ended, or after `drainMs` when some would not. */
  stop(server: Server, drainMs: number): Promise<void>;
}

export function createStopping(): Stopping {
  let isStopping = false;
  return {
    get isStopping() {
      return isStopping;
    },
    gate: (sayFor) => (req, res, next) => {
      if (!isStopping) return next();
      res.setHeader("connection", "close");
      if (req.path.startsWith("/r/")) return next();
      void sayFor(req)({ kind: "stopping" }, res);
    },
    async stop(server, drainMs) {
      isStopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const patience = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(patience);
    },
  };
}

/** A graceful stop: nothing new is let in, what runs is finished, then the doors close. */
import type { Server } from "node:http";
import type { Refusal } from "@interchange/inference";
import type { NextFunction, Request, Response } from "express";

type Say = (refusal: Refusal, res: Response) => Promise<void>;

export interface Stopping {
  readonly isStopping: boolean;
  /**
   * Refuses first legs once the stop has begun. Second legs are still let in, since what they run is held and promised,
   * and so is whoever asks how we are, or for whom `sayFor` has nothing to say.
   */
  gate(sayFor: (req: Request) => Say | undefined): (req: Request, res: Response, next: NextFunction) => void;
  /**
   * Begins the stop. The port stays open while anything runs, so that a caller hears a 503 that it may try elsewhere and
   * not a refused connection. Resolves when every answer has ended, or after `drainMs` when some would not.
   */
  stop(server: Server, drainMs: number): Promise<void>;
}

/** Clients follow a redirect at once; whoever has not by then has to come again. */
export const FOLLOW_MS = 1_000;

export function createStopping(followMs: number): Stopping {
  const watch = createWatch(followMs);
  let isStopping = false;
  return {
    get isStopping() {
      return isStopping;
    },
    gate: (sayFor) => (req, res, next) => {
      if (isStopping) {
        res.setHeader("connection", "close");
        const say = FIRST_LEG.test(req.path) ? sayFor(req) : undefined;
        if (say !== undefined) return refuseOnceRead(req, () => void say({ kind: "stopping" }, res));
      }
      watch.note(res);
      next();
    },
    async stop(server, drainMs) {
      isStopping = true;
      const deadline = setTimeout(() => server.closeAllConnections(), drainMs);
      await watch.quiet(AbortSignal.timeout(drainMs));
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
      clearTimeout(deadline);
    },
  };
}

/** The connection is closed after the answer, and a client that is still sending would see that in its place. */
function refuseOnceRead(req: Request, refuse: () => void): void {
  req.once("end", refuse).resume();
}

const FIRST_LEG = /^\/(inline\/)?v1(\/|$)/i;

interface Watch {
  note(res: Response): void;
  /** Resolves when no answer is under way and every redirect has had its time, or when patience is out. */
  quiet(patience: AbortSignal): Promise<void>;
}

function createWatch(followMs: number): Watch {
  let underWay = 0;
  let followUntilMs = 0;
  let ended = (): void => {};
  const end = (res: Response): void => {
    underWay -= 1;
    if (res.statusCode === 307) followUntilMs = performance.now() + followMs;
    ended();
  };
  const restMs = (): number => (underWay > 0 ? Number.POSITIVE_INFINITY : followUntilMs - performance.now());
  return {
    note(res) {
      underWay += 1;
      res.once("close", () => end(res));
    },
    async quiet(patience) {
      for (let waitMs = restMs(); waitMs > 0 && !patience.aborted; waitMs = restMs()) {
        await new Promise<void>((resolve) => {
          ended = resolve;
          patience.addEventListener("abort", () => resolve(), { once: true });
          if (Number.isFinite(waitMs)) setTimeout(resolve, waitMs);
        });
      }
    },
  };
}

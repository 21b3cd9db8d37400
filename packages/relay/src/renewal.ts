/** Renewal: the holds of runs under way live on for as long as the process does, all of them by one command. */
import type { Ledger } from "@interchange/ledger";
import type { Log } from "./log.ts";

export interface RenewalOptions {
  readonly ledger: Pick<Ledger, "renew">;
  readonly clock: () => number;
  /** How long a hold lives on from each renewal. */
  readonly lifeMs: number;
  readonly log: Log;
}

export interface Renewal {
  begin(requestId: string): void;
  /** Its hold is about to be resolved: nobody wonders when it is not open any more. */
  resolving(requestId: string): void;
  end(requestId: string): void;
  /** Renews nothing any more. */
  close(): void;
}

/** So that a ledger that is away for half of a life costs no hold. */
const TIMES_A_LIFE = 4;

/** How soon it is tried again where the ledger is away. */
const AGAIN_MS = 250;

/** As many requests as a line of the log names. */
const NAMED_MAX = 20;

export function createRenewal({ ledger, clock, lifeMs, log }: RenewalOptions): Renewal {
  const everyMs = lifeMs / TIMES_A_LIFE;
  /** Whether each is being resolved. */
  const underWay = new Map<string, boolean>();
  let timer: NodeJS.Timeout | undefined;
  let isTurning = false;
  let isAway = false;
  let isClosed = false;

  const plan = (afterMs: number): void => {
    isTurning = !isClosed;
    if (isTurning) timer = setTimeout(() => void turn(), afterMs).unref();
  };

  const turn = async (): Promise<void> => {
    if (underWay.size === 0) isTurning = false;
    else plan((await renew([...underWay.keys()])) ? everyMs : Math.min(AGAIN_MS, everyMs));
  };

  const renew = async (requestIds: string[]): Promise<boolean> => {
    try {
      const open = await ledger.renew({ requestIds, expiresAtMs: clock() + lifeMs });
      isAway = false;
      forget(requestIds, new Set(open));
      return true;
    } catch (error) {
      if (!isAway) log.warn({ err: error, runs: requestIds.length }, "holds could not be renewed; it is tried again");
      isAway = true;
      return false;
    }
  };

  const forget = (asked: readonly string[], open: ReadonlySet<string>): void => {
    const lost = asked.filter((requestId) => !open.has(requestId) && underWay.get(requestId) === false);
    if (lost.length === 0) return;
    for (const requestId of lost) underWay.delete(requestId);
    log.error({ runs: lost.length, requestIds: lost.slice(0, NAMED_MAX) }, "runs go on whose holds have expired");
  };

  return {
    begin(requestId) {
      underWay.set(requestId, false);
      if (!isTurning) plan(everyMs);
    },
    resolving(requestId) {
      if (underWay.has(requestId)) underWay.set(requestId, true);
    },
    end: (requestId) => void underWay.delete(requestId),
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

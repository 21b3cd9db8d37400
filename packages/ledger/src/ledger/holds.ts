/** Holds: taken, and resolved once. */

import { requireInteger } from "../bounds.ts";
import {
  type HoldOutcome,
  type HoldRequest,
  holdCommand,
  type RedeemCommand,
  type RedeemOutcome,
  type ReleaseCommand,
  type ReleaseOutcome,
  type RenewCommand,
  redeemCommand,
  releaseCommand,
  renewCommand,
} from "../hold.ts";
import { type SettlementRequest, type SettleOutcome, settleCommand } from "../settlement.ts";
import { startSweeper } from "../sweeper.ts";
import type { Parts } from "./parts.ts";

export type Holds = {
  /** Keeps tokens aside for a request, on disk before it resolves. */
  hold(request: HoldRequest): Promise<HoldOutcome>;

  /** Begins the second leg: of all who try, one gets `redeemed`. The hold then lives until `expiresAtMs`, never shorter than before. */
  redeem(redemption: RedeemCommand): Promise<RedeemOutcome>;

  /** Lets the holds of runs under way live on; gives the ids of those that were still open. */
  renew(renewal: RenewCommand): Promise<string[]>;

  /** Takes what was used, gives the rest back. */
  settle(request: SettlementRequest): Promise<SettleOutcome>;

  /** Gives the whole hold back. A second release gives the first's reason; one after another end changes nothing and says which. */
  release(release: ReleaseCommand): Promise<ReleaseOutcome>;

  /** Ends every hold whose life is over at `nowMs` and lets lots past their expiry lapse; gives the number of holds ended. */
  expire(nowMs: number): Promise<number>;

  /** Calls `expire` every `everyMs` by the ledger's clock without keeping the process alive. Gives what stops it. */
  startSweeper(options: { everyMs: number; onError?: (error: unknown) => void }): () => void;
};

/** Holds ended in one transaction of a sweep: short enough that a hold behind it hardly waits. */
const SWEEP_LIMIT = 256;

export function holdsOf(parts: Parts): Holds {
  const { submit } = parts;
  return {
    hold: async (request) => submit("hold", holdCommand(request)),
    redeem: async (redemption) => submit("redeem", redeemCommand(redemption)),
    renew: async (renewal) => submit("renew", renewCommand(renewal)),
    settle: async (request) => submit("settle", settleCommand(request)),
    release: async (release) => submit("release", releaseCommand(release)),
    ...sweepsOf(parts),
  };
}

function sweepsOf({ store, clock }: Parts): Pick<Holds, "expire" | "startSweeper"> {
  const expire = async (nowMs: number): Promise<number> => {
    requireInteger(nowMs, "nowMs", 0);
    let ended = 0;
    for (;;) {
      const batch = await store.submit("expire", { limit: SWEEP_LIMIT }, nowMs);
      ended += batch;
      if (batch < SWEEP_LIMIT) return ended;
    }
  };
  return { expire, startSweeper: (options) => startSweeper(() => expire(clock()), options) };
}

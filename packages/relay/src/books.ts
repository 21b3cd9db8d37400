/** How a run ends in the books: settled to what was used, or given back whole. Until then its hold lives on. */
import { type Ledger, LedgerUnavailable } from "@interchange/ledger";
import { createArrears } from "./arrears.ts";
import type { Log } from "./log.ts";
import { createRenewal } from "./renewal.ts";
import { type Delivered, writeSettlement } from "./settlement.ts";

export interface BooksOptions {
  readonly ledger: Pick<Ledger, "renew" | "settle" | "release">;
  readonly clock: () => number;
  /** How long the hold of a run lives on when nobody renews it. */
  readonly holdLifeMs: number;
  readonly log: Log;
}

/**
 * `settle` and `giveBack` resolve when the hold is resolved, or, where the ledger is away, when it is certain to be once the
 * ledger is back while this process lives. They reject with what else the ledger says.
 */
export interface Books {
  /** The hold is redeemed, and is renewed from now on. */
  begin(requestId: string): void;
  settle(delivered: Delivered): Promise<void>;
  giveBack(requestId: string, reason: string): Promise<void>;
  /** Resolves when nothing is left to be written. */
  idle(): Promise<void>;
  /** Neither renews nor tries anything again. */
  close(): void;
}

export function createBooks({ ledger, clock, holdLifeMs, log }: BooksOptions): Books {
  const renewal = createRenewal({ ledger, clock, lifeMs: holdLifeMs, log });
  const arrears = createArrears(log);

  const resolve = async (requestId: string, write: () => Promise<void>): Promise<void> => {
    renewal.resolving(requestId);
    const done = (): void => renewal.end(requestId);
    try {
      await write();
    } catch (error) {
      if (error instanceof LedgerUnavailable && arrears.add({ requestId, write, done })) return;
      done();
      throw error;
    }
    done();
  };

  const settle = async (delivered: Delivered): Promise<void> => {
    const settlement = writeSettlement(delivered);
    const { requestId, tokens } = settlement;
    const outcome = await ledger.settle(settlement);
    if (outcome.kind === "settled") return;
    log.error({ requestId, tokens, hold: outcome.kind }, "a run was not settled: its hold had ended before it");
  };

  const giveBack = async (requestId: string, reason: string): Promise<void> => {
    await ledger.release({ requestId, reason });
  };

  return {
    begin: (requestId) => renewal.begin(requestId),
    settle: (delivered) => resolve(delivered.requestId, () => settle(delivered)),
    giveBack: (requestId, reason) => resolve(requestId, () => giveBack(requestId, reason)),
    idle: () => arrears.empty(),
    close() {
      renewal.close();
      arrears.close();
    },
  };
}

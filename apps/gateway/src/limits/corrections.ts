/** Corrections: tokens are counted as held, and once a run has ended in the books, as used. */
import type { Ledger, SettlementRequest, SettleOutcome } from "@interchange/ledger";
import type { Ticket } from "@interchange/ticket";
import { type Counter, correct } from "./counter.ts";
import { counterAt, type Payer } from "./limit.ts";

/** A run whose tokens are counted against limits. */
export interface CountedRun {
  readonly requestId: string;
  readonly payer: Payer;
  readonly tokensHeld: number;
  readonly counted: NonNullable<Ticket["counted"]>;
}

/** Runs that nobody ended are forgotten when there are so many, and their windows are over. */
const RUNS_MAX = 10_000;

export class Corrections {
  readonly #home: Counter;
  readonly #runs = new Map<string, CountedRun>();

  constructor(home: Counter) {
    this.#home = home;
  }

  begin(run: CountedRun): void {
    if (run.counted.length === 0) return;
    if (this.#runs.size >= RUNS_MAX) this.#forget(Date.now());
    this.#runs.set(run.requestId, run);
  }

  /** The ledger, through which every run ends, however it ends. */
  watching(ledger: Ledger): Ledger {
    return {
      ...ledger,
      settle: async (request) => {
        const outcome = await ledger.settle(request);
        this.#end(request.requestId, used(request, outcome));
        return outcome;
      },
      release: async (release) => {
        const outcome = await ledger.release(release);
        this.#end(release.requestId, 0);
        return outcome;
      },
    };
  }

  /** Nobody waits for it: what cannot be corrected counts as it was until its window is over. */
  #end(requestId: string, tokensUsed: number): void {
    const run = this.#runs.get(requestId);
    if (run === undefined) return;
    this.#runs.delete(requestId);
    for (const { counter: place, endsAtMs } of run.counted) {
      const counter = counterAt("tokens", place, run.payer);
      correct({ counter, by: this.#home, endsAtMs }, tokensUsed - run.tokensHeld).catch(() => undefined);
    }
  }

  #forget(nowMs: number): void {
    for (const [requestId, { counted }] of this.#runs) {
      if (counted.every(({ endsAtMs }) => endsAtMs <= nowMs)) this.#runs.delete(requestId);
    }
  }
}

/** Also what was used beyond the hold, and what a hold that had ended could no longer pay. */
function used({ tokens }: SettlementRequest, outcome: SettleOutcome): number {
  return outcome.kind === "settled" ? outcome.tokensSettled + outcome.overrun : tokens;
}

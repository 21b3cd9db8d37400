/** The relay of a gateway: what its runs come to is remembered, learned from, and logged without what callers said. */
import type { SupplierFailure } from "@interchange/inference";
import type { Ledger } from "@interchange/ledger";
import { createRelay, type Relay } from "@interchange/relay";
import type { FailureMemory } from "@interchange/routing";
import type { Logger } from "pino";
import type { Config } from "./config/index.ts";
import type { Estimator } from "./estimate/index.ts";
import type { TokenCounter } from "./token-count/index.ts";

export interface RelayParts {
  readonly config: Pick<Config, "limits" | "brokenStreams">;
  readonly ledger: Ledger;
  readonly failures: FailureMemory;
  readonly estimator: Estimator;
  readonly tokenCounter: TokenCounter;
  readonly clock: () => number;
  readonly log: Logger;
}

export function openRelay(parts: RelayParts): Relay {
  const { config, ledger, failures, estimator, tokenCounter, clock, log } = parts;
  return createRelay({
    ledger,
    clock,
    log,
    holdLifeMs: config.limits.runLifeMs,
    brokenStreams: config.brokenStreams,
    onTried(run, failure) {
      const { requestId, instrument, supplier } = run;
      if (failure === undefined) return failures.noteSuccess(supplier.name, instrument);
      log.warn({ requestId, supplier: supplier.name, failure: logged(failure) }, "a supplier failed");
      if (!failure.caller) failures.noteFailure(supplier.name, instrument, clock(), failure.retryAfterMs);
    },
    onSettled(run, usage) {
      tokenCounter.learn(run.request, { supplier: run.supplier.name, model: run.model }, usage);
      if (run.textBytes !== undefined) estimator.learn(run.instrument, run.textBytes, usage);
    },
  });
}

/** What a supplier says about the request itself may quote it, and prompts are not logged. */
function logged(failure: SupplierFailure): Partial<SupplierFailure> {
  const { message: _message, said: _said, ...known } = failure;
  return failure.caller ? known : failure;
}

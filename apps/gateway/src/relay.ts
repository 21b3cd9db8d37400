/** The relay of a gateway: what its runs come to is learned from, and logged without what callers said. */

import type { Config } from "@interchange/config";
import type { Ledger } from "@interchange/ledger";
import { createRelay, type Relay } from "@interchange/relay";
import type { Logger } from "pino";
import type { Estimator } from "./estimate/index.ts";
import type { TokenCounter } from "./token-count/index.ts";

export interface RelayParts {
  readonly config: Pick<Config, "limits" | "brokenStreams">;
  readonly ledger: Ledger;
  readonly estimator: Estimator;
  readonly tokenCounter: TokenCounter;
  readonly clock: () => number;
  readonly log: Logger;
}

export function openRelay({ config, ledger, estimator, tokenCounter, clock, log }: RelayParts): Relay {
  return createRelay({
    ledger,
    clock,
    log,
    holdLifeMs: config.limits.runLifeMs,
    brokenStreams: config.brokenStreams,
    onSettled(run, { supplier, model }, usage) {
      tokenCounter.learn(run.request, { supplier: supplier.name, model }, usage);
      if (run.textBytes !== undefined) estimator.learn(run.instrument, run.textBytes, usage);
    },
  });
}

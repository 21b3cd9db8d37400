/** Standings: how suppliers do at what they sell, as this gateway sees it. */
import type { Standing as Wire } from "@interchange/contract/platform";
import { type Standing, stateOf } from "@interchange/routing";
import type { Engine } from "../engine.ts";
import { writeInstant } from "./instant.ts";
import type { Operations } from "./operation.ts";
import { noSupplier } from "./supplier.ts";

export function standings(engine: Engine): Operations<"listSupplierHealth"> {
  const { market } = engine;
  return {
    async listSupplierHealth({ path: { supplier } }) {
      if (market.supplierDocument(supplier) === undefined) return noSupplier(supplier);
      const sold = new Set(market.offerDocuments({ supplier }).map(({ document }) => document.instrument));
      const data = [...sold].sort().map((name) => writeStanding(engine, market.health.standing(supplier, name)));
      return { status: 200, body: { data } };
    },
  };
}

/** Null where nothing is known yet. */
export function standingAt(engine: Engine, supplier: string, instrument: string): Wire | null {
  return writeKnown(engine, engine.market.health.standing(supplier, instrument));
}

/** Null where nothing is known yet. */
export function writeKnown(engine: Engine, standing: Standing): Wire | null {
  const wire = writeStanding(engine, standing);
  const { attempts, in_flight, first_token_ms, tokens_per_second } = wire;
  const isNew = wire.breaker === "closed" && attempts + in_flight === 0;
  return isNew && first_token_ms === null && tokens_per_second === null ? null : wire;
}

function writeStanding({ market, clock }: Engine, standing: Standing): Wire {
  const { supplier, instrument, breaker, inFlight, latencyMs, tokensPerSecond } = standing;
  const nowMs = clock();
  const { windowMs, attempts, failures, errorRate } = market.health.measures(standing, nowMs);
  const state = stateOf(standing, nowMs);
  return {
    supplier,
    instrument,
    breaker: state === "half-open" ? "half_open" : state,
    cause: breaker?.cause ?? null,
    open_until: breaker === undefined || state !== "open" ? null : writeInstant(breaker.untilMs),
    in_flight: inFlight,
    window_seconds: Math.round(windowMs / 1_000),
    attempts,
    failures,
    error_rate: rounded(errorRate, 4),
    first_token_ms: latencyMs > 0 ? rounded(latencyMs, 1) : null,
    tokens_per_second: tokensPerSecond > 0 ? rounded(tokensPerSecond, 1) : null,
  };
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

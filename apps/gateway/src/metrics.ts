/** Metrics in Prometheus' text format: how suppliers stand, as this gateway sees it. For operators. */
import type { Refusal } from "@interchange/inference";
import { type BreakerState, type Measures, type Standing, stateOf } from "@interchange/routing";
import { writeResponse } from "@interchange/stubs";
import type { RequestHandler, Response } from "express";
import { Gauge, Registry } from "prom-client";
import { identify } from "./caller.ts";
import type { Engine } from "./engine.ts";
import { commonHeaders } from "./mounts.ts";
import { isOperator, PLATFORM } from "./platform/index.ts";
import { idHeaders, newRequestId } from "./request-id.ts";
import { refuse } from "./surface.ts";

type Label = "supplier" | "instrument";

const LABELS: Label[] = ["supplier", "instrument"];

const STATES: Readonly<Record<BreakerState, number>> = { closed: 0, "half-open": 1, open: 2 };

interface Seen {
  readonly standing: Standing;
  readonly measures: Measures;
  readonly nowMs: number;
}

/** Each is left out where it is not known. */
const GAUGES: readonly {
  readonly name: string;
  readonly help: string;
  readonly value: (seen: Seen) => number | undefined;
}[] = [
  {
    name: "interchange_supplier_breaker_state",
    help: "Whether the supplier is asked for the instrument: 0 closed, 1 half-open, 2 open.",
    value: ({ standing, nowMs }) => STATES[stateOf(standing, nowMs)],
  },
  {
    name: "interchange_supplier_requests_in_flight",
    help: "Requests of this gateway under way there.",
    value: ({ standing }) => standing.inFlight,
  },
  {
    name: "interchange_supplier_window_attempts",
    help: "Attempts that have ended within the rolling window.",
    value: ({ measures }) => measures.attempts,
  },
  {
    name: "interchange_supplier_window_failures",
    help: "Those of them that failed.",
    value: ({ measures }) => measures.failures,
  },
  {
    name: "interchange_supplier_time_to_first_token_seconds",
    help: "Mean time to the first token of streams within the rolling window.",
    value: ({ measures }) => (measures.firstTokenMs === undefined ? undefined : measures.firstTokenMs / 1_000),
  },
  {
    name: "interchange_supplier_output_tokens_per_second",
    help: "Mean output speed after the first token within the rolling window.",
    value: ({ measures }) => measures.tokensPerSecond,
  },
];

/** `GET /metrics`, for a key with the operator's role: names of suppliers are nobody else's business. */
export function metrics(engine: Engine): RequestHandler {
  const registry = registryOf(engine);
  return async (req, res) => {
    const caller = await identify(engine.ledger, PLATFORM, engine.config.strictHeaders, req);
    if (caller.kind === "refused") return say(caller.refusal, res);
    if (!isOperator(caller)) return say({ kind: "key-forbidden", problem: "Metrics are for operators." }, res);
    res.set({ "content-type": registry.contentType, "cache-control": "no-store" });
    res.send(await registry.metrics());
  };
}

function registryOf({ market, clock }: Engine): Registry {
  const registry = new Registry();
  for (const { name, help, value } of GAUGES) {
    const collect = (gauge: Gauge<Label>): void => {
      const nowMs = clock();
      gauge.reset();
      for (const standing of market.health.all()) {
        const { supplier, instrument } = standing;
        const seen = value({ standing, measures: market.health.measures(standing, nowMs), nowMs });
        if (seen !== undefined) gauge.set({ supplier, instrument }, seen);
      }
    };
    registry.registerMetric(gaugeOf({ name, help, collect }));
  }
  return registry;
}

interface Collected {
  readonly name: string;
  readonly help: string;
  /** Fills it with what is true at the moment. */
  readonly collect: (gauge: Gauge<Label>) => void;
}

function gaugeOf({ name, help, collect }: Collected): Gauge<Label> {
  return new Gauge({
    name,
    help,
    labelNames: LABELS,
    registers: [],
    collect() {
      collect(this);
    },
  });
}

function say(refusal: Refusal, res: Response): Promise<void> {
  const requestId = newRequestId();
  const headers = { ...commonHeaders(PLATFORM, res.req), ...idHeaders(requestId) };
  return writeResponse(res, undefined, refuse(PLATFORM, refusal, requestId), headers);
}

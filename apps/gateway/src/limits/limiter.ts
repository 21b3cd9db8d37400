/** The limiter: what callers may ask for in a minute and at once, by key, by account, and by account in an instrument. */

import type { Config } from "@interchange/config";
import type { Bearer, Limits, RunningMax } from "@interchange/ledger";
import type { Logger } from "pino";
import { Corrections } from "./corrections.ts";
import type { Counters } from "./counter.ts";
import { insured } from "./insured-counter.ts";
import { callerLimits, instrumentLimits, keyLimits, type LimitRules } from "./limit.ts";
import { createMemoryCounter } from "./memory-counter.ts";
import { type Counting, Quota } from "./quota.ts";
import { openSharedCounter } from "./shared-counter.ts";
import { Spent } from "./spent.ts";

export interface Limiter {
  /** What a request of the bearer may take. */
  quotaOf(bearer: Bearer): Quota;
  /** Of requests that nothing limits. */
  readonly unlimited: Quota;
  readonly corrections: Corrections;
  close(): Promise<void>;
}

export interface LimiterOptions {
  readonly config: Pick<Config, "limits" | "databaseUrl" | "databaseSchema">;
  /** What any one account may ask of an instrument, as it is now. */
  readonly ofInstrument: (instrument: string) => Limits | undefined;
  readonly clock: () => number;
  readonly log: Logger;
  /** How long the minute is; a minute unless said. */
  readonly windowMs?: number;
}

const MINUTE_MS = 60_000;

/** The schema in which the books are when the operator names none. */
const SCHEMA = "interchange";

export function createLimiter({ config, ofInstrument, clock, log, windowMs = MINUTE_MS }: LimiterOptions): Limiter {
  const counters = openCounters(config, windowMs, log);
  const counting: Counting = { counters, spent: new Spent(), clock };
  const rules = rulesOf(config, ofInstrument);
  return {
    quotaOf: (bearer) => new Quota(counting, boundsOf(rules, bearer)),
    unlimited: new Quota(counting, { caller: [], ofInstrument: () => [], runningMax: () => ({}) }),
    corrections: new Corrections(counters.home),
    close: () => counters.close(),
  };
}

/** Where the books are shared, so are the limits. */
function openCounters(
  { databaseUrl, databaseSchema }: LimiterOptions["config"],
  windowMs: number,
  log: Logger,
): Counters {
  const own = createMemoryCounter(windowMs);
  if (databaseUrl === undefined) return own;
  return insured(openSharedCounter({ url: databaseUrl, schema: databaseSchema ?? SCHEMA, windowMs }), own.home, log);
}

function rulesOf({ limits }: LimiterOptions["config"], ofInstrument: LimiterOptions["ofInstrument"]): LimitRules {
  const { requestsPerMinute, tokensPerMinute, runningMax } = limits;
  return {
    perKey: {
      ...(requestsPerMinute > 0 && { requestsPerMinute }),
      ...(tokensPerMinute > 0 && { tokensPerMinute }),
      ...(runningMax > 0 && { runningMax }),
    },
    ofInstrument,
  };
}

function boundsOf(rules: LimitRules, bearer: Bearer) {
  return {
    caller: callerLimits(rules, bearer),
    ofInstrument: (instrument: string) => instrumentLimits(rules, bearer.accountId, instrument),
    runningMax: (instrument: string) =>
      runningMaxOf(keyLimits(rules, bearer), bearer.account.limits, rules.ofInstrument(instrument)),
  };
}

function runningMaxOf(key: Limits, account: Limits, instrument: Limits = {}): RunningMax {
  return {
    ...(key.runningMax !== undefined && { key: key.runningMax }),
    ...(account.runningMax !== undefined && { account: account.runningMax }),
    ...(instrument.runningMax !== undefined && { instrument: instrument.runningMax }),
  };
}

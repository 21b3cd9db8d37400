/** A limit: how much of one thing a key, an account, or an account in one instrument may ask for in a minute. */
import { hash } from "node:crypto";
import type { Bearer, Limits } from "@interchange/ledger";

export type Measure = "requests" | "tokens";

/** Whose limit it is; `instrument` is an account's in one instrument. */
export type Holder = "key" | "account" | "instrument";

export interface Limit {
  readonly measure: Measure;
  readonly holder: Holder;
  /** The instrument's canonical name, where it is of one. */
  readonly instrument?: string;
  readonly max: number;
  /** Where it is counted, as a ticket may say it: nothing in it leads to a key or an account. */
  readonly place: string;
  /** The name under which it is counted. */
  readonly counter: string;
}

/** What the operator sets in the configuration. */
export interface LimitRules {
  /** Of keys that have none of their own. */
  readonly perKey: Limits;
  readonly ofInstrument: (instrument: string) => Limits | undefined;
}

/** A key's own limits, one by one in the place of what the operator gives to all. */
export function keyLimits({ perKey }: LimitRules, { limits }: Bearer): Limits {
  return { ...perKey, ...limits };
}

/** What binds every request of the bearer, whatever it asks for. */
export function callerLimits(rules: LimitRules, bearer: Bearer): readonly Limit[] {
  const account = { id: bearer.accountId, instrument: "" };
  const key = keyLimits(rules, bearer);
  const isLimited = key.requestsPerMinute !== undefined || key.tokensPerMinute !== undefined;
  return [
    ...(isLimited ? limitsOf("key", key, keyPlace(bearer.publicId), account) : []),
    ...limitsOf("account", bearer.account.limits, ACCOUNT, account),
  ];
}

/** What binds the account in an instrument. */
export function instrumentLimits(rules: LimitRules, accountId: string, instrument: string): readonly Limit[] {
  const limits = rules.ofInstrument(instrument);
  if (limits === undefined) return [];
  return limitsOf("instrument", limits, INSTRUMENT, { id: accountId, instrument });
}

const ACCOUNT = "a";
const INSTRUMENT = "i";

/** The public id is random, so that a digest of it tells nobody what it is. */
function keyPlace(publicId: string): string {
  return `k${hash("sha256", publicId, "base64url").slice(0, PLACE_LENGTH_MAX - 1)}`;
}

/** No place is longer; in characters. */
export const PLACE_LENGTH_MAX = 17;

/** Who pays, and for what. */
export interface Payer {
  readonly id: string;
  readonly instrument: string;
}

/** The name of what is counted at a place. */
export function counterAt(measure: Measure, place: string, { id, instrument }: Payer): string {
  const owner = place === ACCOUNT ? `a:${id}` : place === INSTRUMENT ? `i:${instrument}:${id}` : place;
  return `${measure}:${owner}`;
}

function limitsOf(holder: Holder, limits: Limits, place: string, payer: Payer): readonly Limit[] {
  const of = (measure: Measure, max: number | undefined): readonly Limit[] => {
    if (max === undefined) return [];
    const counter = counterAt(measure, place, payer);
    return [{ measure, holder, ...(holder === "instrument" && { instrument: payer.instrument }), max, place, counter }];
  };
  return [...of("requests", limits.requestsPerMinute), ...of("tokens", limits.tokensPerMinute)];
}

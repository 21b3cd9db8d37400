/** Why no tokens are bought for a request that lacks them, and what would mend it. */
import { dollars } from "./dollars.ts";

export type NotBought =
  /** Auto-buy is not on for the account and instrument. */
  | { readonly kind: "off" }
  /** Nobody offers the instrument. */
  | { readonly kind: "not-sold" }
  | { readonly kind: "price-too-high"; readonly priceMicrosPerUnit: number; readonly priceMicrosPerUnitMax: number }
  | {
      readonly kind: "credits-too-low";
      /** What was to be bought. */
      readonly tokens: number;
      readonly neededMicros: number;
      readonly availableMicros: number;
      readonly noReload: NoReload;
    }
  /** What was to be bought is more than the books can count. */
  | { readonly kind: "too-much" };

/** Why no credits are charged to the payment method either. */
export type NoReload =
  | { readonly kind: "off" }
  /** The payment method was declined, and is left alone for a while. */
  | { readonly kind: "declined"; readonly problem: string }
  | { readonly kind: "limit-reached"; readonly monthlyLimitMicros: number; readonly reloadedThisMonthMicros: number }
  /** What was to be charged is more than the books can count. */
  | { readonly kind: "too-much" };

interface Both {
  readonly why: string;
  /** In the imperative, as the first of a list: the caller has other ways out, which stand behind it. */
  readonly cure: string;
}

type Reasons<Reason extends { readonly kind: string }> = {
  readonly [K in Reason["kind"]]: (reason: Extract<Reason, { kind: K }>) => Both;
};

const REASONS: Reasons<NotBought> = {
  off: () => ({ why: "auto-buy is off for it", cure: "Have more tokens deposited, switch auto-buy on" }),
  "not-sold": () => ({ why: "nobody sells it just now", cure: "Have more tokens deposited" }),
  "price-too-high": (r) => ({
    why: `auto-buy may pay ${dollars(r.priceMicrosPerUnitMax)} USD a Unit where the price is ${dollars(r.priceMicrosPerUnit)} USD`,
    cure: "Raise the most that auto-buy may pay, have more tokens deposited",
  }),
  "credits-too-low": (r) => {
    const { why, cure } = reloadOf(r.noReload);
    const short = `${r.tokens} more cost ${dollars(r.neededMicros)} USD where ${dollars(r.availableMicros)} USD of credits are available`;
    return { why: `${short}, and ${why}`, cure: `Have more credits put in${cure}` };
  },
  "too-much": () => ({
    why: "auto-buy is set to buy more than can be counted",
    cure: "Have auto-buy buy fewer tokens",
  }),
};

/** Each cure goes on from another. */
const RELOADS: Reasons<NoReload> = {
  off: () => ({ why: "auto-reload is off", cure: ", switch auto-reload on" }),
  declined: (r) => ({
    why: `the payment method was declined: ${withoutStop(r.problem)}`,
    cure: ", mend the payment method and put auto-reload again",
  }),
  "limit-reached": (r) => ({
    why: `auto-reload has charged ${dollars(r.reloadedThisMonthMicros)} USD of the ${dollars(r.monthlyLimitMicros)} USD that it may charge this month`,
    cure: ", raise the monthly limit of auto-reload",
  }),
  "too-much": () => ({
    why: "auto-reload is set to charge more than can be counted",
    cure: ", have auto-reload charge less",
  }),
};

/** What is in the way, as half a sentence. */
export function whyNotBought(reason: NotBought): string {
  return bothOf(reason).why;
}

/** What would mend it, as a sentence that is to go on. */
export function cureOf(reason: NotBought): string {
  return bothOf(reason).cure;
}

function bothOf(reason: NotBought): Both {
  return (REASONS[reason.kind] as (reason: NotBought) => Both)(reason);
}

function reloadOf(reason: NoReload): Both {
  return (RELOADS[reason.kind] as (reason: NoReload) => Both)(reason);
}

/** A provider's words may be a sentence of their own, and a long one. */
function withoutStop(words: string): string {
  const shown = words.length > 200 ? `${words.slice(0, 200)}…` : words;
  return shown.replace(/[.\s]+$/, "");
}

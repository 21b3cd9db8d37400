/** How far a key reaches, since no key begets a wider one. */

import type { Config } from "@interchange/config";
import type { Key, Limits } from "@interchange/ledger";
import { forbidden, given, isRefused, type Refused } from "./refused.ts";
import { isOperator } from "./role.ts";

/** The rights that a key is made with; what is absent is not bounded. */
export type Reach = Pick<Key, "role" | "limits"> & Partial<Pick<Key, "instruments" | "expiresAtMs">>;

/** What the operator gives to every key that has no limit of its own; 0 gives none. */
export type Common = Pick<Config["limits"], keyof Limits>;

/** What is wished, within the maker's own: where it is bounded and the wish says nothing, its own bound holds. */
export function withinReach(maker: Key, common: Common, wish: Reach): Reach | Refused {
  if (isOperator(maker)) return wish;
  if (wish.role === "operator") return forbidden("A consumption key can make consumption keys only.");
  return given({
    role: wish.role,
    limits: limitsWithin(maker, common, wish.limits),
    instruments: instrumentsWithin(maker, wish.instruments),
    expiresAtMs: expiryWithin(maker, wish.expiresAtMs),
  });
}

/** No limit of the wish is above the maker's. */
export function limitsWithin(maker: Key, common: Common, wish: Limits): Limits | Refused {
  if (isOperator(maker)) return wish;
  const wider = LIMITS.find((name) => (wish[name] ?? 0) > bound(maker, common, name));
  if (wider === undefined) return { ...maker.limits, ...wish };
  const most = `${bound(maker, common, wider)} ${WORDS[wider]}`;
  return forbidden(`This key may give at most ${most}, as many as it has itself.`);
}

/**
 * New limits of a key that there is. Whoever could not have made it sets none of them: what bounds the one would be undone by
 * what does not bound the other.
 */
export function limitsFor(maker: Key, common: Common, key: Key, wish: Limits): Limits | Refused {
  const limits = limitsWithin(maker, common, wish);
  if (isRefused(limits) || isWithinReach(maker, common, { ...key, limits })) return limits;
  return forbidden("This key cannot limit one that reaches further than itself.");
}

/** Whether whoever has the one could make the other. */
export function isWithinReach(maker: Key, common: Common, key: Key): boolean {
  if (isOperator(maker)) return true;
  if (isOperator(key)) return false;
  const isLimited = LIMITS.every((name) => bound(key, common, name) <= bound(maker, common, name));
  const { instruments: own } = maker;
  const isNarrow = own === undefined || (key.instruments?.every((name) => own.includes(name)) ?? false);
  return isLimited && isNarrow && (key.expiresAtMs ?? NEVER) <= (maker.expiresAtMs ?? NEVER);
}

const LIMITS = ["requestsPerMinute", "tokensPerMinute", "runningMax"] as const satisfies readonly (keyof Limits)[];

const WORDS: Readonly<Record<keyof Limits, string>> = {
  requestsPerMinute: "requests per minute",
  tokensPerMinute: "tokens per minute",
  runningMax: "requests at once",
};

const NEVER = Number.POSITIVE_INFINITY;

/** What binds the key, whoever set it. */
function bound({ limits }: Key, common: Common, name: keyof Limits): number {
  return limits[name] ?? (common[name] || Number.POSITIVE_INFINITY);
}

function instrumentsWithin({ instruments: own }: Key, wish: string[] | undefined): string[] | undefined | Refused {
  const wider = wish?.filter((name) => own !== undefined && !own.includes(name)) ?? [];
  if (wider.length === 0) return wish ?? own;
  return forbidden(`This key may make keys for ${own?.join(", ")} alone, not for ${wider.join(", ")}.`);
}

function expiryWithin({ expiresAtMs: own }: Key, wish: number | undefined): number | undefined | Refused {
  if (own === undefined || wish === undefined || wish <= own) return wish ?? own;
  return forbidden("This key can make no key that expires after itself.");
}

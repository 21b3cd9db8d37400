/** A purchase: tokens of one instrument bought with credits. It becomes a lot. */

import { optionalInteger, optionalText, requireBoolean, requireInteger, requireText } from "./bounds.ts";
import type { Renewal, TakeOver } from "./lease.ts";
import type { Page, PageCommand } from "./page.ts";

/** One million tokens, input and output alike: what prices are per. */
export const TOKENS_PER_UNIT = 1_000_000;

export type PurchaseState = "pending" | "filled" | "failed";

export type Purchase = {
  id: string;
  accountId: string;
  instrument: string;
  tokens: number;
  costMicros: number;
  priceMicrosPerUnit: number;
  /** Made by auto-buy. */
  automatic: boolean;
  state: PurchaseState;
  /** Why it failed. */
  problem?: string;
  /** The lot that it became. */
  lotId?: string;
  reference?: string;
  createdAtMs: number;
  resolvedAtMs?: number;
};

export type PurchaseRequest = {
  accountId: string;
  instrument: string;
  tokens: number;
  priceMicrosPerUnit: number;
  /** The same reference of one account buys once, and gives the first purchase again; for another purchase it is a conflict. */
  reference?: string;
};

export type PurchaseOutcome =
  | { kind: "filled"; purchase: Purchase }
  | { kind: "credits-too-low"; availableMicros: number; neededMicros: number };

/** What auto-buy may do for one account and instrument. */
export type AutoBuy = {
  instrument: string;
  enabled: boolean;
  /** Bought at a time; more when a request needs more. */
  tokens: number;
  /** Bought when fewer than so many are available. */
  belowTokens: number;
  /** Nothing is bought above it; absent takes any price. */
  priceMicrosPerUnitMax?: number;
  updatedAtMs: number;
};

export type AutoBuySetting = {
  accountId: string;
  instrument: string;
  enabled: boolean;
  tokens: number;
  belowTokens: number;
  priceMicrosPerUnitMax?: number;
};

/** A wish that tokens be bought before somebody runs out of them. */
export type AutoPurchaseRequest = {
  accountId: string;
  instrument: string;
  priceMicrosPerUnit: number;
  /** What a request could not get; 0 when the balance is only low. */
  neededTokens: number;
  /** Until then nobody else takes the purchase over. */
  leaseUntilMs: number;
};

/**
 * `begun`: this caller is to see it through. `under-way`: somebody else does. `enough`: it was bought in the meantime.
 * The others say why nothing is bought.
 */
export type AutoPurchaseOutcome =
  | { kind: "begun"; purchase: Purchase }
  | { kind: "under-way"; purchase: Purchase }
  | { kind: "enough" }
  | { kind: "off" }
  | { kind: "price-too-high"; priceMicrosPerUnit: number; priceMicrosPerUnitMax: number };

/** `resolved`: it was filled or failed before. */
export type FillOutcome = PurchaseOutcome | { kind: "resolved"; purchase: Purchase } | { kind: "unknown" };

/** What so many tokens cost, rounded up to whole micro-dollars: a purchase never costs less than its price says. Past 2^53 it is a `bad-input`. */
export function costOf(tokens: number, priceMicrosPerUnit: number): number {
  const unit = BigInt(TOKENS_PER_UNIT);
  const micros = (BigInt(tokens) * BigInt(priceMicrosPerUnit) + unit - 1n) / unit;
  return requireInteger(Number(micros), "the cost in micro-dollars", 0);
}

/** Ids for what may come of a purchase: its own, and that of the lot that it becomes. */
export type PurchaseIds = { purchaseId: string; lotId: string };

export type BuyCommand = PurchaseIds & {
  accountId: string;
  instrument: string;
  tokens: number;
  priceMicrosPerUnit: number;
  costMicros: number;
  reference: string | null;
};

export type AutoPurchaseCommand = AutoPurchaseRequest & { purchaseId: string };

export type AutoBuyCommand = {
  accountId: string;
  instrument: string;
  enabled: boolean;
  tokens: number;
  belowTokens: number;
  priceMicrosPerUnitMax: number | null;
};

export type PurchaseCommands = {
  buy: { input: BuyCommand; outcome: PurchaseOutcome };
  "begin-purchase": { input: AutoPurchaseCommand; outcome: AutoPurchaseOutcome };
  "fill-purchase": { input: PurchaseIds; outcome: FillOutcome };
  "fail-purchase": { input: { purchaseId: string; problem: string }; outcome: Purchase | undefined };
  "take-over-purchases": { input: TakeOver; outcome: Purchase[] };
  "renew-purchases": { input: Renewal; outcome: true };
  "find-purchase": { input: { purchaseId: string }; outcome: Purchase | undefined };
  "list-purchases": { input: PageCommand & { accountId: string; instrument: string | null }; outcome: Page<Purchase> };
  "put-auto-buy": { input: AutoBuyCommand; outcome: AutoBuy };
  "delete-auto-buy": { input: { accountId: string; instrument: string }; outcome: boolean };
  "list-auto-buys": { input: { accountId: string }; outcome: AutoBuy[] };
};

export function buyCommand(request: PurchaseRequest, ids: PurchaseIds): BuyCommand {
  const tokens = requireInteger(request.tokens, "tokens", 1);
  const priceMicrosPerUnit = requireInteger(request.priceMicrosPerUnit, "priceMicrosPerUnit", 0);
  return {
    ...ids,
    accountId: requireText(request.accountId, "accountId"),
    instrument: requireText(request.instrument, "instrument"),
    tokens,
    priceMicrosPerUnit,
    costMicros: costOf(tokens, priceMicrosPerUnit),
    reference: optionalText(request.reference, "reference"),
  };
}

export function autoPurchaseCommand(request: AutoPurchaseRequest, purchaseId: string): AutoPurchaseCommand {
  return {
    purchaseId,
    accountId: requireText(request.accountId, "accountId"),
    instrument: requireText(request.instrument, "instrument"),
    priceMicrosPerUnit: requireInteger(request.priceMicrosPerUnit, "priceMicrosPerUnit", 0),
    neededTokens: requireInteger(request.neededTokens, "neededTokens", 0),
    leaseUntilMs: requireInteger(request.leaseUntilMs, "leaseUntilMs", 0),
  };
}

export function autoBuyCommand(setting: AutoBuySetting): AutoBuyCommand {
  return {
    accountId: requireText(setting.accountId, "accountId"),
    instrument: requireText(setting.instrument, "instrument"),
    enabled: requireBoolean(setting.enabled, "enabled"),
    tokens: requireInteger(setting.tokens, "tokens", 1),
    belowTokens: requireInteger(setting.belowTokens, "belowTokens", 0),
    priceMicrosPerUnitMax: optionalInteger(setting.priceMicrosPerUnitMax, "priceMicrosPerUnitMax", 0),
  };
}

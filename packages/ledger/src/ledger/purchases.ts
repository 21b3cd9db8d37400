/** Purchases: tokens for credits, asked for by the account or set to happen by themselves. */

import { optionalText, requireText } from "../bounds.ts";
import { type Renewal, renewal, takeOver } from "../lease.ts";
import { type Page, type PageRequest, pageCommand } from "../page.ts";
import {
  type AutoBuy,
  type AutoBuySetting,
  type AutoPurchaseOutcome,
  type AutoPurchaseRequest,
  autoBuyCommand,
  autoPurchaseCommand,
  buyCommand,
  type FillOutcome,
  type Purchase,
  type PurchaseIds,
  type PurchaseOutcome,
  type PurchaseRequest,
} from "../purchase.ts";
import { freshId, type Parts } from "./parts.ts";

export type Purchases = {
  /** Buys tokens at once: takes their cost from the credits and deposits a lot, both or neither. */
  buy(request: PurchaseRequest): Promise<PurchaseOutcome>;

  /** Begins what auto-buy is set to buy. There is at most one pending purchase of an account in an instrument, whoever asks. */
  beginPurchase(request: AutoPurchaseRequest): Promise<AutoPurchaseOutcome>;

  /** Fills a pending purchase as `buy` does. One that credits do not reach stays pending; one of a closed account fails. */
  fillPurchase(purchaseId: string): Promise<FillOutcome>;

  /** Gives a pending purchase up. One that was resolved before stays as it is. */
  failPurchase(failure: { purchaseId: string; problem: string }): Promise<Purchase | undefined>;

  /** Gives the pending purchases that nobody has seen through in time, now leased to the caller. */
  takeOverPurchases(taking: { limit: number; leaseUntilMs: number }): Promise<Purchase[]>;

  /** Has the leases of pending purchases that the caller sees through go on. */
  renewPurchases(renewal: Renewal): Promise<true>;

  purchase(purchaseId: string): Promise<Purchase | undefined>;

  purchases(accountId: string, page: PageRequest & { instrument?: string }): Promise<Page<Purchase>>;

  putAutoBuy(setting: AutoBuySetting): Promise<AutoBuy>;

  deleteAutoBuy(accountId: string, instrument: string): Promise<boolean>;

  autoBuys(accountId: string): Promise<AutoBuy[]>;
};

export function purchasesOf(parts: Parts): Purchases {
  return { ...boughtOf(parts), ...automaticOf(parts), ...autoBuysOf(parts) };
}

function boughtOf({ submit, random }: Parts): Pick<Purchases, "buy" | "purchase" | "purchases"> {
  const ids = (): PurchaseIds => ({ purchaseId: freshId("pur", random), lotId: freshId("lot", random) });
  return {
    buy: async (request) => submit("buy", buyCommand(request, ids())),
    purchase: async (purchaseId) => submit("find-purchase", { purchaseId: requireText(purchaseId, "purchaseId") }),
    purchases: async (accountId, page) =>
      submit("list-purchases", {
        accountId: requireText(accountId, "accountId"),
        instrument: optionalText(page.instrument, "instrument"),
        ...pageCommand("purchases", page),
      }),
  };
}

type Automatic = Pick<
  Purchases,
  "beginPurchase" | "fillPurchase" | "failPurchase" | "takeOverPurchases" | "renewPurchases"
>;

function automaticOf({ submit, random }: Parts): Automatic {
  return {
    beginPurchase: async (request) => submit("begin-purchase", autoPurchaseCommand(request, freshId("pur", random))),
    fillPurchase: async (purchaseId) =>
      submit("fill-purchase", { purchaseId: requireText(purchaseId, "purchaseId"), lotId: freshId("lot", random) }),
    failPurchase: async ({ purchaseId, problem }) =>
      submit("fail-purchase", {
        purchaseId: requireText(purchaseId, "purchaseId"),
        problem: requireText(problem, "problem"),
      }),
    takeOverPurchases: async (taking) => submit("take-over-purchases", takeOver(taking)),
    renewPurchases: async (given) => submit("renew-purchases", renewal(given)),
  };
}

function autoBuysOf({ submit }: Parts): Pick<Purchases, "putAutoBuy" | "deleteAutoBuy" | "autoBuys"> {
  return {
    putAutoBuy: async (setting) => submit("put-auto-buy", autoBuyCommand(setting)),
    deleteAutoBuy: async (accountId, instrument) =>
      submit("delete-auto-buy", {
        accountId: requireText(accountId, "accountId"),
        instrument: requireText(instrument, "instrument"),
      }),
    autoBuys: async (accountId) => submit("list-auto-buys", { accountId: requireText(accountId, "accountId") }),
  };
}

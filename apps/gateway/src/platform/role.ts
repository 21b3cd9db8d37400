/** Who may do what: a consumption key sees and manages its own account, an operator key every account. */
import type { Key, Ledger } from "@interchange/ledger";
import type { Asker, OperationId } from "./operation.ts";
import { forbidden, notFound, type Refused } from "./refused.ts";

/** `own`: whoever's account it is, and operators. What of it is for operators alone, such as a limit, is said in its handler. */
export type Who = "operator" | "own";

export const WHO: Readonly<Record<OperationId, Who>> = {
  listAccounts: "operator",
  createAccount: "operator",
  retrieveAccount: "own",
  updateAccount: "own",
  closeAccount: "operator",
  listKeys: "own",
  createKey: "own",
  retrieveKey: "own",
  updateKey: "own",
  rotateKey: "own",
  revokeKey: "own",
  listBalances: "own",
  listLots: "own",
  depositTokens: "operator",
  listMovements: "own",
  retrieveCredits: "own",
  depositCredits: "operator",
  listPurchases: "own",
  createPurchase: "own",
  retrievePurchase: "own",
  listAutoBuys: "own",
  putAutoBuy: "own",
  deleteAutoBuy: "own",
  retrieveAutoReload: "own",
  putAutoReload: "own",
  deleteAutoReload: "own",
  listInvoices: "own",
  retrieveStatement: "own",
  listUsage: "own",
  summarizeUsage: "own",
  retrieveUsage: "own",
  listInstruments: "own",
  createInstrument: "operator",
  retrieveInstrument: "own",
  updateInstrument: "operator",
  retireInstrument: "operator",
  listInstrumentVersions: "operator",
  listInstrumentOffers: "operator",
  listSuppliers: "operator",
  createSupplier: "operator",
  retrieveSupplier: "operator",
  updateSupplier: "operator",
  removeSupplier: "operator",
  listSupplierOffers: "operator",
  createOffer: "operator",
  listSupplierHealth: "operator",
  retrieveOffer: "operator",
  updateOffer: "operator",
  removeOffer: "operator",
  explainRoute: "own",
};

export function isOperator({ role }: Key): boolean {
  return role === "operator";
}

/** Whether the key may ask about a thing of this account. */
export function maySee({ key }: Pick<Asker, "key">, accountId: string): boolean {
  return isOperator(key) || key.accountId === accountId;
}

export function refuseRole(key: Key, who: Who): Refused | undefined {
  if (who === "own" || isOperator(key)) return undefined;
  return forbidden("This is for operators; a consumption key sees and manages its own account.");
}

/** The account that a caller names, `me` being its own. One that it may not see is told as if there were none. */
export async function findAccount(ledger: Ledger, key: Key, named: string): Promise<string | Refused> {
  if (named === "me" || named === key.accountId) return key.accountId;
  const found = isOperator(key) ? await ledger.account(named) : undefined;
  return found?.id ?? notFound("account", named, "account_id");
}

/** A key that may use some instruments alone may not spend the account's credits on others. */
export function mayBuy({ instruments }: Key, instrument: string): Refused | undefined {
  if (instruments === undefined || instruments.includes(instrument)) return undefined;
  return forbidden(`This key may not buy ${instrument}.`);
}

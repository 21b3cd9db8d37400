/** Balances: lots put in, and what stands. */

import type { Balance } from "../balance.ts";
import { optionalText, requireText } from "../bounds.ts";
import { type Deposit, depositCommand, type Lot } from "../lot.ts";
import { type Page, type PageRequest, pageCommand } from "../page.ts";
import { freshId, type Parts } from "./parts.ts";

export type Balances = {
  /** Puts a lot into a balance; once per reference, which another deposit may not bear. */
  deposit(deposit: Deposit): Promise<Lot>;

  lots(accountId: string, page: PageRequest & { instrument?: string }): Promise<Page<Lot>>;

  /** One balance, all zero when nothing was ever deposited. Lots past their expiry have lapsed before it is read. */
  balance(accountId: string, instrument: string): Promise<Balance>;

  /** Every balance of an account, by instrument. */
  balances(accountId: string): Promise<Balance[]>;
};

export function balancesOf({ submit, random }: Parts): Balances {
  return {
    deposit: async (deposit) => submit("deposit", depositCommand(deposit, freshId("lot", random))),
    lots: async (accountId, page) =>
      submit("list-lots", {
        accountId: requireText(accountId, "accountId"),
        instrument: optionalText(page.instrument, "instrument"),
        ...pageCommand("lots", page),
      }),
    balance: async (accountId, instrument) =>
      submit("balance", {
        accountId: requireText(accountId, "accountId"),
        instrument: requireText(instrument, "instrument"),
      }),
    balances: async (accountId) => submit("balances", { accountId: requireText(accountId, "accountId") }),
  };
}

/** Accounts: opened, read, changed, closed. */

import type { Account, AccountChange, AccountOpening } from "../account.ts";
import { accountChangeCommand, accountCommand } from "../account.ts";
import { requireText } from "../bounds.ts";
import { type Page, type PageRequest, pageCommand } from "../page.ts";
import { freshId, type Parts } from "./parts.ts";

export type Accounts = {
  /** Opens an account; with an id that exists it gives that account. */
  openAccount(opening: AccountOpening): Promise<Account>;

  account(accountId: string): Promise<Account | undefined>;

  accounts(page: PageRequest): Promise<Page<Account>>;

  changeAccount(change: AccountChange): Promise<Account | undefined>;

  /** Closes an account for good. Closing again gives the first closing. */
  closeAccount(accountId: string): Promise<Account | undefined>;
};

/** `onChange` hears of an account when its change has been tried, whether or not that is known to have come about. */
export function accountsOf({ submit, random }: Parts, onChange: (accountId: string) => void): Accounts {
  const told = async <Outcome>(accountId: string, change: () => Promise<Outcome>): Promise<Outcome> => {
    try {
      return await change();
    } finally {
      onChange(accountId);
    }
  };

  return {
    openAccount: async (opening) =>
      submit(
        "open-account",
        accountCommand(opening, () => freshId("acc", random)),
      ),
    account: async (accountId) => submit("find-account", { accountId: requireText(accountId, "accountId") }),
    accounts: async (page) => submit("list-accounts", pageCommand("accounts", page)),
    changeAccount: async (change) => {
      const command = accountChangeCommand(change);
      return told(command.accountId, () => submit("change-account", command));
    },
    closeAccount: async (accountId) => {
      const command = { accountId: requireText(accountId, "accountId") };
      return told(accountId, () => submit("close-account", command));
    },
  };
}

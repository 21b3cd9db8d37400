/** An account: who pays. */

import { optionalText, requireText } from "./bounds.ts";

export type Account = {
  id: string;
  name: string;
  createdAtMs: number;
};

export type AccountOpening = {
  name: string;
  /** Opening the same id again gives the account that is there, name unchanged. */
  id?: string;
};

export type AccountCommand = { accountId: string; name: string };

export function accountCommand(opening: AccountOpening, freshId: () => string): AccountCommand {
  const id = optionalText(opening.id, "id");
  return { accountId: id ?? freshId(), name: requireText(opening.name, "name") };
}

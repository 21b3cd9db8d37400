/** An account: who pays. */

import { optionalText, requireText } from "./bounds.ts";
import { type Limits, type LimitsCommand, limitsCommand } from "./limits.ts";
import type { Page, PageCommand } from "./page.ts";

export type Account = {
  id: string;
  name: string;
  /** Bought by requests that name no instrument. */
  defaultInstrument?: string;
  limits: Limits;
  createdAtMs: number;
  /** A closed account's keys are refused and nothing new is held, bought or deposited; what runs is finished. */
  closedAtMs?: number;
};

export type AccountOpening = {
  name: string;
  /** Opening the same id again gives the account that is there, unchanged. */
  id?: string;
  defaultInstrument?: string;
  limits?: Limits;
};

/** What is absent stays as it is. */
export type AccountChange = {
  accountId: string;
  name?: string;
  /** Null takes it away. */
  defaultInstrument?: string | null;
  /** All of them anew. */
  limits?: Limits;
};

export type AccountCommand = {
  accountId: string;
  name: string;
  defaultInstrument: string | null;
  limits: LimitsCommand;
};

/** What is absent stays as it is. */
export type AccountChangeCommand = {
  accountId: string;
  name?: string;
  defaultInstrument?: string | null;
  limits?: LimitsCommand;
};

export type AccountCommands = {
  "open-account": { input: AccountCommand; outcome: Account };
  "find-account": { input: { accountId: string }; outcome: Account | undefined };
  "list-accounts": { input: PageCommand; outcome: Page<Account> };
  "change-account": { input: AccountChangeCommand; outcome: Account | undefined };
  "close-account": { input: { accountId: string }; outcome: Account | undefined };
};

export function accountCommand(opening: AccountOpening, freshId: () => string): AccountCommand {
  const id = optionalText(opening.id, "id");
  return {
    accountId: id ?? freshId(),
    name: requireText(opening.name, "name"),
    defaultInstrument: optionalText(opening.defaultInstrument, "defaultInstrument"),
    limits: limitsCommand(opening.limits),
  };
}

export function accountChangeCommand({ accountId, ...change }: AccountChange): AccountChangeCommand {
  const { name, defaultInstrument, limits } = change;
  return {
    accountId: requireText(accountId, "accountId"),
    ...(name !== undefined && { name: requireText(name, "name") }),
    ...(defaultInstrument !== undefined && {
      defaultInstrument: optionalText(defaultInstrument ?? undefined, "defaultInstrument"),
    }),
    ...(limits !== undefined && { limits: limitsCommand(limits) }),
  };
}

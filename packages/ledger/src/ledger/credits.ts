/** Credits: put in by an operator, and reloaded from a payment method. */

import { requireText } from "../bounds.ts";
import { type CreditBalance, type CreditDeposit, type CreditDepositing, creditCommand } from "../credit.ts";
import { type Renewal, renewal, takeOver } from "../lease.ts";
import { type Page, type PageRequest, pageCommand } from "../page.ts";
import {
  type AutoReload,
  type AutoReloadSetting,
  autoReloadCommand,
  type GrantedOutcome,
  type Reload,
  type ReloadOutcome,
  type ReloadRequest,
  type ReloadResolution,
  reloadCommand,
  resolutionCommand,
} from "../reload.ts";
import { freshId, type Parts } from "./parts.ts";

export type Credits = {
  /** Puts credits into an account; once per reference. */
  depositCredits(depositing: CreditDepositing): Promise<CreditDeposit>;

  credits(accountId: string): Promise<CreditBalance>;

  /** Begins what auto-reload is set to charge. There is at most one pending reload of an account, whoever asks. */
  beginReload(request: ReloadRequest): Promise<ReloadOutcome>;

  /** Writes down how the provider answered; what was paid becomes credits. Resolving again changes nothing. */
  resolveReload(resolution: ReloadResolution): Promise<Reload | undefined>;

  /** Gives the pending reloads that nobody has seen through in time, now leased to the caller. */
  takeOverReloads(taking: { limit: number; leaseUntilMs: number }): Promise<Reload[]>;

  /** Has the leases of pending reloads that the caller sees through go on. */
  renewReloads(renewal: Renewal): Promise<true>;

  reloads(accountId: string, page: PageRequest): Promise<Page<Reload>>;

  putAutoReload(setting: AutoReloadSetting): Promise<AutoReload>;

  /** Puts it unless it goes beyond what was granted. */
  putGrantedAutoReload(setting: AutoReloadSetting): Promise<GrantedOutcome>;

  /** Puts it, and grants the account to set as much by itself from now on, and no more. */
  grantAutoReload(setting: AutoReloadSetting): Promise<AutoReload>;

  /** Tells whether there was one. What was granted stays so. */
  deleteAutoReload(accountId: string): Promise<boolean>;

  /** Deletes it together with what was granted. */
  withdrawAutoReload(accountId: string): Promise<boolean>;

  autoReload(accountId: string): Promise<AutoReload | undefined>;
};

export function creditsOf(parts: Parts): Credits {
  const { submit, random } = parts;
  return {
    depositCredits: async (depositing) => submit("deposit-credits", creditCommand(depositing, freshId("crd", random))),
    credits: async (accountId) => submit("credits", { accountId: requireText(accountId, "accountId") }),
    ...reloadsOf(parts),
    ...autoReloadsOf(parts),
  };
}

type Reloads = Pick<Credits, "beginReload" | "resolveReload" | "takeOverReloads" | "renewReloads" | "reloads">;

function reloadsOf({ submit, random }: Parts): Reloads {
  return {
    beginReload: async (request) => submit("begin-reload", reloadCommand(request, freshId("rel", random))),
    resolveReload: async (resolution) =>
      submit("resolve-reload", resolutionCommand(resolution, freshId("crd", random))),
    takeOverReloads: async (taking) => submit("take-over-reloads", takeOver(taking)),
    renewReloads: async (given) => submit("renew-reloads", renewal(given)),
    reloads: async (accountId, page) =>
      submit("list-reloads", { accountId: requireText(accountId, "accountId"), ...pageCommand("reloads", page) }),
  };
}

type AutoReloads = Pick<
  Credits,
  | "putAutoReload"
  | "putGrantedAutoReload"
  | "grantAutoReload"
  | "deleteAutoReload"
  | "withdrawAutoReload"
  | "autoReload"
>;

function autoReloadsOf({ submit }: Parts): AutoReloads {
  const named = (accountId: string) => ({ accountId: requireText(accountId, "accountId") });
  return {
    putAutoReload: async (setting) => submit("put-auto-reload", autoReloadCommand(setting)),
    putGrantedAutoReload: async (setting) => submit("put-granted-auto-reload", autoReloadCommand(setting)),
    grantAutoReload: async (setting) => submit("grant-auto-reload", autoReloadCommand(setting)),
    deleteAutoReload: async (accountId) => submit("delete-auto-reload", named(accountId)),
    withdrawAutoReload: async (accountId) => submit("withdraw-auto-reload", named(accountId)),
    autoReload: async (accountId) => submit("auto-reload", named(accountId)),
  };
}

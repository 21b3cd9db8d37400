/** Credits: put in by an operator, and reloaded from a payment method. */

import { requireText } from "../bounds.ts";
import { type CreditBalance, type CreditDeposit, type CreditDepositing, creditCommand } from "../credit.ts";
import { type Page, type PageRequest, pageCommand } from "../page.ts";
import { takeOver } from "../purchase.ts";
import {
  type AutoReload,
  type AutoReloadSetting,
  autoReloadCommand,
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

  reloads(accountId: string, page: PageRequest): Promise<Page<Reload>>;

  putAutoReload(setting: AutoReloadSetting): Promise<AutoReload>;

  deleteAutoReload(accountId: string): Promise<boolean>;

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

type Reloads = Pick<Credits, "beginReload" | "resolveReload" | "takeOverReloads" | "reloads">;

function reloadsOf({ submit, random }: Parts): Reloads {
  return {
    beginReload: async (request) => submit("begin-reload", reloadCommand(request, freshId("rel", random))),
    resolveReload: async (resolution) =>
      submit("resolve-reload", resolutionCommand(resolution, freshId("crd", random))),
    takeOverReloads: async (taking) => submit("take-over-reloads", takeOver(taking)),
    reloads: async (accountId, page) =>
      submit("list-reloads", { accountId: requireText(accountId, "accountId"), ...pageCommand("reloads", page) }),
  };
}

function autoReloadsOf({ submit }: Parts): Pick<Credits, "putAutoReload" | "deleteAutoReload" | "autoReload"> {
  return {
    putAutoReload: async (setting) => submit("put-auto-reload", autoReloadCommand(setting)),
    deleteAutoReload: async (accountId) =>
      submit("delete-auto-reload", { accountId: requireText(accountId, "accountId") }),
    autoReload: async (accountId) => submit("auto-reload", { accountId: requireText(accountId, "accountId") }),
  };
}

/** A reload: one charge of an account's payment method, which becomes credits. What the account sees of it is an invoice. */

import { requireBoolean, requireInteger, requireText } from "./bounds.ts";
import type { Renewal, TakeOver } from "./lease.ts";
import { LedgerError } from "./ledger-error.ts";
import type { Page, PageCommand } from "./page.ts";

export type ReloadState = "pending" | "paid" | "declined";

export type Reload = {
  id: string;
  accountId: string;
  amountMicros: number;
  state: ReloadState;
  /** What the payment provider calls it. */
  payment?: string;
  /** Why it was declined. */
  problem?: string;
  createdAtMs: number;
  resolvedAtMs?: number;
};

/** What auto-reload may do for an account. */
export type AutoReload = {
  enabled: boolean;
  /** Charged at a time; more when a purchase needs more. */
  amountMicros: number;
  /** Charged when less than so much is available. */
  belowMicros: number;
  /** Never more than so much in one calendar month, UTC. */
  monthlyLimitMicros: number;
  /** Paid or pending in the month of now. */
  reloadedThisMonthMicros: number;
  /** After a decline nothing is charged until then, or until the setting is put again. */
  pausedUntilMs?: number;
  updatedAtMs: number;
};

export type AutoReloadSetting = {
  accountId: string;
  enabled: boolean;
  amountMicros: number;
  belowMicros: number;
  monthlyLimitMicros: number;
};

/** The most that an account may set by itself. It outlives the setting, so that deleting and putting anew does not undo it. */
export type AutoReloadGrant = {
  amountMicros: number;
  monthlyLimitMicros: number;
};

/** `beyond-grant`: nothing was put; without a grant nothing may be. */
export type GrantedOutcome =
  | { kind: "put"; autoReload: AutoReload }
  | { kind: "beyond-grant"; grant?: AutoReloadGrant };

export type ReloadRequest = {
  accountId: string;
  /** The credits that a purchase needs; 0 when they are only low. */
  neededMicros: number;
  /** Until then nobody else takes the reload over. */
  leaseUntilMs: number;
};

/** As with purchases: `begun` is for this caller to see through; what is neither begun nor under way says why not. */
export type ReloadOutcome =
  | { kind: "begun" | "under-way"; reload: Reload }
  | { kind: "enough" }
  | { kind: "off" }
  | { kind: "paused"; untilMs: number; problem: string }
  | { kind: "limit-reached"; monthlyLimitMicros: number; reloadedThisMonthMicros: number };

/** How the payment provider answered. */
export type ReloadResolution =
  | { reloadId: string; kind: "paid"; payment: string }
  | { reloadId: string; kind: "declined"; problem: string; pausedUntilMs: number };

export type ReloadCommand = ReloadRequest & { reloadId: string };

/** What is written down of the provider's answer; `depositId` is for the credits that come of it. */
export type ResolutionCommand = ReloadResolution & { depositId: string };

export type ReloadCommands = {
  "begin-reload": { input: ReloadCommand; outcome: ReloadOutcome };
  "resolve-reload": { input: ResolutionCommand; outcome: Reload | undefined };
  "take-over-reloads": { input: TakeOver; outcome: Reload[] };
  "renew-reloads": { input: Renewal; outcome: true };
  "list-reloads": { input: PageCommand & { accountId: string }; outcome: Page<Reload> };
  "put-auto-reload": { input: AutoReloadSetting; outcome: AutoReload };
  "put-granted-auto-reload": { input: AutoReloadSetting; outcome: GrantedOutcome };
  "grant-auto-reload": { input: AutoReloadSetting; outcome: AutoReload };
  "delete-auto-reload": { input: { accountId: string }; outcome: boolean };
  "withdraw-auto-reload": { input: { accountId: string }; outcome: boolean };
  "auto-reload": { input: { accountId: string }; outcome: AutoReload | undefined };
};

export function reloadCommand(request: ReloadRequest, reloadId: string): ReloadCommand {
  return {
    reloadId,
    accountId: requireText(request.accountId, "accountId"),
    neededMicros: requireInteger(request.neededMicros, "neededMicros", 0),
    leaseUntilMs: requireInteger(request.leaseUntilMs, "leaseUntilMs", 0),
  };
}

export function resolutionCommand(resolution: ReloadResolution, depositId: string): ResolutionCommand {
  const reloadId = requireText(resolution.reloadId, "reloadId");
  if (resolution.kind === "paid") {
    return { depositId, reloadId, kind: "paid", payment: requireText(resolution.payment, "payment") };
  }
  // What comes from outside may be of no kind that we know.
  if ((resolution.kind as string) !== "declined") throw new LedgerError("bad-input", "kind must be paid or declined");
  return {
    depositId,
    reloadId,
    kind: "declined",
    problem: requireText(resolution.problem, "problem"),
    pausedUntilMs: requireInteger(resolution.pausedUntilMs, "pausedUntilMs", 0),
  };
}

export function autoReloadCommand(setting: AutoReloadSetting): AutoReloadSetting {
  return {
    accountId: requireText(setting.accountId, "accountId"),
    enabled: requireBoolean(setting.enabled, "enabled"),
    amountMicros: requireInteger(setting.amountMicros, "amountMicros", 1),
    belowMicros: requireInteger(setting.belowMicros, "belowMicros", 0),
    monthlyLimitMicros: requireInteger(setting.monthlyLimitMicros, "monthlyLimitMicros", 1),
  };
}

/** The first instant of the calendar month, UTC. */
export function monthBeginMs(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
}

/** Usage: what requests came to, listed and summed. */

import { optionalInteger, optionalText } from "./bounds.ts";
import { LedgerError } from "./ledger-error.ts";
import type { Page, PageCommand, Period } from "./page.ts";
import type { Receipt, ReceiptStatus } from "./receipt.ts";

/** What is absent does not filter. */
export type UsageFilter = Period & {
  accountId?: string;
  instrument?: string;
  keyId?: string;
  status?: ReceiptStatus;
  /** Those that used more than hold and balance gave. */
  overrun?: true;
};

export type UsageGrouping = "day" | "model" | "key" | "instrument";

/** One row of a summary, by requests' beginnings. */
export type UsageSum = {
  /** The day (`2026-01-31`, UTC), model, key or instrument; empty where a request has none. */
  group: string;
  /** Resolved ones. */
  requests: number;
  /** Those among them that came to nothing. */
  errors: number;
  tokens: number;
  costMicros: number;
  overrun: number;
};

/** A filter as the store is asked with it: null filters nothing. */
export type FilterCommand = {
  accountId: string | null;
  instrument: string | null;
  keyId: string | null;
  status: ReceiptStatus | null;
  overrun: boolean;
  fromMs: number | null;
  toMs: number | null;
};

export type UsageCommands = {
  receipt: { input: { requestId: string }; outcome: Receipt | undefined };
  "list-receipts": { input: FilterCommand & PageCommand; outcome: Page<Receipt> };
  "summarize-usage": { input: FilterCommand & { by: UsageGrouping }; outcome: UsageSum[] };
};

const STATUSES = ["pending", "reconciled", "error"] as const satisfies readonly ReceiptStatus[];
const GROUPINGS = ["day", "model", "key", "instrument"] as const satisfies readonly UsageGrouping[];

export function filterCommand(filter: UsageFilter): FilterCommand {
  const { fromMs, toMs } = periodCommand(filter);
  return {
    accountId: optionalText(filter.accountId, "accountId"),
    instrument: optionalText(filter.instrument, "instrument"),
    keyId: optionalText(filter.keyId, "keyId"),
    status: filter.status === undefined ? null : requireOneOf(STATUSES, filter.status, "status"),
    overrun: filter.overrun === true,
    fromMs,
    toMs,
  };
}

export function groupingOf(by: unknown): UsageGrouping {
  return requireOneOf(GROUPINGS, by, "by");
}

function periodCommand({ fromMs, toMs }: Period): { fromMs: number | null; toMs: number | null } {
  const from = optionalInteger(fromMs, "fromMs", 0);
  return { fromMs: from, toMs: optionalInteger(toMs, "toMs", from ?? 0) };
}

function requireOneOf<Word extends string>(words: readonly Word[], value: unknown, name: string): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new LedgerError("bad-input", `${name} must be one of ${words.join(", ")}, not ${String(value)}`);
}

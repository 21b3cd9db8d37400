/** What came of requests, and what moved: receipts, summaries, statements. */

import { type AccountStatement, type Movement, statementCommand } from "../account-statement.ts";
import { optionalText, requireText } from "../bounds.ts";
import { type Page, type PageRequest, pageCommand } from "../page.ts";
import type { Receipt } from "../receipt.ts";
import { filterCommand, groupingOf, type UsageFilter, type UsageGrouping, type UsageSum } from "../usage.ts";
import type { Parts } from "./parts.ts";

export type Usages = {
  receipt(requestId: string): Promise<Receipt | undefined>;

  receipts(filter: UsageFilter, page: PageRequest): Promise<Page<Receipt>>;

  /** Sums of what was resolved, the greatest use first; days in their order. */
  usageSummary(filter: UsageFilter, by: UsageGrouping): Promise<UsageSum[]>;

  statement(accountId: string, period: { fromMs: number; toMs: number }): Promise<AccountStatement>;

  movements(accountId: string, page: PageRequest & { instrument?: string }): Promise<Page<Movement>>;
};

export function usagesOf({ submit }: Parts): Usages {
  return {
    receipt: async (requestId) => submit("receipt", { requestId: requireText(requestId, "requestId") }),
    receipts: async (filter, page) =>
      submit("list-receipts", { ...filterCommand(filter), ...pageCommand("receipts", page) }),
    usageSummary: async (filter, by) => submit("summarize-usage", { ...filterCommand(filter), by: groupingOf(by) }),
    statement: async (accountId, period) => submit("statement", statementCommand(accountId, period)),
    movements: async (accountId, page) =>
      submit("list-movements", {
        accountId: requireText(accountId, "accountId"),
        instrument: optionalText(page.instrument, "instrument"),
        ...pageCommand("movements", page),
      }),
  };
}

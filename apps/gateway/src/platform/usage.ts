/** Usage: receipts, listed, one by one and summed. */
import type { UsageSum as Wire } from "@interchange/contract/platform";
import type { UsageFilter, UsageSum } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { writeTokens, writeUsd } from "./amount.ts";
import { readPeriod, writeOptionalInstant } from "./instant.ts";
import { readFilter } from "./instrument.ts";
import type { Asker, Operations } from "./operation.ts";
import { readPage, writePage } from "./page.ts";
import { writeReceipt } from "./receipt.ts";
import { isRefused, notFound, type Refused } from "./refused.ts";
import { findAccount, isOperator, maySee } from "./role.ts";

export function usage(engine: Engine): Operations<"listUsage" | "summarizeUsage" | "retrieveUsage"> {
  const { ledger } = engine;
  return {
    async listUsage({ query }, asker) {
      const filter = await readUsageFilter(engine, query, asker);
      if (isRefused(filter)) return filter;
      return { status: 200, body: writePage(await ledger.receipts(filter, readPage(query)), writeReceipt) };
    },
    async summarizeUsage({ query }, asker) {
      const filter = await readUsageFilter(engine, query, asker);
      if (isRefused(filter)) return filter;
      const data = (await ledger.usageSummary(filter, query.by)).map(writeSum);
      const from = writeOptionalInstant(filter.fromMs);
      return { status: 200, body: { by: query.by, from, to: writeOptionalInstant(filter.toMs), data } };
    },
    async retrieveUsage({ path }, asker) {
      const receipt = await ledger.receipt(path.request_id);
      if (receipt === undefined || !maySee(asker, receipt.accountId)) {
        return notFound("request", path.request_id, "request_id");
      }
      return { status: 200, body: writeReceipt(receipt) };
    },
  };
}

interface Query {
  readonly account_id?: string;
  readonly instrument?: string;
  readonly key_id?: string;
  readonly status?: UsageFilter["status"];
  readonly overrun?: boolean;
  readonly from?: string;
  readonly to?: string;
}

async function readUsageFilter(engine: Engine, query: Query, asker: Asker): Promise<UsageFilter | Refused> {
  const account = await readAccount(engine, query, asker);
  if (isRefused(account)) return account;
  const instrument = readFilter(engine, query);
  if (isRefused(instrument)) return instrument;
  const period = readPeriod(query);
  if (isRefused(period)) return period;
  const { key_id: keyId, status, overrun } = query;
  return {
    ...account,
    ...instrument,
    ...period,
    ...(keyId === undefined ? {} : { keyId }),
    ...(status === undefined ? {} : { status }),
    ...(overrun === true ? { overrun } : {}),
  };
}

/** An operator that names no account means all of them. */
async function readAccount(
  { ledger }: Engine,
  { account_id: named }: Query,
  { key }: Asker,
): Promise<{ accountId?: string } | Refused> {
  if (named === undefined) return isOperator(key) ? {} : { accountId: key.accountId };
  const accountId = await findAccount(ledger, key, named);
  return isRefused(accountId) ? accountId : { accountId };
}

function writeSum({ group, requests, errors, tokens, costMicros }: UsageSum): Wire {
  return { key: group, requests, errors, tokens: writeTokens(tokens), cost_usd: writeUsd(costMicros) };
}

/** Invoices: what an account sees of its reloads. */
import type { Invoice } from "@interchange/contract/platform";
import type { Reload } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { writeUsd } from "./amount.ts";
import { writeInstant, writeOptionalInstant } from "./instant.ts";
import type { Operations } from "./operation.ts";
import { readPage, writePage } from "./page.ts";

export function invoices({ ledger }: Engine): Operations<"listInvoices"> {
  return {
    async listInvoices({ query }, { accountId }) {
      return { status: 200, body: writePage(await ledger.reloads(accountId, readPage(query)), writeInvoice) };
    },
  };
}

function writeInvoice(reload: Reload): Invoice {
  return {
    id: reload.id,
    account_id: reload.accountId,
    amount_usd: writeUsd(reload.amountMicros),
    status: reload.state,
    payment: reload.payment ?? null,
    problem: reload.problem ?? null,
    created_at: writeInstant(reload.createdAtMs),
    resolved_at: writeOptionalInstant(reload.resolvedAtMs),
  };
}

/** Credits: the dollars of an account, with which tokens are bought. */
import type { CreditDeposit as DepositWire, Credits as Wire } from "@interchange/contract/platform";
import type { CreditBalance, CreditDeposit } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { readUsd, writeUsd } from "./amount.ts";
import { writeInstant } from "./instant.ts";
import type { Operations } from "./operation.ts";
import { given, isRefused } from "./refused.ts";

export function credits({ ledger }: Engine): Operations<"retrieveCredits" | "depositCredits"> {
  return {
    async retrieveCredits(_, { accountId }) {
      return { status: 200, body: writeCredits(await ledger.credits(accountId)) };
    },
    async depositCredits({ body }, { accountId }) {
      const amountMicros = readUsd("amount_usd", body.amount_usd);
      const depositing = given({ accountId, amountMicros, reference: body.reference ?? undefined });
      if (isRefused(depositing)) return depositing;
      return { status: 201, body: writeDeposit(await ledger.depositCredits(depositing)) };
    },
  };
}

function writeCredits({ depositedMicros, availableMicros, spentMicros }: CreditBalance): Wire {
  return {
    deposited_usd: writeUsd(depositedMicros),
    available_usd: writeUsd(availableMicros),
    spent_usd: writeUsd(spentMicros),
  };
}

function writeDeposit(deposit: CreditDeposit): DepositWire {
  return {
    id: deposit.id,
    account_id: deposit.accountId,
    amount_usd: writeUsd(deposit.amountMicros),
    source: deposit.source,
    reference: deposit.reference ?? null,
    created_at: writeInstant(deposit.createdAtMs),
  };
}

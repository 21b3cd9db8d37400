/** Lots: tokens that came in together. */
import type { DepositTokensRequest, Lot as Wire } from "@interchange/contract/platform";
import type { Deposit, Lot } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { readTokens, readUsd, writeTokens, writeUsd } from "./amount.ts";
import { readFuture, writeInstant, writeOptionalInstant } from "./instant.ts";
import { readFilter, readInstrument } from "./instrument.ts";
import type { Operations } from "./operation.ts";
import { readPage, writePage } from "./page.ts";
import { given, isRefused, type Refused } from "./refused.ts";

export function lots(engine: Engine): Operations<"listLots" | "depositTokens"> {
  const { ledger } = engine;
  return {
    async listLots({ query }, { accountId }) {
      const filter = readFilter(engine, query);
      if (isRefused(filter)) return filter;
      return {
        status: 200,
        body: writePage(await ledger.lots(accountId, { ...readPage(query), ...filter }), writeLot),
      };
    },
    async depositTokens({ body }, { accountId }) {
      const deposit = readDeposit(engine, body, accountId);
      return isRefused(deposit) ? deposit : { status: 201, body: writeLot(await ledger.deposit(deposit)) };
    },
  };
}

function readDeposit(engine: Engine, body: DepositTokensRequest, accountId: string): Deposit | Refused {
  const { expires_at: expiry, reference } = body;
  return given({
    accountId,
    instrument: readInstrument(engine, "instrument", body.instrument),
    tokens: readTokens("tokens", body.tokens),
    costMicros: readUsd("cost_usd", body.cost_usd ?? "0"),
    expiresAtMs: expiry == null ? undefined : readFuture("expires_at", expiry, engine.clock()),
    reference: reference ?? undefined,
  });
}

function writeLot(lot: Lot): Wire {
  return {
    id: lot.id,
    account_id: lot.accountId,
    instrument: lot.instrument,
    tokens: writeTokens(lot.tokens),
    remaining: writeTokens(lot.remaining),
    cost_usd: writeUsd(lot.costMicros),
    created_at: writeInstant(lot.createdAtMs),
    expires_at: writeOptionalInstant(lot.expiresAtMs),
    reference: lot.reference ?? null,
  };
}

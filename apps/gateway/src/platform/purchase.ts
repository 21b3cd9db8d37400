/** Purchases: tokens bought with credits, at the price of now. */
import type { CreatePurchaseRequest, Purchase as Wire } from "@interchange/contract/platform";
import type { Purchase, PurchaseOutcome, PurchaseRequest } from "@interchange/ledger";
import { priceOf } from "../buying/price.ts";
import type { Engine } from "../engine.ts";
import { readTokens, writeTokens, writeUsd } from "./amount.ts";
import { writeInstant, writeOptionalInstant } from "./instant.ts";
import { readFilter, readInstrument } from "./instrument.ts";
import type { Asker, Operations } from "./operation.ts";
import { readPage, writePage } from "./page.ts";
import { given, isRefused, notFound, type Refused } from "./refused.ts";
import { mayBuy, maySee } from "./role.ts";

export function purchases(engine: Engine): Operations<"listPurchases" | "createPurchase" | "retrievePurchase"> {
  const { ledger } = engine;
  return {
    async listPurchases({ query }, { accountId }) {
      const filter = readFilter(engine, query);
      if (isRefused(filter)) return filter;
      const page = await ledger.purchases(accountId, { ...readPage(query), ...filter });
      return { status: 200, body: writePage(page, writePurchase) };
    },
    async createPurchase({ body }, asker) {
      const order = readOrder(engine, body, asker);
      if (isRefused(order)) return order;
      const outcome = await ledger.buy(order);
      engine.buyer.noteCredits(order.accountId);
      return told(outcome);
    },
    async retrievePurchase({ path }, asker) {
      const purchase = await ledger.purchase(path.purchase_id);
      if (purchase === undefined || !maySee(asker, purchase.accountId)) {
        return notFound("purchase", path.purchase_id, "purchase_id");
      }
      return { status: 200, body: writePurchase(purchase) };
    },
  };
}

function told(outcome: PurchaseOutcome) {
  if (outcome.kind === "filled") return { status: 201 as const, body: writePurchase(outcome.purchase) };
  const { availableMicros, neededMicros } = outcome;
  return { kind: "refused" as const, refusal: { kind: "credits-too-low" as const, availableMicros, neededMicros } };
}

function readOrder(engine: Engine, body: CreatePurchaseRequest, asker: Asker): PurchaseRequest | Refused {
  const order = given({
    accountId: asker.accountId,
    instrument: readInstrument(engine, "instrument", body.instrument),
    tokens: readTokens("tokens", body.tokens),
    reference: body.reference ?? undefined,
  });
  if (isRefused(order)) return order;
  return (
    mayBuy(asker.key, order.instrument) ?? given({ ...order, priceMicrosPerUnit: priceNow(engine, order.instrument) })
  );
}

function priceNow(engine: Engine, instrument: string): number | Refused {
  const price = priceOf(engine.market, instrument);
  return price ?? { kind: "refused", refusal: { kind: "nobody-eligible", instrument, excluded: [] } };
}

function writePurchase(purchase: Purchase): Wire {
  return {
    id: purchase.id,
    account_id: purchase.accountId,
    instrument: purchase.instrument,
    tokens: writeTokens(purchase.tokens),
    cost_usd: writeUsd(purchase.costMicros),
    price_usd_per_unit: writeUsd(purchase.priceMicrosPerUnit),
    automatic: purchase.automatic,
    status: purchase.state,
    problem: purchase.problem ?? null,
    lot_id: purchase.lotId ?? null,
    reference: purchase.reference ?? null,
    created_at: writeInstant(purchase.createdAtMs),
    resolved_at: writeOptionalInstant(purchase.resolvedAtMs),
  };
}

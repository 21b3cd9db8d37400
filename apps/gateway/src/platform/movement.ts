/** Movements: the journal of an account's tokens. */
import type { Movement as Wire } from "@interchange/contract/platform";
import type { Movement } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { writeTokens } from "./amount.ts";
import { writeInstant } from "./instant.ts";
import { readFilter } from "./instrument.ts";
import type { Operations } from "./operation.ts";
import { readPage, writePage } from "./page.ts";
import { isRefused } from "./refused.ts";

export function movements(engine: Engine): Operations<"listMovements"> {
  return {
    async listMovements({ query }, { accountId }) {
      const filter = readFilter(engine, query);
      if (isRefused(filter)) return filter;
      const page = await engine.ledger.movements(accountId, { ...readPage(query), ...filter });
      return { status: 200, body: writePage(page, writeMovement) };
    },
  };
}

function writeMovement({ number, movement, reference, instrument, amounts, atMs }: Movement): Wire {
  return {
    number,
    movement,
    reference,
    instrument,
    deposited: writeTokens(amounts.deposited),
    available: writeTokens(amounts.available),
    held: writeTokens(amounts.held),
    used: writeTokens(amounts.used),
    lapsed: writeTokens(amounts.lapsed),
    at: writeInstant(atMs),
  };
}

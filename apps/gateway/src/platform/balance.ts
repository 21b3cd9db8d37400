/** Balances: the tokens of an account, by instrument. */
import type { Balance as Wire } from "@interchange/contract/platform";
import type { Balance } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { writeTokens } from "./amount.ts";
import type { Operations } from "./operation.ts";

export function balances({ ledger }: Engine): Operations<"listBalances"> {
  return {
    async listBalances(_, { accountId }) {
      return { status: 200, body: { data: (await ledger.balances(accountId)).map(writeBalance) } };
    },
  };
}

function writeBalance({ instrument, deposited, available, held, used, lapsed }: Balance): Wire {
  return {
    instrument,
    deposited: writeTokens(deposited),
    available: writeTokens(available),
    held: writeTokens(held),
    used: writeTokens(used),
    lapsed: writeTokens(lapsed),
  };
}

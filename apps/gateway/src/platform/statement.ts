/** Statements: what an account had, got and used in a period. */
import type {
  CreditStatement as CreditsWire,
  InstrumentStatement as InstrumentWire,
  Statement,
} from "@interchange/contract/platform";
import type { AccountStatement, CreditStatement, InstrumentStatement } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { writeTokens, writeUsd } from "./amount.ts";
import { readWholePeriod, writeInstant } from "./instant.ts";
import type { Operations } from "./operation.ts";
import { isRefused } from "./refused.ts";

export function statements({ ledger }: Engine): Operations<"retrieveStatement"> {
  return {
    async retrieveStatement({ query }, { accountId }) {
      const period = readWholePeriod(query);
      if (isRefused(period)) return period;
      return { status: 200, body: writeStatement(await ledger.statement(accountId, period)) };
    },
  };
}

function writeStatement({ accountId, fromMs, toMs, instruments, credits }: AccountStatement): Statement {
  return {
    account_id: accountId,
    from: writeInstant(fromMs),
    to: writeInstant(toMs),
    instruments: instruments.map(writeInstrument),
    credits: writeCredits(credits),
  };
}

function writeInstrument({ instrument, ...tokens }: InstrumentStatement): InstrumentWire {
  return {
    instrument,
    opening: writeTokens(tokens.opening),
    deposited: writeTokens(tokens.deposited),
    used: writeTokens(tokens.used),
    lapsed: writeTokens(tokens.lapsed),
    closing: writeTokens(tokens.closing),
  };
}

function writeCredits(credits: CreditStatement): CreditsWire {
  return {
    opening_usd: writeUsd(credits.openingMicros),
    deposited_usd: writeUsd(credits.depositedMicros),
    spent_usd: writeUsd(credits.spentMicros),
    closing_usd: writeUsd(credits.closingMicros),
  };
}

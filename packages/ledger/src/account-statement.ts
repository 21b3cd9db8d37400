/** An account's statement of a period: what stood, what moved, what stands. */

import { requireInteger, requireText } from "./bounds.ts";
import type { Amounts, MovementKind } from "./movement.ts";
import type { Page, PageCommand } from "./page.ts";

/** `opening + deposited − used − lapsed = closing`; tokens that are held are still the account's. */
export type InstrumentStatement = {
  instrument: string;
  opening: number;
  deposited: number;
  used: number;
  lapsed: number;
  closing: number;
};

/** `openingMicros + depositedMicros − spentMicros = closingMicros`. */
export type CreditStatement = {
  openingMicros: number;
  depositedMicros: number;
  spentMicros: number;
  closingMicros: number;
};

export type AccountStatement = {
  accountId: string;
  fromMs: number;
  toMs: number;
  instruments: InstrumentStatement[];
  credits: CreditStatement;
};

/** One row of the journal. */
export type Movement = {
  /** Grows with time. */
  number: number;
  movement: MovementKind;
  reference: string;
  instrument: string;
  amounts: Required<Amounts>;
  atMs: number;
};

export type StatementCommand = { accountId: string; fromMs: number; toMs: number };

export type StatementCommands = {
  statement: { input: StatementCommand; outcome: AccountStatement };
  "list-movements": { input: PageCommand & { accountId: string; instrument: string | null }; outcome: Page<Movement> };
};

/** The period's end lies not before its beginning. */
export function statementCommand(accountId: string, period: { fromMs: number; toMs: number }): StatementCommand {
  const fromMs = requireInteger(period.fromMs, "fromMs", 0);
  return {
    accountId: requireText(accountId, "accountId"),
    fromMs,
    toMs: requireInteger(period.toMs, "toMs", fromMs),
  };
}

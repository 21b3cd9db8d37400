/** Credits: an account's dollars, in whole micro-dollars, with which tokens are bought. */

import { optionalText, requireInteger, requireText } from "./bounds.ts";

/** `depositedMicros = availableMicros + spentMicros` at every commit. */
export type CreditBalance = { depositedMicros: number; availableMicros: number; spentMicros: number };

export type CreditDeposit = {
  id: string;
  accountId: string;
  amountMicros: number;
  /** Given by an operator, or by a reload that was paid. */
  source: "deposit" | "reload";
  reference?: string;
  createdAtMs: number;
};

export type CreditDepositing = {
  accountId: string;
  /** From 1 micro-dollar to 2^53 − 1. */
  amountMicros: number;
  /** The same reference of one account deposits once, and gives the first deposit again; for another amount it is a conflict. */
  reference?: string;
};

export type CreditCommand = {
  depositId: string;
  accountId: string;
  amountMicros: number;
  reference: string | null;
};

export type CreditCommands = {
  "deposit-credits": { input: CreditCommand; outcome: CreditDeposit };
  credits: { input: { accountId: string }; outcome: CreditBalance };
};

export function creditCommand(depositing: CreditDepositing, depositId: string): CreditCommand {
  return {
    depositId,
    accountId: requireText(depositing.accountId, "accountId"),
    amountMicros: requireInteger(depositing.amountMicros, "amountMicros", 1),
    reference: optionalText(depositing.reference, "reference"),
  };
}

/** A lot: tokens of one instrument bought together, with what they cost and when they lapse. */

import { optionalText, requireExpiry, requireInteger, requireText } from "./bounds.ts";

export type Lot = {
  id: string;
  accountId: string;
  instrument: string;
  tokens: number;
  /** What is neither drawn nor lapsed. */
  remaining: number;
  costMicros: number;
  createdAtMs: number;
  expiresAtMs?: number;
  reference?: string;
};

export type Deposit = {
  accountId: string;
  instrument: string;
  tokens: number;
  /** What the whole lot cost, in micro-dollars; 0 for a gift. */
  costMicros: number;
  /** From this instant on the lot serves only holds taken before, and what they leave lapses; absent means never. */
  expiresAtMs?: number;
  /** The same reference of one account deposits once, and gives the first lot again; for a deposit that differs it is a conflict. */
  reference?: string;
};

export type DepositCommand = {
  lotId: string;
  accountId: string;
  instrument: string;
  tokens: number;
  costMicros: number;
  expiresAtMs: number;
  reference: string | null;
};

export function depositCommand(deposit: Deposit, lotId: string): DepositCommand {
  return {
    lotId,
    accountId: requireText(deposit.accountId, "accountId"),
    instrument: requireText(deposit.instrument, "instrument"),
    tokens: requireInteger(deposit.tokens, "tokens", 1),
    costMicros: requireInteger(deposit.costMicros, "costMicros", 0),
    expiresAtMs: requireExpiry(deposit.expiresAtMs, "expiresAtMs"),
    reference: optionalText(deposit.reference, "reference"),
  };
}

/**
 * The cost of taking `tokens` of a lot of which `takenBefore` are gone: the difference of two running costs, each rounded down.
 * So the parts never add up to more than the lot cost, and to exactly that when it is empty, however it was taken.
 */
export function proratedCost(lot: { tokens: number; costMicros: number }, takenBefore: number, tokens: number): number {
  return runningCost(lot, takenBefore + tokens) - runningCost(lot, takenBefore);
}

function runningCost(lot: { tokens: number; costMicros: number }, taken: number): number {
  // The product can pass 2^53, the quotient cannot.
  return Number((BigInt(lot.costMicros) * BigInt(taken)) / BigInt(lot.tokens));
}

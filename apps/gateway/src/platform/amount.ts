/** Amounts on the wire: decimal strings, exactly. A float never stands between them and the books. */
import { type Refused, unfit } from "./refused.ts";

const MICROS_DIGITS = 6;

/** Whole tokens; more than the books can hold is refused. */
export function readTokens(param: string, text: string): number | Refused {
  return /^\d+$/.test(text) ? within(param, BigInt(text)) : unfit(param, "must be a whole number of tokens");
}

/** US dollars with at most six decimals, as micro-dollars. */
export function readUsd(param: string, text: string): number | Refused {
  const [, whole, decimals = ""] = USD.exec(text) ?? [];
  if (whole === undefined) return unfit(param, "must be an amount in dollars with at most six decimals");
  return within(param, BigInt(whole + decimals.padEnd(MICROS_DIGITS, "0")));
}

const USD = /^(\d+)(?:\.(\d{1,6}))?$/;

const MAX = BigInt(Number.MAX_SAFE_INTEGER);

function within(param: string, amount: bigint): number | Refused {
  return amount <= MAX ? Number(amount) : unfit(param, "is more than an account can hold");
}

/** Tokens, also those that a movement takes away. */
export function writeTokens(tokens: number): string {
  return String(tokens);
}

export function writeUsd(micros: number): string {
  const digits = String(micros).padStart(MICROS_DIGITS + 1, "0");
  return `${digits.slice(0, -MICROS_DIGITS)}.${digits.slice(-MICROS_DIGITS)}`;
}

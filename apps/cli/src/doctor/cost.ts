/** What the doctor's own questions cost the caller. */
import type { Found } from "./found.ts";

export interface Cost {
  /** Questions that were answered, if only in part. */
  readonly answered: number;
  /** Of those that have been settled. */
  readonly tokens: number;
  /** A decimal with six places, of those that have been settled. */
  readonly usd: string;
  /** Questions of which it is not known yet. */
  readonly unknown: number;
}

const MICROS = 1_000_000n;

export function costOf({ trips = [], receipts = [] }: Partial<Found>): Cost {
  const settled = receipts.filter(({ receipt }) => receipt.status !== "pending").map(({ receipt }) => receipt);
  const micros = settled.reduce((sum, { cost_usd }) => sum + microsOf(cost_usd), 0n);
  return {
    answered: trips.length,
    tokens: settled.reduce((sum, { tokens_used }) => sum + Number(tokens_used), 0),
    usd: `${micros / MICROS}.${String(micros % MICROS).padStart(6, "0")}`,
    unknown: trips.length - settled.length,
  };
}

/** Amounts are decimal strings, and never floats. */
function microsOf(usd: string): bigint {
  const [whole = "0", fraction = ""] = usd.split(".");
  return BigInt(whole) * MICROS + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

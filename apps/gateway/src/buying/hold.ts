/** A hold for which tokens are bought where there are too few. */
import type { RefusalOf } from "@interchange/inference";
import type { HoldOutcome, HoldRequest, Ledger } from "@interchange/ledger";
import type { Buyer } from "./buyer.ts";

export type BuyingHoldOutcome =
  | Exclude<HoldOutcome, { kind: "balance-too-low" }>
  | RefusalOf<"balance-too-low" | "tokens-on-the-way">;

export interface HoldParts {
  readonly ledger: Pick<Ledger, "hold">;
  readonly buyer: Pick<Buyer, "help" | "noteAvailable">;
}

/** Who finds that the tokens bought meanwhile are gone again as often as this is asked to come again. */
const TRIES_MAX = 3;

/** Holds; a caller that lacks tokens is asked to come again when they are being bought, and refused when they are not. */
export async function holdBuying({ ledger, buyer }: HoldParts, request: HoldRequest): Promise<BuyingHoldOutcome> {
  const { instrument } = request;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const hold = await ledger.hold(request);
    if (hold.kind === "held") buyer.noteAvailable(request, hold.available);
    if (hold.kind !== "balance-too-low") return hold;
    const help = await buyer.help(request, request.tokens);
    if (help.kind === "not-bought") return { ...hold, instrument, notBought: help.why };
    if (help.kind === "on-the-way") return { ...help, kind: "tokens-on-the-way", instrument };
  }
  return { kind: "tokens-on-the-way", instrument };
}

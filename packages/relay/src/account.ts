/** How a run ends in the books: settled to what was used, or given back whole. */
import { totalTokens, type Usage } from "@interchange/inference";
import type { Ledger } from "@interchange/ledger";

/** Milliseconds since 1970. */
export interface Timing {
  readonly sentAtMs: number;
  readonly firstEventAtMs?: number;
  readonly endedAtMs: number;
}

export interface Delivered {
  readonly requestId: string;
  readonly supplier: string;
  /** The model that served, in the supplier's own words. */
  readonly model: string;
  readonly usage: Usage;
  readonly timing: Timing;
}

export async function settle(ledger: Ledger, delivered: Delivered): Promise<void> {
  const { raw: _, ...usage } = delivered.usage;
  await ledger.settle({
    requestId: delivered.requestId,
    tokens: totalTokens(delivered.usage),
    usage: { ...usage },
    supplier: delivered.supplier,
    model: delivered.model,
    timing: { ...delivered.timing },
  });
}

export async function giveBack(ledger: Ledger, requestId: string, reason: string): Promise<void> {
  await ledger.release({ requestId, reason });
}

/** What a run has come to, made fit for the books. */
import { totalTokens, type Usage } from "@interchange/inference";
import type { SettlementRequest } from "@interchange/ledger";

/** Milliseconds since 1970. */
export interface Timing {
  readonly sentAtMs: number;
  readonly firstEventAtMs?: number;
  readonly endedAtMs: number;
}

export interface Delivered {
  readonly requestId: string;
  readonly supplier: string;
  /** The model that served, in the supplier's own words; empty when it said none. */
  readonly model: string;
  /** The one that was asked for, in the supplier's words too. */
  readonly asked: string;
  readonly usage: Usage;
  readonly timing: Timing;
  /** What of the request could not be said to the supplier. */
  readonly dropped: readonly string[];
}

/** The ledger is exact about what it takes and suppliers about nothing, so what they say is made fit for it here. */
export function writeSettlement(delivered: Delivered): SettlementRequest {
  const { raw: _, ...usage } = delivered.usage;
  return {
    requestId: delivered.requestId,
    tokens: Math.min(totalTokens(delivered.usage), Number.MAX_SAFE_INTEGER),
    usage: { ...usage },
    supplier: delivered.supplier,
    ...modelOf(delivered),
    timing: { ...delivered.timing },
    dropped: delivered.dropped.slice(0, NAMES_MAX).map((name) => name.slice(0, NAME_CHARS_MAX)),
  };
}

/** As much of the name as the books keep. The one with which the hold was made may be another supplier's. */
function modelOf({ model, asked }: Delivered): { model?: string } {
  const name = [model, asked].map(fitting).find((fit) => fit !== "");
  return name === undefined ? {} : { model: name };
}

function fitting(name: string): string {
  return name.replaceAll("\0", "").slice(0, MODEL_CHARS_MAX).toWellFormed();
}

const MODEL_CHARS_MAX = 256;

/** As many names of what was dropped, and as much of each, as the books keep. */
const NAMES_MAX = 100;
const NAME_CHARS_MAX = 256;

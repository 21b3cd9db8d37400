/** How a stream has ended, and what becomes of its hold. */
import type { SupplierFailure } from "@interchange/inference";
import { giveBack, settle } from "./account.ts";
import { reasonOf } from "./failure.ts";
import type { Meter } from "./meter.ts";
import type { Trip } from "./run.ts";

/** Whoever is not told to the end has left; nobody has heard anything of what was never begun. */
export type Ending =
  | { readonly kind: "complete" | "left" | "unheard" }
  | { readonly kind: "failed"; readonly failure: SupplierFailure };

/** What is known of an answer that has streamed. */
export interface Known {
  readonly model: string;
  readonly firstEventAtMs: number;
  readonly meter: Meter;
}

/** A caller that leaves pays for what was delivered; a supplier that fails is paid by nobody. */
export async function resolveHold(trip: Trip, ending: Ending, known: Known): Promise<void> {
  const { options, run, sentAtMs } = trip;
  const { ledger } = options;
  if (ending.kind === "unheard") return giveBack(ledger, run.requestId, "the caller left");
  if (ending.kind === "failed") {
    options.onTried?.(run, ending.failure);
    return giveBack(ledger, run.requestId, reasonOf(ending.failure));
  }
  if (ending.kind === "complete") options.onTried?.(run, undefined);
  const usage = known.meter.usage();
  await settle(ledger, {
    requestId: run.requestId,
    supplier: run.supplier.name,
    model: known.model,
    usage,
    timing: { sentAtMs, firstEventAtMs: known.firstEventAtMs, endedAtMs: options.clock() },
    dropped: trip.dropped,
  });
  options.onSettled?.(run, usage);
}

/** An error of ours: the caller owes nothing. */
export function returnHold({ options, run }: Trip): Promise<void> {
  return giveBack(options.ledger, run.requestId, "an error of the gateway");
}

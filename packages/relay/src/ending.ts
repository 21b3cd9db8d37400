/** How a stream has ended, and what becomes of its hold. */
import type { EventWriter } from "@interchange/dialects";
import type { SupplierFailure } from "@interchange/inference";
import type { Books } from "./books.ts";
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
  readonly writer: Pick<EventWriter<unknown>, "waiting">;
}

/** A caller that leaves pays for what was delivered; for a supplier that fails, it does only where the operator says so. */
export async function resolveHold(trip: Trip, ending: Ending, known: Known): Promise<void> {
  const { options, books, run } = trip;
  if (ending.kind === "unheard") return books.giveBack(run.requestId, "the caller left");
  if (ending.kind === "failed") options.onTried?.(run, ending.failure);
  if (ending.kind === "complete") options.onTried?.(run, undefined);
  if (ending.kind === "failed" && !isOwed(trip, known)) return books.giveBack(run.requestId, reasonOf(ending.failure));
  return settleStream(trip, known);
}

function isOwed({ options }: Trip, { meter }: Known): boolean {
  return options.brokenStreams === "delivered" && meter.hasDelivered();
}

async function settleStream({ options, books, run, sentAtMs, dropped }: Trip, known: Known): Promise<void> {
  const usage = known.meter.usage(known.writer.waiting());
  await books.settle({
    requestId: run.requestId,
    supplier: run.supplier.name,
    model: known.model,
    usage,
    timing: { sentAtMs, firstEventAtMs: known.firstEventAtMs, endedAtMs: options.clock() },
    dropped,
  });
  options.onSettled?.(run, usage);
}

/** An error of ours: the caller owes nothing. What fails in here is but a consequence, and the error before it is the one to be read. */
export async function giveBackAfter(books: Books, requestId: string): Promise<void> {
  await books.giveBack(requestId, "an error of the gateway").catch(() => undefined);
}

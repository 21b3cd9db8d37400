/** How a stream has ended, what its attempt has come to, and what becomes of its hold. */
import type { EventWriter } from "@interchange/dialects";
import type { SupplierFailure, Usage } from "@interchange/inference";
import type { Asking } from "./asking.ts";
import type { Tried } from "./attempt.ts";
import type { Books } from "./books.ts";
import { reasonOf } from "./failure.ts";
import type { Meter } from "./meter.ts";
import { speedOf, type Times } from "./speed.ts";
import type { Trip } from "./trip.ts";
import { LEFT } from "./verdict.ts";

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
  readonly dropped: readonly string[];
  /** Whether its caller was ever waited for. */
  wasHeldBack(): boolean;
}

/** A caller that leaves pays for what was delivered; for a supplier that fails, it does only where the operator says so. */
export async function resolveHold(trip: Trip, asking: Asking, ending: Ending, known: Known): Promise<void> {
  const { options, books, run } = trip;
  const usage = known.meter.usage(known.writer.waiting());
  const times = { sentAtMs: asking.sentAtMs, endedAtMs: options.clock() };
  asking.end(triedOf(ending, known, usage, times));
  if (ending.kind === "unheard") return books.giveBack(run.requestId, LEFT.message);
  if (ending.kind === "failed" && !isOwed(trip, known)) return books.giveBack(run.requestId, reasonOf(ending.failure));
  await books.settle({
    requestId: run.requestId,
    supplier: asking.attempt.supplier.name,
    model: known.model,
    asked: asking.attempt.model,
    usage,
    timing: { ...times, firstEventAtMs: known.firstEventAtMs },
    dropped: known.dropped,
  });
  options.onSettled?.(run, asking.attempt, usage);
}

function isOwed({ options }: Trip, { meter }: Known): boolean {
  return options.brokenStreams === "delivered" && meter.hasDelivered();
}

function triedOf(ending: Ending, known: Known, usage: Usage, times: Times): Tried {
  switch (ending.kind) {
    case "complete":
      return speedOf(known, usage, times);
    case "failed": {
      const { failure } = ending;
      return failure.caller ? { kind: "refused", failure } : { kind: "failed", failure, begun: true };
    }
    default:
      return { kind: "left" };
  }
}

/** An error of ours: the caller owes nothing. What fails in here is but a consequence, and the error before it is the one to be read. */
export async function giveBackAfter(books: Books, requestId: string): Promise<void> {
  await books.giveBack(requestId, "an error of the gateway").catch(() => undefined);
}

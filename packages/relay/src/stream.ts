/** An answer that streams: the supplier's bytes in, the surface's events out, the hold resolved with the last of them. */
import type { EventWriter } from "@interchange/dialects";
import type { InferenceEvent, SupplierFailure } from "@interchange/inference";
import { giveBack, settle } from "./account.ts";
import { type Exchange, letGo } from "./exchange.ts";
import { readFault, reasonOf, sentenceOf, withhold } from "./failure.ts";
import { createMeter, type Meter } from "./meter.ts";
import { Reading } from "./reading.ts";
import type { Run, Trip } from "./run.ts";

type Events = AsyncGenerator<InferenceEvent, undefined>;

/** The supplier's bytes as our events. A connection that breaks is one more event, the last. */
export async function* readEvents(run: Run, opened: Exchange): Events {
  if (!opened.contentType.includes("event-stream")) {
    letGo(opened.body);
    yield { type: "error", failure: { message: "it was asked for a stream and answered otherwise", caller: false } };
    return undefined;
  }
  const reader = run.supplier.dialect.readEvents();
  try {
    for await (const bytes of opened.body) for (const event of reader.push(bytes)) yield withheld(event);
    for (const event of reader.end()) yield withheld(event);
  } catch (error) {
    yield { type: "error", failure: readFault(error) };
  }
  return undefined;
}

function withheld(event: InferenceEvent): InferenceEvent {
  return event.type === "error" ? { ...event, failure: withhold(event.failure) } : event;
}

/** Whoever stops reading before the stream has ended or broken has left. */
type Ending =
  | { readonly kind: "complete" | "left" | "bug" }
  | { readonly kind: "failed"; readonly failure: SupplierFailure };

/** What is known of the answer while it streams. */
interface Telling {
  readonly writer: EventWriter<unknown>;
  readonly meter: Meter;
  readonly model: string;
  readonly firstEventAtMs: number;
}

/** The surface's events. A writer that fails does so here, before any of them is out. */
export function passOn(trip: Trip, first: InferenceEvent, rest: Events, firstEventAtMs: number): Reading {
  const { run, limit } = trip;
  const writer = run.surface.writeEvents({ requestId: run.requestId, showUsage: run.request.showUsage });
  const model = first.type === "start" ? first.model : run.model;
  const telling = { writer, meter: createMeter(run.inputTokens), model, firstEventAtMs };
  return new Reading({
    limit,
    events: tell(trip, first, rest, telling),
    leaveUnread: () => leaveUnread(trip, rest),
    writeTooLate: () => writer.write({ type: "error", failure: TOO_LATE }),
  });
}

const TOO_LATE: SupplierFailure = { message: "The answer was left unread for too long.", caller: true, timeout: true };

/** Nobody has begun to read, so nothing was delivered. */
async function leaveUnread({ options, run, ended }: Trip, rest: Events): Promise<void> {
  try {
    await rest.return(undefined);
    await giveBack(options.ledger, run.requestId, "the caller left");
  } finally {
    ended();
  }
}

async function* tell(
  trip: Trip,
  first: InferenceEvent,
  rest: Events,
  telling: Telling,
): AsyncGenerator<unknown, undefined> {
  const { run } = trip;
  let ending: Ending | undefined;
  try {
    for (let event: InferenceEvent | undefined = first; event !== undefined; event = (await rest.next()).value) {
      telling.meter.note(event);
      ending = endingOf(event, run);
      const told = lastWords(event, telling.meter).flatMap((word) => telling.writer.write(word));
      // The books are closed before the last event leaves, so that a caller who has it finds its balance settled.
      if (ending !== undefined) await resolveHold(trip, ending, telling);
      yield* told;
      if (ending !== undefined) return undefined;
    }
  } catch (error) {
    ending ??= { kind: "bug" };
    await giveBack(trip.options.ledger, run.requestId, "an error of the gateway");
    throw error;
  } finally {
    try {
      await rest.return(undefined);
      if (ending === undefined) await resolveHold(trip, { kind: "left" }, telling);
    } finally {
      trip.ended();
    }
  }
}

/** The event as the caller is told it. Usage that we counted ourselves is told too, while there is time. */
function lastWords(event: InferenceEvent, meter: Meter): readonly InferenceEvent[] {
  if (event.type === "error") return [{ ...event, failure: sentenceOf(event.failure) }];
  const usage = event.type === "end" ? meter.usage() : undefined;
  return usage?.estimated === true ? [{ type: "usage", usage }, event] : [event];
}

function endingOf(event: InferenceEvent, run: Run): Ending | undefined {
  if (event.type === "end") return { kind: "complete" };
  if (event.type !== "error") return undefined;
  return run.signal.aborted ? { kind: "left" } : { kind: "failed", failure: event.failure };
}

/** A caller that leaves pays for what was delivered; a supplier that fails is paid by nobody. */
async function resolveHold(trip: Trip, ending: Ending, telling: Telling): Promise<void> {
  const { options, run, sentAtMs } = trip;
  if (ending.kind === "failed") {
    options.onTried?.(run, ending.failure);
    return giveBack(options.ledger, run.requestId, reasonOf(ending.failure));
  }
  if (ending.kind === "complete") options.onTried?.(run, undefined);
  const timing = { sentAtMs, firstEventAtMs: telling.firstEventAtMs, endedAtMs: options.clock() };
  const { requestId, supplier } = run;
  return settle(options.ledger, {
    requestId,
    supplier: supplier.name,
    model: telling.model,
    usage: telling.meter.usage(),
    timing,
  });
}

/** How a stream begins: the supplier has said its first word, or it never will. */
import type { EventReader, Told } from "@interchange/dialects";
import { eventsOf, type InferenceEvent, isFailure, type SupplierFailure } from "@interchange/inference";
import type { Exchange, Failed } from "./exchange.ts";
import { readFault, withhold } from "./failure.ts";
import type { Reply } from "./reply.ts";
import type { Supplier } from "./supplier.ts";
import { readWhole } from "./whole.ts";

export interface Beginning {
  readonly kind: "beginning";
  /** What was told so far. */
  readonly told: readonly Told[];
  /** Reads on in the reply, which is paused; absent when all is told. */
  readonly rest?: { readonly reader: EventReader; readonly reply: Reply };
}

/**
 * Waits for the first event that tells something, for as long as the reply lives: pings and comments are as good as silence.
 * A supplier that answers a whole answer where a stream was asked for is told on as a stream.
 */
export async function begin(supplier: Supplier, { contentType, reply }: Exchange): Promise<Beginning | Failed> {
  if (/[/+]json\b/i.test(contentType)) {
    const answer = await readWhole(supplier, reply);
    if (isFailure(answer)) return { kind: "failed", failure: answer };
    return { kind: "beginning", told: eventsOf(answer).map((event) => ({ event })) };
  }
  if (contentType !== "" && !contentType.includes("event-stream")) return { kind: "failed", failure: OTHERWISE };
  const reader = supplier.dialect.readEvents();
  const told = await firstWords(reader, reply);
  const failure = failureIn(told);
  return failure === undefined ? { kind: "beginning", told, rest: { reader, reply } } : { kind: "failed", failure };
}

const OTHERWISE: SupplierFailure = { message: "it was asked for a stream and answered otherwise", caller: false };
const NOTHING: SupplierFailure = { message: "it answered nothing", caller: false };

function firstWords(reader: EventReader, reply: Reply): Promise<readonly Told[]> {
  return new Promise((resolve, reject) => {
    reply.listen({
      data(bytes) {
        const told = withheld(reader.read(bytes));
        if (told.every(({ event }) => event.type === "ping")) return;
        reply.pause();
        reply.listen(undefined);
        resolve(told);
      },
      end: () => resolve(withheld(reader.close())),
      broken: (error) => resolve([errorOf(readFault(error))]),
      bug: reject,
    });
    reply.resume();
  });
}

/** Whoever has but opened its mouth by the time it ends has said nothing that could not be said by another. */
function failureIn(told: readonly Told[]): SupplierFailure | undefined {
  const last = told.at(-1)?.event;
  if (last === undefined) return NOTHING;
  const isOver = last.type === "error" || last.type === "end";
  if (!isOver || told.slice(0, -1).some(({ event }) => !WORDLESS.has(event.type))) return undefined;
  return last.type === "error" ? last.failure : NOTHING;
}

/** What is told around words. */
const WORDLESS: ReadonlySet<InferenceEvent["type"]> = new Set(["ping", "start", "text-start", "text-end", "usage"]);

/** Nothing comes after an error, so that only the last of them can be one. */
export function withheld(told: readonly Told[]): readonly Told[] {
  const last = told.at(-1)?.event;
  return last?.type === "error" ? [...told.slice(0, -1), errorOf(withhold(last.failure))] : told;
}

export function errorOf(failure: SupplierFailure): Told {
  return { event: { type: "error", failure } };
}

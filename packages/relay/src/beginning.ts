/** How a stream begins: the supplier has said its first word, or it never will. */
import type { EventReader, Told } from "@interchange/dialects";
import { eventsOf, isFailure, type SupplierFailure } from "@interchange/inference";
import type { Exchange } from "./exchange.ts";
import { readFault, withhold } from "./failure.ts";
import type { Reply } from "./reply.ts";
import type { Run } from "./run.ts";
import { readWhole } from "./whole.ts";

export interface Beginning {
  /** What was told so far; empty when the supplier has ended without a word. */
  readonly told: readonly Told[];
  /** Reads on in the reply, which is paused; absent when all is told. */
  readonly rest?: { readonly reader: EventReader; readonly reply: Reply };
}

/** A supplier that answers a whole answer where a stream was asked for is told on as a stream. */
export async function begin({ supplier }: Run, { contentType, reply }: Exchange): Promise<Beginning> {
  if (/[/+]json\b/i.test(contentType)) {
    const answer = await readWhole(supplier, reply);
    return isFailure(answer) ? failed(answer) : { told: eventsOf(answer).map((event) => ({ event })) };
  }
  if (contentType !== "" && !contentType.includes("event-stream")) {
    reply.letGo();
    return failed({ message: "it was asked for a stream and answered otherwise", caller: false });
  }
  const reader = supplier.dialect.readEvents();
  return { told: await firstWords(reader, reply), rest: { reader, reply } };
}

function failed(failure: SupplierFailure): Beginning {
  return { told: [errorOf(failure)] };
}

function firstWords(reader: EventReader, reply: Reply): Promise<readonly Told[]> {
  return new Promise((resolve, reject) => {
    reply.listen({
      data(bytes) {
        const told = withheld(reader.read(bytes));
        if (told.length === 0) return;
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

/** Nothing comes after an error, so that only the last of them can be one. */
export function withheld(told: readonly Told[]): readonly Told[] {
  const last = told.at(-1)?.event;
  return last?.type === "error" ? [...told.slice(0, -1), errorOf(withhold(last.failure))] : told;
}

export function errorOf(failure: SupplierFailure): Told {
  return { event: { type: "error", failure } };
}

/** What the event readers of all dialects share: bytes to records, and the promise that the end is always told. */
import type { InferenceEvent, SupplierFailure } from "@interchange/inference";
import type { EventReader } from "./dialect.ts";
import { type SseRecord, sseReader } from "./sse.ts";

/** A dialect's reading of records. Events are handed to `tell` in order. */
export interface RecordReader {
  read(record: SseRecord): void;
  /** The supplier has closed without announcing the end. */
  closed(): void;
}

export type Tell = (event: InferenceEvent) => void;

const NO_EVENTS: readonly InferenceEvent[] = [];

/** A reader of bytes over a dialect's reader of records. After an `end` or an `error` nothing more is told. */
export function eventReader(recordReader: (tell: Tell) => RecordReader): EventReader {
  let told: InferenceEvent[] = [];
  let over = false;
  const tell: Tell = (event) => {
    if (over) return;
    told.push(event);
    over = event.type === "end" || event.type === "error";
  };
  const take = (): readonly InferenceEvent[] => {
    if (told.length === 0) return NO_EVENTS;
    const events = told;
    told = [];
    return events;
  };
  const bytes = sseReader();
  const records = recordReader(tell);
  const readAll = (found: readonly SseRecord[]): void => {
    for (const record of found) if (!over) records.read(record);
    if (bytes.overflowed) tell({ type: "error", failure: TOO_LONG });
  };
  return {
    push(chunk) {
      if (over) return NO_EVENTS;
      readAll(bytes.push(chunk));
      return take();
    },
    end() {
      if (over) return NO_EVENTS;
      readAll(bytes.end());
      records.closed();
      return take();
    },
  };
}

const TOO_LONG = broken("The supplier sent an event that is too long");

/** The stream had something in it that is not JSON. */
export const NOT_JSON = broken("The supplier sent something that is not JSON within its stream");

/** The stream stopped before the answer was finished. */
export const CUT_SHORT = broken("The supplier closed the stream before the answer was finished");

/** A stream that cannot be read on. */
export function broken(message: string): SupplierFailure {
  return { type: "api_error", message, caller: false };
}

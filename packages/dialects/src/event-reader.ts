/** What the event readers of all dialects share: bytes to records, and the promise that the end is always told. */
import type { InferenceEvent, SupplierFailure } from "@interchange/inference";
import type { EventReader, Told } from "./dialect.ts";
import { type Repetition, repetitionOf } from "./repetition.ts";
import { type SseRecord, sseReader } from "./sse.ts";
import { isWire, readJson, type Wire } from "./wire.ts";

/** A dialect's reading of records. Events are handed to `tell` in order. */
export interface RecordReader {
  /** `wire` is what the record's data say as JSON; undefined when they are none. */
  read(record: SseRecord, wire: unknown): void;
  /** The supplier has closed without announcing the end. */
  closed(): void;
  /** The last record came again with this event's text, and was not read; for whoever keeps texts. */
  repeated?(event: InferenceEvent): void;
}

/**
 * Whether a record says one event, and nothing beside it that would have to be changed for a caller. It changes nothing in its
 * reader either but the texts that are kept: the same record with another text would be plain again.
 */
export type IsPlain = (event: InferenceEvent, wire: Wire, record: SseRecord) => boolean;

export type Tell = (event: InferenceEvent) => void;

const NOTHING: readonly Told[] = [];

/** A reader of bytes over a dialect's reader of records. After an `end` or an `error` nothing more is told. */
export function eventReader(
  dialect: string,
  recordReader: (tell: Tell) => RecordReader,
  isPlain: IsPlain,
): EventReader {
  return new Reader(dialect, recordReader, isPlain);
}

class Reader implements EventReader {
  readonly #dialect: string;
  readonly #isPlain: IsPlain;
  readonly #bytes = sseReader();
  readonly #records: RecordReader;
  #told: Told[] = [];
  #isOver = false;
  /** The last record, when it was plain. */
  #repetition: Repetition | undefined;

  constructor(dialect: string, recordReader: (tell: Tell) => RecordReader, isPlain: IsPlain) {
    this.#dialect = dialect;
    this.#isPlain = isPlain;
    this.#records = recordReader((event) => this.#tell(event));
  }

  read(bytes: Uint8Array): readonly Told[] {
    if (this.#isOver) return NOTHING;
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const from = this.#readRepetitions(chunk);
    if (from < chunk.length) this.#readAll(this.#bytes.push(chunk.subarray(from)));
    return this.#taken();
  }

  /** Gives how far they went. The reader of records hears of their texts alone. */
  #readRepetitions(chunk: Buffer): number {
    if (this.#repetition === undefined || !this.#bytes.isBetween) return 0;
    let from = 0;
    for (let told = this.#repetition.at(chunk, 0); told !== undefined; told = this.#repetition.at(chunk, from)) {
      this.#told.push(told);
      this.#records.repeated?.(told.event);
      from += told.plain.bytes.length;
    }
    return from;
  }

  close(): readonly Told[] {
    if (this.#isOver) return NOTHING;
    this.#readAll(this.#bytes.end());
    this.#records.closed();
    return this.#taken();
  }

  push(bytes: Uint8Array): readonly InferenceEvent[] {
    return this.read(bytes).map(({ event }) => event);
  }

  end(): readonly InferenceEvent[] {
    return this.close().map(({ event }) => event);
  }

  #readAll(found: readonly SseRecord[]): void {
    for (const record of found) if (!this.#isOver) this.#read(record);
    if (this.#bytes.overflowed) this.#tell({ type: "error", failure: TOO_LONG });
  }

  #read(record: SseRecord): void {
    this.#repetition = undefined;
    const before = this.#told.length;
    const wire = readJson(record.data);
    this.#records.read(record, wire);
    const { bytes } = record;
    const only = this.#told[before];
    if (bytes === undefined || only === undefined || this.#told.length !== before + 1 || !isWire(wire)) return;
    const { event } = only;
    if (!this.#isPlain(event, wire, record)) return;
    const told = { event, plain: { dialect: this.#dialect, wire, bytes } };
    this.#told[before] = told;
    this.#repetition = repetitionOf(told);
  }

  #tell(event: InferenceEvent): void {
    if (this.#isOver) return;
    this.#told.push({ event });
    this.#isOver = event.type === "end" || event.type === "error";
  }

  #taken(): readonly Told[] {
    if (this.#told.length === 0) return NOTHING;
    const told = this.#told;
    this.#told = [];
    return told;
  }
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

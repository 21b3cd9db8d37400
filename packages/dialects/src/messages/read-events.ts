/** The stream of a supplier. https://docs.anthropic.com/en/docs/build-with-claude/streaming */
import type { SupplierFailure } from "@interchange/inference";
import type { EventReader } from "../dialect.ts";
import { broken, CUT_SHORT, eventReader, NOT_JSON, type RecordReader, type Tell } from "../event-reader.ts";
import { fitting } from "../fitting.ts";
import type { SseRecord } from "../sse.ts";
import { extraOf, isSaid, isTagged, isText, isWire, saidBeside, type Wire, without } from "../wire.ts";
import { WRITTEN } from "./answer.ts";
import { readFailure } from "./error.ts";
import { readFinish } from "./finish.ts";
import { fitsEnd, fitsMessage } from "./fit.ts";
import { NAME } from "./name.ts";
import { isPlain } from "./plain.ts";
import { PartReader } from "./read-parts.ts";
import { readUsage } from "./usage.ts";

export function readEvents(): EventReader {
  return eventReader(NAME, (tell) => new StreamReader(tell), isPlain);
}

class StreamReader implements RecordReader {
  readonly #tell: Tell;
  readonly #parts: PartReader;
  #started = false;
  #finished = false;
  /** Totals so far, in the supplier's words: later ones replace earlier ones, name by name. */
  #usage: Wire = {};

  readonly #steps: Readonly<Record<string, (event: Wire) => void>> = {
    message_start: (event) => this.#start(isWire(event.message) ? event.message : {}),
    content_block_start: (event) => this.#blockStart(event),
    content_block_delta: (event) => this.#blockDelta(event),
    content_block_stop: (event) => this.#parts.stop(event.index),
    message_delta: (event) => this.#messageDelta(event),
    message_stop: () => this.closed(),
    ping: () => this.#tell({ type: "ping" }),
    error: (event) => this.#fail(readFailure(event)),
  };

  constructor(tell: Tell) {
    this.#tell = tell;
    this.#parts = new PartReader(tell);
  }

  read({ event, data }: SseRecord, wire: unknown): void {
    if (data === "") return;
    if (!isWire(wire)) return this.#fail(event === "error" ? SAID_ERROR : NOT_JSON);
    const type = isText(wire.type) ? wire.type : (event ?? (isWire(wire.error) ? "error" : ""));
    if (Object.hasOwn(this.#steps, type)) this.#steps[type]?.(wire);
  }

  closed(): void {
    if (this.#finished) this.#tell({ type: "end" });
    else this.#fail(CUT_SHORT);
  }

  #fail(failure: SupplierFailure): void {
    this.#parts.stopAll();
    this.#tell({ type: "error", failure });
  }

  #start(message: Wire): void {
    if (this.#started) return;
    this.#started = true;
    const usage = this.#addUsage(message.usage) ? { usage: readUsage(this.#usage) } : {};
    this.#tell({
      type: "start",
      id: isText(message.id) ? message.id : "",
      model: isText(message.model) ? message.model : "",
      ...usage,
      ...extraOf(NAME, fitting(without(message, ...WRITTEN), fitsMessage)),
    });
  }

  #addUsage(usage: unknown): boolean {
    if (!isWire(usage)) return false;
    this.#usage = { ...this.#usage, ...saidBeside(usage, NONE) };
    return true;
  }

  /** What comes after the reason for the end is no part of the answer. */
  #blockStart(event: Wire): void {
    if (this.#finished) return;
    if (!this.#started) this.#start({});
    if (isTagged(event.content_block)) this.#parts.start(event.index, event.content_block);
  }

  #blockDelta(event: Wire): void {
    if (this.#finished) return;
    if (!this.#started) this.#start({});
    if (!isTagged(event.delta)) return;
    if (!this.#parts.delta(event.index, event.delta)) this.#fail(NO_BLOCK);
  }

  #messageDelta(event: Wire): void {
    if (!this.#started) this.#start({});
    const delta = isWire(event.delta) ? event.delta : {};
    const extra = extraOf(NAME, fitting(restOf(event, delta), fitsEnd));
    if (isSaid(delta.stop_reason) && !this.#finished) {
      this.#finished = true;
      this.#parts.stopAll();
      this.#tell({ type: "finish", choice: 0, finish: readFinish(delta), ...extra });
    } else if (extra.extra !== undefined) {
      this.#tell({ type: "extra", choice: 0, extra: extra.extra });
    }
    if (this.#addUsage(event.usage)) this.#tell({ type: "usage", usage: readUsage(this.#usage) });
  }
}

const NONE: ReadonlySet<string> = new Set();
const SAID_ERROR = broken("The supplier ended its stream with an error");
const NO_BLOCK = broken("The supplier continued a block that it had not begun");

/** What the end says besides: in a whole answer it stands beside the rest of the message. */
function restOf(event: Wire, delta: Wire): Wire | undefined {
  return without({ ...delta, ...without(event, "delta") }, ...WRITTEN);
}

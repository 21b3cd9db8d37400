/** The stream to a caller. https://docs.anthropic.com/en/docs/build-with-claude/streaming */
import {
  type Extra,
  type Finish,
  type InferenceEvent,
  joinExtra,
  NO_USAGE,
  type StartEvent,
  type SupplierFailure,
  type Usage,
} from "@interchange/inference";
import type { EventWriter, Plain, WriteEventsOptions } from "../dialect.ts";
import { bagOf, type Wire, without } from "../wire.ts";
import { writeHead } from "./answer.ts";
import { writeFailure } from "./error.ts";
import { writeFinish } from "./finish.ts";
import { NAME } from "./name.ts";
import { writeUsage } from "./usage.ts";
import { isPartEvent, PartWriter } from "./write-parts.ts";

export function writeEvents(options: WriteEventsOptions): EventWriter<Wire> {
  return new StreamWriter(options.requestId);
}

const NO_START: StartEvent = { type: "start", id: "", model: "" };

/** What is known of the usage before the supplier has told any. */
const NO_COUNTS: Wire = { input_tokens: 0, output_tokens: 0 };

/** The end of a stream that was announced without a reason. */
const NO_REASON: Finish = { reason: "stop", raw: null };

class StreamWriter implements EventWriter<Wire> {
  readonly #requestId: string;
  readonly #parts = new PartWriter();
  #started = false;
  #isOver = false;
  #finish: Finish = NO_REASON;
  #usage: Usage = NO_USAGE;
  #extra: Extra | undefined;

  constructor(requestId: string) {
    this.#requestId = requestId;
  }

  write(event: InferenceEvent): readonly Wire[] {
    const out: Wire[] = [];
    if (this.#isOver) return out;
    if (isPartEvent(event)) {
      if (!this.#started) this.#start(NO_START, out);
      this.#parts.write(event, out);
    } else this.#writeFrame(event, out);
    return out;
  }

  passes(event: InferenceEvent, { dialect }: Plain): boolean {
    return dialect === NAME && isPartEvent(event) && this.#parts.continues(event);
  }

  waiting(): number {
    return this.#parts.waiting;
  }

  #writeFrame(event: Exclude<InferenceEvent, { part: number }>, out: Wire[]): void {
    switch (event.type) {
      case "start":
        return this.#start(event, out);
      case "extra":
        this.#keep(event.extra);
        return;
      case "finish":
        return this.#keepFinish(event);
      case "usage":
        this.#usage = event.usage;
        return;
      case "ping":
        out.push({ type: "ping" });
        return;
      case "error":
        return this.#fail(event.failure, out);
      case "end":
        return this.#end(out);
    }
  }

  #start(event: StartEvent, out: Wire[]): void {
    if (this.#started) return;
    this.#started = true;
    this.#parts.answerId = event.id;
    this.#usage = event.usage ?? this.#usage;
    const open = {
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: event.usage === undefined ? NO_COUNTS : writeUsage(event.usage),
    };
    out.push({ type: "message_start", message: { ...writeHead(event), ...open, ...bagOf(NAME, event) } });
  }

  /** The first that says something stands. */
  #keepFinish(event: Extract<InferenceEvent, { type: "finish" }>): void {
    if (event.choice !== 0) return;
    if (this.#finish === NO_REASON || this.#finish.reason === "unknown") this.#finish = event.finish;
    this.#keep(event.extra);
  }

  /** What another format has beside its words would only be kept. */
  #keep(extra: Extra | undefined): void {
    if (extra?.[NAME] !== undefined) this.#extra = joinExtra(this.#extra, { [NAME]: extra[NAME] });
  }

  #fail(failure: SupplierFailure, out: Wire[]): void {
    this.#isOver = true;
    this.#parts.close(out);
    out.push({ ...writeFailure(failure, this.#requestId) });
  }

  /** The finish waits for the end, since the last totals may come after it. */
  #end(out: Wire[]): void {
    if (!this.#started) this.#start(NO_START, out);
    this.#isOver = true;
    this.#parts.close(out);
    const bag = this.#extra?.[NAME] ?? {};
    const { context_management } = bag;
    out.push({
      type: "message_delta",
      delta: { ...writeFinish(this.#finish, this.#parts.said), ...without(bag, "context_management") },
      usage: writeUsage(this.#usage),
      ...(context_management === undefined ? {} : { context_management }),
    });
    out.push({ type: "message_stop" });
  }
}

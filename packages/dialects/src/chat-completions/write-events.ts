/** The stream to a caller. https://platform.openai.com/docs/api-reference/chat/streaming */
import type { ExtraEvent, FinishEvent, InferenceEvent, StartEvent, Usage } from "@interchange/inference";
import type { EventWriter, Plain, WriteEventsOptions } from "../dialect.ts";
import { bagOf, isWire, type Wire, without } from "../wire.ts";
import { writeHead } from "./answer.ts";
import { writeFailure } from "./error.ts";
import { writeExplanation, writeFinish } from "./finish.ts";
import { NAME } from "./name.ts";
import { isOfHead } from "./plain.ts";
import { writeUsage } from "./usage.ts";
import { isPartEvent, type PartEvent, PartWriter } from "./write-parts.ts";

export function writeEvents(options: WriteEventsOptions): EventWriter<Wire> {
  return new StreamWriter(options);
}

const NO_START: StartEvent = { type: "start", id: "", model: "" };
const NOTHING: Wire = {};

class StreamWriter implements EventWriter<Wire> {
  readonly #showUsage: boolean;
  readonly #requestId: string;
  readonly #parts = new PartWriter();
  readonly #begun = new Set<number>();
  readonly #finished = new Set<number>();
  /** What every chunk says. */
  #head: Wire | undefined;
  /** What the next chunk says besides. */
  #once: Wire = NOTHING;
  #usage: Usage | undefined;

  constructor({ showUsage, requestId }: WriteEventsOptions) {
    this.#showUsage = showUsage;
    this.#requestId = requestId;
  }

  write(event: InferenceEvent): readonly Wire[] {
    const out: Wire[] = [];
    if (isPartEvent(event)) this.#part(event, out);
    else this.#frame(event, out);
    return out;
  }

  /** Every part may be told at any time. */
  waiting(): number {
    return 0;
  }

  /** A record that waits to be said is said by `write`; so is the role, which begins each choice. */
  passes(event: InferenceEvent, { dialect, wire }: Plain): boolean {
    if (dialect !== NAME || this.#head === undefined || this.#once !== NOTHING) return false;
    if (!("choice" in event) || !this.#begun.has(event.choice)) return false;
    // Whoever asked for usage is told on every chunk that there is none yet; nobody minds who did not.
    const passes = isOfHead(wire, this.#head) && (!this.#showUsage || wire.usage === null);
    // What proves a thought is told with the whole of it.
    if (passes && event.type === "reasoning-delta") this.#parts.thoughts.grow(event);
    return passes;
  }

  #frame(event: Exclude<InferenceEvent, { part: number }>, out: Wire[]): void {
    switch (event.type) {
      case "start":
        return this.#start(event, out);
      case "extra":
        return this.#extra(event, out);
      case "finish":
        return this.#finish(event, out);
      case "usage":
        this.#usage = event.usage;
        return;
      case "ping":
        return;
      case "error":
        out.push({ ...writeFailure(event.failure) });
        return;
      case "end":
        return this.#end(out);
    }
  }

  /** Nothing follows the finish of a choice. */
  #extra(event: ExtraEvent, out: Wire[]): void {
    const bag = bagOf(NAME, event);
    if (event.choice === undefined) this.#keepBeside(bag);
    else if (!this.#finished.has(event.choice)) this.#chunk(event.choice, {}, null, bag, out);
  }

  /** The first chunk tells the role at once, before it is known whether there will be a text. */
  #start(event: StartEvent, out: Wire[]): void {
    // Clients take chunks without an id for no answer.
    const id = event.id === "" ? `chatcmpl-${this.#requestId}` : event.id;
    const names = { ...event, id: id.slice(0, NAME_CHARS_MAX), model: event.model.slice(0, NAME_CHARS_MAX) };
    this.#head = { ...writeHead(names), object: "chat.completion.chunk" };
    this.#keepBeside(bagOf(NAME, event));
    this.#usage = event.usage ?? this.#usage;
    this.#chunk(0, { content: null }, null, NOTHING, out);
  }

  /** A name or a number is repeated on every chunk; what is longer is told once. */
  #keepBeside(bag: Wire): void {
    const records = Object.entries(bag).filter(([, value]) => !isRepeated(value));
    this.#head = { ...this.#head, ...without(bag, ...records.map(([key]) => key)) };
    this.#once = { ...this.#once, ...Object.fromEntries(records) };
  }

  /** Records that came with the usage go with it: whoever has not asked for the one is not told the others. */
  #end(out: Wire[]): void {
    if (!this.#showUsage || this.#usage === undefined) return;
    out.push({ ...this.#head, ...this.#once, choices: [], usage: writeUsage(this.#usage) });
  }

  #part(event: PartEvent, out: Wire[]): void {
    if (this.#finished.has(event.choice)) return;
    const delta = this.#parts.write(event);
    if (delta !== undefined) this.#chunk(event.choice, delta, null, choiceBag(event), out);
  }

  #finish({ choice, finish, ...event }: FinishEvent, out: Wire[]): void {
    if (this.#finished.has(choice)) return;
    this.#finished.add(choice);
    this.#chunk(choice, writeExplanation(finish), null, { ...writeFinish(finish), ...bagOf(NAME, event) }, out);
  }

  #chunk(index: number, delta: Wire, finish: string | null, bag: Wire, out: Wire[]): void {
    if (this.#head === undefined) this.#start(NO_START, out);
    const role = this.#begun.has(index) ? NOTHING : FIRST;
    this.#begun.add(index);
    const { message, ...beside } = bag;
    const said = { ...role, ...delta, ...(isWire(message) ? message : NOTHING) };
    const choice = { index, delta: said, finish_reason: finish, ...beside };
    out.push({ ...this.#head, ...this.#once, choices: [choice], ...(this.#showUsage ? NO_USAGE_YET : NOTHING) });
    this.#once = NOTHING;
  }
}

/** Longer texts are no names. */
const NAME_CHARS_MAX = 256;

function isRepeated(value: unknown): boolean {
  return typeof value === "string" ? value.length <= NAME_CHARS_MAX : typeof value !== "object";
}

const FIRST: Wire = { role: "assistant" };
const NO_USAGE_YET: Wire = { usage: null };

/** The bags of calls are their own; those of texts belong to the choice. */
function choiceBag(event: PartEvent): Wire {
  const { type } = event;
  return type === "text-delta" || type === "refusal-delta" || type === "reasoning-delta" ? bagOf(NAME, event) : NOTHING;
}

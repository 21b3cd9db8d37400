/** Parts as blocks: one open at a time, indexes dense from 0. What comes meanwhile for another part waits its turn. */
import type {
  InferenceEvent,
  OpaqueEvent,
  ReasoningEvent,
  RefusalEvent,
  TextEvent,
  ToolInputEvent,
} from "@interchange/inference";
import { writeCallId } from "../tool-id.ts";
import { bagOf, hasBag, type Wire, without } from "../wire.ts";
import { headOfCall, standInId } from "./answer.ts";
import type { Said } from "./finish.ts";
import { NAME } from "./name.ts";

export type PartEvent = TextEvent | RefusalEvent | ReasoningEvent | ToolInputEvent | OpaqueEvent;

type EventOf<K extends PartEvent["type"]> = Extract<PartEvent, { type: K }>;
type Writers = { readonly [K in PartEvent["type"]]: (event: EventOf<K>, answerId: string) => readonly Wire[] };

export function isPartEvent(event: InferenceEvent): event is PartEvent {
  return Object.hasOwn(STEPS, event.type);
}

type Kind = "text" | "refusal" | "reasoning" | "tool-input" | "opaque";

interface Open {
  readonly part: number;
  readonly kind: Kind;
  /** A delta that callers wait for and the supplier may not send: told before the end when it has not come. */
  owed: Wire | undefined;
}

/** The events of a part from its first on. */
type Waiting = [PartEvent, ...PartEvent[]];

export class PartWriter {
  /** The id of the answer to which the parts belong. */
  answerId = "";
  #index = 0;
  #open: Open | undefined;
  #callsTools = false;
  #declined: string | undefined;
  /** The events of parts that wait: by part, and in the order in which they began, of which so many have been told. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #queue: (Waiting | undefined)[] = [];
  #told = 0;

  /** What of it bears on why the answer ended. */
  get said(): Said {
    return { callsTools: this.#callsTools, declined: this.#declined };
  }

  /** Bytes of text in events that wait. */
  get waiting(): number {
    const texts = [...this.#waiting.values()].flat().map((event) => ("text" in event ? event.text : ""));
    return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  }

  /** Only the first choice has a place in this format; needs keep requests for more away. */
  write(event: PartEvent, out: Wire[]): void {
    if (event.choice !== 0 || ("dialect" in event && event.dialect !== NAME)) return;
    this.#step(event, out);
    this.#tellWaiting(out);
  }

  #step(event: PartEvent, out: Wire[]): void {
    if (this.#open === undefined) this.#start(event, out);
    else if (this.#open.part === event.part) this.#grow(this.#open, event, out);
    else this.#wait(event);
  }

  /** Whether it is more of the block that is open, and that block is counted here as the part is where it was read. */
  continues({ choice, part }: PartEvent): boolean {
    return choice === 0 && this.#open?.part === part && this.#index === part;
  }

  /** Ends what is open and writes what waits. */
  close(out: Wire[]): void {
    while (this.#open !== undefined) {
      this.#stop(this.#open, out);
      this.#tellWaiting(out);
    }
  }

  #tellWaiting(out: Wire[]): void {
    while (this.#open === undefined) {
      const events = this.#queue[this.#told];
      if (events === undefined) return;
      this.#queue[this.#told++] = undefined;
      this.#waiting.delete(events[0].part);
      for (const event of events) this.#step(event, out);
    }
  }

  #wait(event: PartEvent): void {
    const waiting = this.#waiting.get(event.part);
    if (waiting !== undefined) waiting.push(event);
    else if (STEPS[event.type][1] === "start") {
      const begun: Waiting = [event];
      this.#waiting.set(event.part, begun);
      this.#queue.push(begun);
    }
  }

  #start(event: PartEvent, out: Wire[]): void {
    const [kind, step] = STEPS[event.type];
    if (step !== "start") return;
    const [block] = writeStep(event, this.answerId);
    this.#open = { part: event.part, kind, owed: owedBy(event) };
    if (kind === "tool-input") this.#callsTools = true;
    if (kind === "refusal") this.#declined ??= "";
    out.push({ type: "content_block_start", index: this.#index, content_block: block });
  }

  /** What is not of the kind of the block is no part of it. */
  #grow(open: Open, event: PartEvent, out: Wire[]): void {
    const [kind, step] = STEPS[event.type];
    if (step === "start" || (kind !== open.kind && event.type !== "opaque-delta")) return;
    if (step === "end") return this.#stop(open, out);
    if (event.type === "refusal-delta") this.#declined += event.text;
    if (event.type === "reasoning-signature" || event.type === "tool-input-delta") open.owed = undefined;
    for (const delta of writeStep(event, this.answerId)) this.#delta(delta, out);
  }

  #delta(delta: Wire, out: Wire[]): void {
    out.push({ type: "content_block_delta", index: this.#index, delta });
  }

  #stop({ owed }: Open, out: Wire[]): void {
    if (owed !== undefined) this.#delta(owed, out);
    out.push({ type: "content_block_stop", index: this.#index++ });
    this.#open = undefined;
  }
}

/** Thoughts end with a signature and calls have arguments, if only empty ones; what came in this format is said as it was. */
function owedBy(event: PartEvent): Wire | undefined {
  if ("extra" in event && hasBag(NAME, event)) return undefined;
  if (event.type === "tool-input-start") return { type: "input_json_delta", partial_json: "" };
  const isThought = event.type === "reasoning-start" && event.redacted === undefined;
  return isThought ? { type: "signature_delta", signature: "" } : undefined;
}

type Step = "start" | "delta" | "end";

const STEPS: Readonly<Record<PartEvent["type"], readonly [Kind, Step]>> = {
  "text-start": ["text", "start"],
  "text-delta": ["text", "delta"],
  "text-end": ["text", "end"],
  "refusal-start": ["refusal", "start"],
  "refusal-delta": ["refusal", "delta"],
  "refusal-end": ["refusal", "end"],
  "reasoning-start": ["reasoning", "start"],
  "reasoning-delta": ["reasoning", "delta"],
  "reasoning-signature": ["reasoning", "delta"],
  "reasoning-end": ["reasoning", "end"],
  "tool-input-start": ["tool-input", "start"],
  "tool-input-delta": ["tool-input", "delta"],
  "tool-input-end": ["tool-input", "end"],
  "opaque-start": ["opaque", "start"],
  "opaque-delta": ["opaque", "delta"],
  "opaque-end": ["opaque", "end"],
};

function writeStep(event: PartEvent, answerId: string): readonly Wire[] {
  const write = WRITERS[event.type] as (event: PartEvent, answerId: string) => readonly Wire[];
  return write(event, answerId);
}

const NOTHING: readonly Wire[] = [];

const WRITERS: Writers = {
  "text-start": (event) => [{ type: "text", text: "", ...bagOf(NAME, event) }],
  "text-delta": writeTextDelta,
  "text-end": () => NOTHING,
  "refusal-start": () => [{ type: "text", text: "" }],
  "refusal-delta": ({ text }) => [{ type: "text_delta", text }],
  "refusal-end": () => NOTHING,
  "reasoning-start": (event) => [
    event.redacted === undefined
      ? { type: "thinking", thinking: "", signature: "", ...bagOf(NAME, event) }
      : { type: "redacted_thinking", data: event.redacted, ...bagOf(NAME, event) },
  ],
  "reasoning-delta": (event) => [{ type: "thinking_delta", thinking: event.text, ...bagOf(NAME, event) }],
  "reasoning-signature": ({ signature }) => [{ type: "signature_delta", signature }],
  "reasoning-end": () => NOTHING,
  "tool-input-start": writeCallStart,
  "tool-input-delta": (event) => [{ type: "input_json_delta", partial_json: event.text, ...bagOf(NAME, event) }],
  "tool-input-end": () => NOTHING,
  "opaque-start": ({ wire }) => [wire as Wire],
  "opaque-delta": ({ wire }) => [wire as Wire],
  "opaque-end": () => NOTHING,
};

/** Citations have deltas of their own. */
function writeTextDelta(event: EventOf<"text-delta">): readonly Wire[] {
  const { citations } = bagOf(NAME, event);
  const rest = without(bagOf(NAME, event), "citations");
  const told = Array.isArray(citations) ? citations : [];
  const cited = told.map((citation: unknown) => ({ type: "citations_delta", citation }));
  return event.text === "" && cited.length > 0 ? cited : [{ type: "text_delta", text: event.text, ...rest }, ...cited];
}

function writeCallStart(event: EventOf<"tool-input-start">, answerId: string): readonly Wire[] {
  const { callId, name } = headOfCall(event, standInId(answerId, event.part));
  return [{ type: "tool_use", id: writeCallId(callId), name, input: {}, ...bagOf(NAME, event) }];
}

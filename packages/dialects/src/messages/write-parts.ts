/** Parts as blocks: one open at a time, indexes dense from 0. What comes meanwhile for another part waits its turn. */
import type {
  InferenceEvent,
  OpaqueEvent,
  ReasoningEvent,
  RefusalEvent,
  TextEvent,
  ToolInputEvent,
} from "@interchange/inference";
import { bagOf, type Wire, without } from "../wire.ts";
import { NAME } from "./name.ts";

export type PartEvent = TextEvent | RefusalEvent | ReasoningEvent | ToolInputEvent | OpaqueEvent;

type EventOf<K extends PartEvent["type"]> = Extract<PartEvent, { type: K }>;
type Writers = { readonly [K in PartEvent["type"]]: (event: EventOf<K>) => readonly Wire[] };

export function isPartEvent(event: InferenceEvent): event is PartEvent {
  return Object.hasOwn(WRITERS, event.type);
}

export class PartWriter {
  #index = 0;
  #open: number | undefined;
  readonly #waiting = new Map<number, PartEvent[]>();

  /** Only the first choice has a place in this format; needs keep requests for more away. */
  write(event: PartEvent, out: Wire[]): void {
    if (event.choice !== 0 || ("dialect" in event && event.dialect !== NAME)) return;
    if (this.#open === undefined && event.type.endsWith("-start")) this.#open = event.part;
    if (this.#open === event.part) this.#writeOpen(event, out);
    else this.#wait(event);
  }

  /** Ends what is open and writes what waits. */
  close(out: Wire[]): void {
    while (this.#open !== undefined) this.#stop(out);
  }

  #wait(event: PartEvent): void {
    if (event.type.endsWith("-start")) this.#waiting.set(event.part, [event]);
    else this.#waiting.get(event.part)?.push(event);
  }

  #writeOpen(event: PartEvent, out: Wire[]): void {
    if (event.type.endsWith("-end")) return this.#stop(out);
    const write = WRITERS[event.type] as (event: PartEvent) => readonly Wire[];
    const key = event.type.endsWith("-start") ? "content_block" : "delta";
    for (const wire of write(event))
      out.push({ type: `content_block_${key === "delta" ? key : "start"}`, index: this.#index, [key]: wire });
  }

  #stop(out: Wire[]): void {
    out.push({ type: "content_block_stop", index: this.#index++ });
    this.#open = undefined;
    const next = this.#waiting.entries().next().value;
    if (next === undefined) return;
    this.#waiting.delete(next[0]);
    for (const event of next[1]) this.write(event, out);
  }
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
  "tool-input-start": (event) => [
    { type: "tool_use", id: event.callId, name: event.name, input: {}, ...bagOf(NAME, event) },
  ],
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

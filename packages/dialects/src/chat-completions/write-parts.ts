/** Parts as deltas. Calls are counted from 0 within their choice, whatever stands between them. */
import type {
  InferenceEvent,
  OpaqueEvent,
  Place,
  ReasoningEvent,
  RefusalEvent,
  TextEvent,
  ToolInputEvent,
} from "@interchange/inference";
import { bagOf, isWire, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";
import { ThoughtWriter } from "./thought.ts";

export type PartEvent = TextEvent | RefusalEvent | ReasoningEvent | ToolInputEvent | OpaqueEvent;

type EventOf<K extends PartEvent["type"]> = Extract<PartEvent, { type: K }>;
type Writers = { readonly [K in PartEvent["type"]]: (state: PartWriter, event: EventOf<K>) => Wire | undefined };

export function isPartEvent(event: InferenceEvent): event is PartEvent {
  return Object.hasOwn(WRITERS, event.type);
}

/** The parts of one stream. */
export class PartWriter {
  readonly thoughts = new ThoughtWriter();
  readonly calls = new CallCounter();

  /** The delta; undefined when there is nothing to say. */
  write(event: PartEvent): Wire | undefined {
    const write = WRITERS[event.type] as (state: PartWriter, event: PartEvent) => Wire | undefined;
    return write(this, event);
  }
}

/** Which call of its choice a part is. */
class CallCounter {
  readonly #indexes = new Map<string, number>();
  readonly #counts = new Map<number, number>();
  readonly #silent = new Set<string>();

  indexOf({ choice, part }: Place): number {
    const key = `${choice} ${part}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const index = this.#counts.get(choice) ?? 0;
    this.#counts.set(choice, index + 1);
    this.#indexes.set(key, index);
    return index;
  }

  begin({ choice, part }: Place): void {
    this.#silent.add(`${choice} ${part}`);
  }

  /** Whether the call has had no arguments until now. */
  speak({ choice, part }: Place): boolean {
    return this.#silent.delete(`${choice} ${part}`);
  }
}

const nothing = (): undefined => undefined;

const WRITERS: Writers = {
  "text-start": nothing,
  "text-delta": (_, { text }) => ({ content: text }),
  "text-end": nothing,
  "refusal-start": nothing,
  "refusal-delta": (_, { text }) => ({ refusal: text }),
  "refusal-end": nothing,
  "reasoning-start": ({ thoughts }, event) => thoughts.start(event),
  "reasoning-delta": ({ thoughts }, event) => thoughts.grow(event),
  "reasoning-signature": ({ thoughts }, event) => thoughts.sign(event),
  "reasoning-end": ({ thoughts }, event) => thoughts.end(event),
  "tool-input-start": ({ calls }, event) => {
    calls.begin(event);
    return writeCall(calls, event, { id: event.callId, type: "function" }, { name: event.name, arguments: "" });
  },
  "tool-input-delta": ({ calls }, event) => {
    if (event.text === "") return undefined;
    calls.speak(event);
    return writeCall(calls, event, {}, { arguments: event.text });
  },
  // Clients read the arguments as JSON, which nothing is not.
  "tool-input-end": ({ calls }, event) =>
    calls.speak(event) ? writeCall(calls, event, {}, { arguments: "{}" }) : undefined,
  "opaque-start": ({ calls }, event) => writeOpaque(calls, event),
  "opaque-delta": ({ calls }, event) => writeOpaque(calls, event),
  "opaque-end": nothing,
};

function writeCall(calls: CallCounter, event: ToolInputEvent, beside: Wire, inner: Wire): Wire {
  const { function: rest, ...bag } = bagOf(NAME, event);
  const kept = isWire(rest) ? rest : {};
  return { tool_calls: [{ index: calls.indexOf(event), ...beside, ...bag, function: { ...inner, ...kept } }] };
}

function writeOpaque(calls: CallCounter, event: EventOf<"opaque-start" | "opaque-delta">): Wire | undefined {
  if (event.dialect !== NAME || !isWire(event.wire)) return undefined;
  const { tool_calls } = event.wire;
  if (!Array.isArray(tool_calls)) return event.wire;
  return { tool_calls: tool_calls.map((call) => ({ index: calls.indexOf(event), ...call })) };
}

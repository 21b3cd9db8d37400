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

export type PartEvent = TextEvent | RefusalEvent | ReasoningEvent | ToolInputEvent | OpaqueEvent;

type EventOf<K extends PartEvent["type"]> = Extract<PartEvent, { type: K }>;
type Writers = { readonly [K in PartEvent["type"]]: (calls: CallCounter, event: EventOf<K>) => Wire | undefined };

export function isPartEvent(event: InferenceEvent): event is PartEvent {
  return Object.hasOwn(WRITERS, event.type);
}

/** Which call of its choice a part is. */
export class CallCounter {
  readonly #indexes = new Map<string, number>();
  readonly #counts = new Map<number, number>();

  indexOf({ choice, part }: Place): number {
    const key = `${choice} ${part}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const index = this.#counts.get(choice) ?? 0;
    this.#counts.set(choice, index + 1);
    this.#indexes.set(key, index);
    return index;
  }
}

/** The delta; undefined when there is nothing to say. */
export function writePart(calls: CallCounter, event: PartEvent): Wire | undefined {
  const write = WRITERS[event.type] as (calls: CallCounter, event: PartEvent) => Wire | undefined;
  return write(calls, event);
}

const nothing = (): undefined => undefined;

const WRITERS: Writers = {
  "text-start": nothing,
  "text-delta": (_, { text }) => ({ content: text }),
  "text-end": nothing,
  "refusal-start": nothing,
  "refusal-delta": (_, { text }) => ({ refusal: text }),
  "refusal-end": nothing,
  "reasoning-start": nothing,
  "reasoning-delta": (_, { text }) => ({ reasoning_content: text }),
  "reasoning-signature": nothing,
  "reasoning-end": nothing,
  "tool-input-start": (calls, event) =>
    writeCall(calls, event, { id: event.callId, type: "function" }, { name: event.name, arguments: "" }),
  "tool-input-delta": (calls, event) => writeCall(calls, event, {}, { arguments: event.text }),
  "tool-input-end": nothing,
  "opaque-start": writeOpaque,
  "opaque-delta": writeOpaque,
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

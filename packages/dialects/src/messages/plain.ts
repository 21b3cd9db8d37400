/** Which events may be told on as they stand: one more piece of a text, of a thought or of arguments. */
import type { InferenceEvent } from "@interchange/inference";
import type { SseRecord } from "../sse.ts";
import { hasOnlyOf, isWire, type Wire } from "../wire.ts";

const EVENT: ReadonlySet<string> = new Set(["type", "index", "delta"]);

/** The deltas that say their one event and nothing besides: the type of each, and where its text stands. */
const DELTAS: ReadonlyMap<InferenceEvent["type"], readonly [type: string, key: string]> = new Map([
  ["text-delta", ["text_delta", "text"]],
  ["reasoning-delta", ["thinking_delta", "thinking"]],
  ["tool-input-delta", ["input_json_delta", "partial_json"]],
]);

/** Whether the record, which has told this one event, has nothing in it besides. */
export function isPlain(event: InferenceEvent, wire: Wire, record: SseRecord): boolean {
  const told = DELTAS.get(event.type);
  if (told === undefined || record.event !== "content_block_delta" || wire.type !== record.event) return false;
  const { delta, index } = wire;
  if (!isWire(delta) || !hasOnlyOf(wire, EVENT) || !("part" in event) || index !== event.part) return false;
  const [type, key] = told;
  return delta.type === type && delta[key] === (event as { text?: unknown }).text && Object.keys(delta).length === 2;
}

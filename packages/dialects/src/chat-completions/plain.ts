/** Which chunks may be told on as they stand: one more piece of a text or a thought, and nothing to keep to ourselves. */
import type { InferenceEvent } from "@interchange/inference";
import type { SseRecord } from "../sse.ts";
import { hasOnlyOf, isSaid, isWire, isWireList, type Wire } from "../wire.ts";

const CHUNK: ReadonlySet<string> = new Set([
  "id",
  "object",
  "created",
  "model",
  "choices",
  "system_fingerprint",
  "service_tier",
  "usage",
]);
const CHOICE: ReadonlySet<string> = new Set(["index", "delta", "finish_reason", "logprobs"]);
const DELTA: ReadonlySet<string> = new Set(["content", "reasoning_content", "refusal", "tool_calls", "function_call"]);

/**
 * Whether the chunk, which has told this one event, has nothing in it besides that a caller could take for something
 * else: no usage, no name of its own, nothing that the contract does not know.
 */
export function isPlain(event: InferenceEvent, wire: Wire, record: SseRecord): boolean {
  if (record.event !== undefined || wire.object !== "chat.completion.chunk") return false;
  if (event.type !== "text-delta" && event.type !== "reasoning-delta") return false;
  if (!hasOnlyOf(wire, CHUNK) || isSaidOtherwise(wire.usage) || !isWireList(wire.choices)) return false;
  if (!isName(wire.system_fingerprint) || !isName(wire.service_tier)) return false;
  const [choice] = wire.choices;
  return choice !== undefined && wire.choices.length === 1 && isPlainChoice(event, choice);
}

type Grown = Extract<InferenceEvent, { type: "text-delta" | "reasoning-delta" }>;

function isPlainChoice(event: Grown, choice: Wire): boolean {
  if (!hasOnlyOf(choice, CHOICE) || choice.index !== event.choice) return false;
  if (isSaidOtherwise(choice.finish_reason) || isSaidOtherwise(choice.logprobs) || !isWire(choice.delta)) return false;
  const { delta } = choice;
  const [key, other] = event.type === "text-delta" ? PAIR : [PAIR[1], PAIR[0]];
  return (
    delta[key] === event.text &&
    isEmpty(delta[other]) &&
    hasOnlyOf(delta, DELTA) &&
    UNSAID.every((name) => !isSaidOtherwise(delta[name]))
  );
}

const PAIR = ["content", "reasoning_content"] as const;
const UNSAID = ["refusal", "tool_calls", "function_call"] as const;

/** Anything but silence and null. */
function isSaidOtherwise(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isEmpty(value: unknown): boolean {
  return value === "" || !isSaidOtherwise(value);
}

function isName(value: unknown): boolean {
  return isSaid(value) || !isSaidOtherwise(value);
}

/** Whether the chunk calls the answer what it was called at its start; all chunks of a stream do so alike. */
export function isOfHead(wire: Wire, head: Wire): boolean {
  return wire.id === head.id && wire.created === head.created && wire.model === head.model;
}

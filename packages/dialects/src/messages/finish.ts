/** Why an answer ended: `stop_reason` and `stop_sequence`. https://docs.anthropic.com/en/api/handling-stop-reasons */
import type { MessageDelta, StopReason } from "@interchange/contract/messages";
import type { Finish, FinishReason } from "@interchange/inference";
import { isSaid, isText } from "../wire.ts";

type Word = NonNullable<StopReason>;

const PAIRS: readonly (readonly [word: Word, reason: FinishReason])[] = [
  ["end_turn", "stop"],
  ["stop_sequence", "stop-sequence"],
  ["max_tokens", "length"],
  ["tool_use", "tool-use"],
  ["pause_turn", "pause"],
  ["refusal", "content-filter"],
  ["model_context_window_exceeded", "context-length"],
];

const REASONS: ReadonlyMap<unknown, FinishReason> = new Map(PAIRS);
const WORDS: ReadonlyMap<FinishReason, Word> = new Map(PAIRS.map(([word, reason]) => [reason, word]));

/** `null` and the empty word say nothing; an unknown one is kept raw. */
export function readFinish(word: unknown, stopSequence: unknown): Finish {
  const raw = isSaid(word) ? word : null;
  const reason = REASONS.get(raw) ?? "unknown";
  return { reason, raw, ...(isText(stopSequence) ? { stopSequence } : {}) };
}

/** The supplier's own word where the contract knows it. */
export function writeFinish(finish: Finish): Pick<MessageDelta, "stop_reason" | "stop_sequence"> {
  const known = REASONS.has(finish.raw) ? (finish.raw as Word) : WORDS.get(finish.reason);
  const silent = finish.raw === null && finish.reason === "unknown";
  return { stop_reason: silent ? null : (known ?? "end_turn"), stop_sequence: finish.stopSequence ?? null };
}

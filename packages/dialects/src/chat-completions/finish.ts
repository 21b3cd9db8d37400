/** Why an answer ended: `finish_reason`. https://platform.openai.com/docs/api-reference/chat/object */
import type { FinishReason as Word } from "@interchange/contract/chat-completions";
import type { Finish, FinishReason } from "@interchange/inference";
import { isSaid } from "../wire.ts";

/** Where two words mean the same, the first is written when the supplier's own is not known. */
const PAIRS: readonly (readonly [word: Word, reason: FinishReason])[] = [
  ["stop", "stop"],
  ["length", "length"],
  ["tool_calls", "tool-use"],
  ["content_filter", "content-filter"],
  ["function_call", "tool-use"],
];

const REASONS: ReadonlyMap<unknown, FinishReason> = new Map(PAIRS);

const WORDS: Readonly<Record<FinishReason, Word>> = {
  stop: "stop",
  "stop-sequence": "stop",
  length: "length",
  "context-length": "length",
  "tool-use": "tool_calls",
  "content-filter": "content_filter",
  pause: "stop",
  unknown: "stop",
};

/**
 * `null` and the empty word say nothing; an unknown one is kept raw. An answer that calls tools has ended for them, also
 * where the supplier says `stop`, as the vendor itself does when the tool was named by the request.
 */
export function readFinish(word: unknown, callsTools: boolean): Finish {
  const raw = isSaid(word) ? word : null;
  const reason = REASONS.get(raw) ?? "unknown";
  return { reason: callsTools && (reason === "stop" || reason === "unknown") ? "tool-use" : reason, raw };
}

/** The supplier's own word where the contract knows it. */
export function writeFinish(finish: Finish): Word {
  return REASONS.has(finish.raw) ? (finish.raw as Word) : WORDS[finish.reason];
}

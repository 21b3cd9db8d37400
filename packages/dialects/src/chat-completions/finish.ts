/** Why an answer ended: `finish_reason`. https://platform.openai.com/docs/api-reference/chat/object */
import type { FinishReason as Word } from "@interchange/contract/chat-completions";
import type { Finish, FinishReason } from "@interchange/inference";
import { isSaid, type Wire } from "../wire.ts";

/** Where two words mean the same, the first is written when the supplier's own is not known. */
const PAIRS: readonly (readonly [word: Word, reason: FinishReason])[] = [
  ["stop", "stop"],
  ["length", "length"],
  ["tool_calls", "tool-use"],
  ["content_filter", "content-filter"],
  ["function_call", "tool-use"],
];

const REASONS: ReadonlyMap<unknown, FinishReason> = new Map(PAIRS);

/** Words that are none of the format's and that servers of it use. */
const STRAYS: ReadonlyMap<unknown, FinishReason> = new Map<unknown, FinishReason>([
  ["end_turn", "stop"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["refusal", "content-filter"],
  ["tool_use", "tool-use"],
]);

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

/** What stands in the answer that ended. */
export interface Ended {
  readonly callsTools: boolean;
  readonly declined: boolean;
}

/**
 * `null` and the empty word say nothing; an unknown one is kept raw. An answer that calls tools has ended for them, also
 * where the supplier says `stop`, as the vendor itself does when the tool was named by the request; one that declines has
 * ended for that. vLLM names the text that stopped it beside the word.
 */
export function readFinish(choice: Wire, { callsTools, declined }: Ended): Finish {
  const raw = isSaid(choice.finish_reason) ? choice.finish_reason : null;
  const reason = REASONS.get(raw) ?? STRAYS.get(raw) ?? "unknown";
  const open = reason === "stop" || reason === "unknown";
  if (open && callsTools) return { reason: "tool-use", raw };
  if (open && declined) return { reason: "content-filter", raw };
  const sequence = choice.stop_reason;
  return reason === "stop" && isSaid(sequence)
    ? { reason: "stop-sequence", raw, stopSequence: sequence }
    : { reason, raw };
}

/** The supplier's own word where the contract knows it, and beside it what the word cannot say. */
export function writeFinish(finish: Finish): Wire {
  if (REASONS.has(finish.raw)) return { finish_reason: finish.raw };
  return { finish_reason: WORDS[finish.reason], ...writeBeside(finish) };
}

/** Within the message: words about a refusal that are none of the answer's own. */
export function writeExplanation({ explanation }: Finish): Wire {
  return explanation === undefined ? {} : { refusal: explanation };
}

/** The words that lose something when they are said in this format's. */
const LOSING: ReadonlySet<FinishReason> = new Set<FinishReason>(["context-length", "pause", "unknown"]);

/** By the names under which other servers tell the same: OpenRouter's for the word, vLLM's for the text that stopped it. */
function writeBeside({ reason, raw, stopSequence }: Finish): Wire {
  return {
    ...(raw !== null && raw !== "" && LOSING.has(reason) ? { native_finish_reason: raw } : {}),
    ...(stopSequence === undefined ? {} : { stop_reason: stopSequence }),
  };
}

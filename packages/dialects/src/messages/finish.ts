/** Why an answer ended: `stop_reason` and `stop_sequence`. https://docs.anthropic.com/en/api/handling-stop-reasons */
import type { MessageDelta, StopDetails, StopReason } from "@interchange/contract/messages";
import type { Finish, FinishReason } from "@interchange/inference";
import { isSaid, isText, isWire, type Wire } from "../wire.ts";

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
export function readFinish({ stop_reason, stop_sequence, stop_details }: Wire): Finish {
  const raw = isSaid(stop_reason) ? stop_reason : null;
  const reason = REASONS.get(raw) ?? "unknown";
  const explanation = isWire(stop_details) ? stop_details.explanation : undefined;
  return {
    reason,
    raw,
    ...(isText(stop_sequence) ? { stopSequence: stop_sequence } : {}),
    ...(isSaid(explanation) ? { explanation } : {}),
  };
}

/** What the answer has in it that bears on why it ended. */
export interface Said {
  readonly callsTools: boolean;
  /** The model's own words for declining; undefined when it has not declined. */
  readonly declined: string | undefined;
}

type End = Pick<MessageDelta, "stop_reason" | "stop_sequence" | "stop_details">;

/** The supplier's own word where it is one of this format; else by what has happened, whatever word another format has for it. */
export function writeFinish(finish: Finish, said: Said): End {
  const stop_sequence = finish.stopSequence ?? null;
  if (isOwn(finish)) return { stop_reason: finish.raw as Word | null, stop_sequence };
  const reason = reasonOf(finish, said);
  const details =
    reason === "content-filter" ? { stop_details: writeDetails(said.declined ?? finish.explanation ?? null) } : {};
  return {
    stop_reason: WORDS.get(reason) ?? "end_turn",
    stop_sequence: reason === "stop-sequence" ? stop_sequence : null,
    ...details,
  };
}

/** To say nothing is a word of the format too. */
function isOwn({ raw, reason }: Finish): boolean {
  return raw === null ? reason === "unknown" : REASONS.get(raw) === reason;
}

/** Nobody runs tools that were not called, and everybody those that were; an answer that was cut short is none of these. */
function reasonOf({ reason, stopSequence }: Finish, { callsTools, declined }: Said): FinishReason {
  if (reason === "tool-use" && !callsTools) return "stop";
  if (reason !== "stop" && reason !== "unknown" && reason !== "stop-sequence") return reason;
  if (callsTools) return "tool-use";
  if (declined !== undefined) return "content-filter";
  return reason === "stop" && stopSequence !== undefined ? "stop-sequence" : reason;
}

function writeDetails(explanation: string | null): StopDetails {
  return { type: "refusal", category: null, explanation };
}

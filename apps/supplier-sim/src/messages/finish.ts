/** `stop_reason` (Messages reference, "Handling stop reasons"). */
import type { Choice, Finish } from "../answer.ts";

const words: Record<Finish, string> = {
  end: "end_turn",
  length: "max_tokens",
  "stop-sequence": "stop_sequence",
  tools: "tool_use",
  refusal: "refusal",
};

export type StopFields = { readonly stop_reason: string | null; readonly stop_sequence: string | null };

export function writeFinish({ finish, finishWord, stopSequence }: Choice): StopFields {
  const word = finishWord ?? (finish === undefined ? null : words[finish]);
  return { stop_reason: word, stop_sequence: stopSequence ?? null };
}

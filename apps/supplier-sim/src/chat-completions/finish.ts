/** `finish_reason` (Chat Completions reference, "The chat completion object"). */
import type { Choice, Finish } from "../answer.ts";

const words: Record<Finish, string> = {
  end: "stop",
  length: "length",
  "stop-sequence": "stop",
  tools: "tool_calls",
  refusal: "stop",
};

export function writeFinish({ finish, finishWord }: Choice): string | null {
  return finishWord ?? (finish === undefined ? null : words[finish]);
}

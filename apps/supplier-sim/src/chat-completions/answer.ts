/** The chat completion object (Chat Completions reference): the whole answer as one document. */
import type { Answer, Choice } from "../answer.ts";
import type { Letterhead } from "../format.ts";
import type { Prompt } from "../prompt.ts";
import { writeFinish } from "./finish.ts";
import { writeLogprobs } from "./logprobs.ts";
import { toolCallId, writeToolCall } from "./tool-call.ts";
import { writeUsage } from "./usage.ts";

export function writeAnswer(answer: Answer, prompt: Prompt, letterhead: Letterhead): object {
  return {
    id: `chatcmpl-${letterhead.serial}`,
    object: "chat.completion",
    created: letterhead.createdSeconds,
    model: letterhead.model,
    choices: answer.choices.map((choice, index) => ({
      index,
      message: writeMessage(choice, letterhead, index),
      logprobs: choice.text === "" ? null : writeLogprobs(choice.text, prompt.topLogprobs),
      finish_reason: writeFinish(choice),
    })),
    ...(answer.usage === undefined ? {} : { usage: writeUsage(answer.usage) }),
    service_tier: "default",
    system_fingerprint: "fp_sim",
  };
}

/** Whether the answer has no content but its calls or its refusal; the vendor then says null. */
export function isSilent({ text, calls, refusal }: Choice): boolean {
  return text === "" && (calls.length > 0 || refusal !== undefined);
}

function writeMessage(choice: Choice, letterhead: Letterhead, index: number): object {
  const calls = choice.calls.map((call, nth) => writeToolCall(call, toolCallId(letterhead, index, nth)));
  return {
    role: "assistant",
    content: isSilent(choice) ? null : choice.text,
    refusal: choice.refusal ?? null,
    ...(choice.thinking === undefined ? {} : { reasoning_content: choice.thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

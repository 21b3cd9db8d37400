/** `usage` (Chat Completions reference): the prompt's count includes what was cached, the completion's what was reasoned. */
import type { Usage } from "../answer.ts";

export function writeUsage({ input, cacheRead, output, reasoning }: Usage): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cacheRead, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
  };
}

/** `usage` (Messages reference): the input's count leaves out what was read from or written to the cache. */
import type { Usage } from "../answer.ts";

export function writeUsage(usage: Usage): object {
  return { ...writeInputUsage(usage), output_tokens: usage.output };
}

/** What is known of the usage when the answer begins. */
export function writeInputUsage({ input, cacheRead, cacheWrite }: Usage): object {
  return {
    input_tokens: input - cacheRead - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
  };
}

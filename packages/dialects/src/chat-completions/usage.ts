/** Usage. `prompt_tokens` contains what was read from a cache. https://platform.openai.com/docs/api-reference/chat/object */
import { inputTokens, totalTokens, type Usage } from "@interchange/inference";
import { fitting } from "../fitting.ts";
import { countOf, isCount, isWire, type Wire } from "../wire.ts";
import { fitsUsage } from "./fit.ts";
import { NAME } from "./name.ts";

export function readUsage(wire: Wire): Usage {
  const prompt = countOf(wire.prompt_tokens);
  const details = isWire(wire.prompt_tokens_details) ? wire.prompt_tokens_details : {};
  const cacheRead = Math.min(prompt, countOf(details.cached_tokens));
  const cacheWrite5m = Math.min(prompt - cacheRead, countOf(details.cache_write_tokens));
  const thought = isWire(wire.completion_tokens_details) ? wire.completion_tokens_details.reasoning_tokens : undefined;
  const output = readOutput(wire, prompt, countOf(thought));
  return {
    input: prompt - cacheRead - cacheWrite5m,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: 0,
    output,
    ...(isCount(thought) ? { reasoning: Math.min(thought, output) } : {}),
    raw: { dialect: NAME, wire: fitting(wire, fitsUsage) ?? {} },
  };
}

/** Some vendors, xAI and Google among them, count thoughts beside `completion_tokens`: only the total then has them. */
function readOutput({ completion_tokens, total_tokens }: Wire, prompt: number, thought: number): number {
  const completion = countOf(completion_tokens);
  return total_tokens === prompt + completion + thought ? completion + thought : completion;
}

/** The supplier's own record when it is of this format, with the counts that the contract demands. */
export function writeUsage(usage: Usage): Wire {
  const counts = {
    prompt_tokens: inputTokens(usage),
    completion_tokens: usage.output,
    total_tokens: totalTokens(usage),
  };
  if (usage.raw?.dialect !== NAME) return { ...counts, ...writeDetails(usage) };
  const said = Object.entries(usage.raw.wire).filter(([key, value]) => !Object.hasOwn(counts, key) || isCount(value));
  return { ...counts, ...Object.fromEntries(said) };
}

function writeDetails(usage: Usage): Wire {
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  return {
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(written === 0 ? {} : { cache_write_tokens: written }),
    },
    ...(usage.reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: usage.reasoning } }),
  };
}

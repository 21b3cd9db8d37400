/** Tokens, counted from bytes: four to a token, so that the same text always costs the same. */
import { StringDecoder } from "node:string_decoder";
import type { Choice, Usage } from "./answer.ts";
import type { Directives } from "./directive.ts";
import type { Prompt } from "./prompt.ts";

const bytesPerToken = 4;

/** What one image or document counts for; a vendor derives it from the picture's size. */
export const attachmentTokens = 256;

export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}

/** The longest start of a text that is worth at most so many tokens and splits no character. */
export function startOf(text: string, tokens: number): string {
  if (tokensOf(text) <= tokens) return text;
  return new StringDecoder("utf8").write(Buffer.from(text).subarray(0, tokens * bytesPerToken));
}

export function usageOf(prompt: Prompt, directives: Directives, choices: readonly Choice[]): Usage {
  const reasoning = directives.reasoningTokens ?? sum(choices, (choice) => tokensOf(choice.thinking ?? ""));
  const cacheRead = Math.min(directives.cachedTokens ?? 0, prompt.inputTokens);
  const cacheWrite = Math.min(directives.cacheWriteTokens ?? 0, prompt.inputTokens - cacheRead);
  return {
    input: prompt.inputTokens,
    cacheRead,
    cacheWrite,
    output: reasoning + sum(choices, spokenTokens),
    reasoning,
  };
}

function spokenTokens(choice: Choice): number {
  const calls = sum(choice.calls, (call) => tokensOf(call.name) + tokensOf(call.input));
  return Math.max(1, tokensOf(choice.text) + tokensOf(choice.refusal ?? "") + calls);
}

function sum<T>(items: readonly T[], amountOf: (item: T) => number): number {
  return items.reduce((total, item) => total + amountOf(item), 0);
}

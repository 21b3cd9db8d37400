/** Where an answer stops early: at a stop sequence, or at the limit of tokens. */
import type { Choice, ToolCall } from "./answer.ts";
import { startOf, tokensOf } from "./usage.ts";

/** The choice up to the first stop sequence in its text; what would have followed the text is not said. */
export function stopAtSequence(choice: Choice, sequences: readonly string[]): Choice {
  const found = sequences
    .filter((sequence) => sequence !== "")
    .map((sequence) => ({ sequence, at: choice.text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((left, right) => left.at - right.at)[0];
  if (found === undefined) return choice;
  const text = choice.text.slice(0, found.at);
  return { ...choice, text, calls: [], finish: "stop-sequence", stopSequence: found.sequence };
}

/** The choice within so many tokens, spent in the order in which it is said: reasoning, text, tool calls. */
export function stopAtTokens(choice: Choice, tokens: number): Choice {
  if (tokens === Number.POSITIVE_INFINITY) return choice;
  const thinking = spend(choice.thinking ?? "", tokens);
  const text = spend(choice.text, thinking.left);
  const { calls, isCut } = spendOnCalls(choice.calls, text.left);
  if (!thinking.isCut && !text.isCut && !isCut) return choice;
  const { stopSequence: _never, ...rest } = choice;
  const shown = choice.thinking === undefined ? {} : { thinking: thinking.said };
  return { ...rest, ...shown, text: text.said, calls, finish: "length" };
}

function spend(
  text: string,
  tokens: number,
): { readonly said: string; readonly left: number; readonly isCut: boolean } {
  const cost = tokensOf(text);
  return { said: startOf(text, tokens), left: Math.max(0, tokens - cost), isCut: cost > tokens };
}

function spendOnCalls(
  calls: readonly ToolCall[],
  tokens: number,
): { readonly calls: ToolCall[]; readonly isCut: boolean } {
  const said: ToolCall[] = [];
  let left = tokens;
  for (const call of calls) {
    const name = spend(call.name, left);
    const input = spend(call.input, name.left);
    if (name.isCut || input.isCut)
      return { calls: name.isCut ? said : [...said, { ...call, input: input.said }], isCut: true };
    said.push(call);
    left = input.left;
  }
  return { calls: said, isCut: false };
}

/** The simulated model: from a prompt and directives to an answer, always the same one. */
import type { Answer, Choice, ToolCall } from "./answer.ts";
import { type Directives, withoutDirectives } from "./directive.ts";
import { fillerOf } from "./filler.ts";
import { stopAtSequence, stopAtTokens } from "./limit.ts";
import type { Prompt, ToolResult } from "./prompt.ts";
import { callsFor } from "./tool-call.ts";
import { usageOf } from "./usage.ts";

export function answerOf(prompt: Prompt, directives: Directives, model: string): Answer {
  const choices = Array.from({ length: prompt.choices }, (_, index) => choiceOf(prompt, directives, model, index));
  return { choices, usage: usageOf(prompt, directives, choices) };
}

function choiceOf(prompt: Prompt, directives: Directives, model: string, index: number): Choice {
  const calls = directives.refusal === undefined ? callsFor(prompt, directives) : [];
  const choice: Choice = {
    ...thinkingOf(prompt, directives),
    ...spoken(prompt, directives, model, index, calls),
    ...(directives.finish === undefined ? {} : { finishWord: directives.finish }),
  };
  return stopAtTokens(stopAtSequence(choice, prompt.stopSequences), prompt.maxTokens);
}

function spoken(
  prompt: Prompt,
  directives: Directives,
  model: string,
  index: number,
  calls: readonly ToolCall[],
): Choice {
  if (directives.refusal !== undefined) return { text: "", refusal: directives.refusal, calls, finish: "refusal" };
  if (calls.length > 0) return { text: directives.text ?? "", calls, finish: "tools" };
  return { text: textOf(prompt, directives, model, index), calls, finish: "end" };
}

function thinkingOf(prompt: Prompt, directives: Directives): { thinking?: string } {
  const wanted = directives.thinking ?? prompt.thinking !== "none";
  if (wanted === false) return {};
  if (typeof wanted === "string") return { thinking: wanted };
  return {
    thinking: prompt.thinking === "signed-only" ? "" : `Simulated reasoning about “${quote(askedIn(prompt), 40)}”.`,
  };
}

function textOf(prompt: Prompt, directives: Directives, model: string, index: number): string {
  if (directives.text !== undefined) return directives.text;
  if (directives.tokens !== undefined) return fillerText(directives.tokens);
  const told = tell(prompt, model, index);
  if (prompt.answerSchema === undefined) return told;
  return JSON.stringify(
    Object.keys(prompt.answerSchema).length === 0 ? { answer: told } : fillerOf(prompt.answerSchema),
  );
}

/** Every word is one token long with the space behind it, so that the text is worth exactly what was asked for. */
const fillerWords = ["sim", "the", "fox", "ran", "and", "saw", "one", "big", "red", "hen"] as const;

function fillerText(tokens: number): string {
  const rounds = `${fillerWords.join(" ")} `.repeat(Math.ceil(tokens / fillerWords.length));
  return rounds.slice(0, tokens * 4 - 1);
}

function tell(prompt: Prompt, model: string, index: number): string {
  return [
    `[simulated by ${model}]`,
    asked(askedIn(prompt)),
    seen(prompt),
    ...prompt.toolResults.map(returned),
    "No model was asked: these words come from a simulator.",
    index === 0 ? "" : `(choice ${index + 1})`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function askedIn(prompt: Prompt): string {
  return withoutDirectives(prompt.userTexts.at(-1) ?? "");
}

function asked(text: string): string {
  return text === "" ? "You asked nothing in words." : `You asked: “${quote(text, 80)}”.`;
}

function seen({ images, documents }: Prompt): string {
  const things = [counted(images, "image"), counted(documents, "document")].filter((thing) => thing !== "");
  return things.length === 0 ? "" : `I saw ${things.join(" and ")}.`;
}

function counted(count: number, thing: string): string {
  return count === 0 ? "" : `${count} ${thing}${count === 1 ? "" : "s"}`;
}

function returned({ name, text, isError }: ToolResult): string {
  return `The tool ${name} ${isError ? "failed with" : "returned"}: “${quote(text, 80)}”.`;
}

/** The first characters of a text, on one line. */
function quote(text: string, characters: number): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= characters ? line : `${Array.from(line).slice(0, characters).join("")}…`;
}

/** What the simulator looks at in a request, whichever wire format it came in. */
import type { JsonObject } from "./json.ts";

export type Tool = {
  readonly name: string;
  readonly schema: JsonObject;
  /** A tool that takes free text in place of JSON. */
  readonly custom: boolean;
};

export type ToolChoice = { readonly kind: "auto" | "none" | "any" } | { readonly kind: "named"; readonly name: string };

export type ToolResult = { readonly name: string; readonly text: string; readonly isError: boolean };

export type Prompt = {
  readonly stream: boolean;
  /** The text parts of the last user turn in which the user says something. */
  readonly userTexts: readonly string[];
  readonly images: number;
  readonly documents: number;
  /** The tool results that the conversation ends with; none when it ends otherwise. */
  readonly toolResults: readonly ToolResult[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  readonly parallelTools: boolean;
  /** Infinity when the request sets no limit. */
  readonly maxTokens: number;
  readonly stopSequences: readonly string[];
  readonly choices: number;
  /** The schema that the answer must satisfy; `{}` is any JSON object. */
  readonly answerSchema?: JsonObject;
  readonly thinking: "none" | "shown" | "signed-only";
  /** Alternatives wanted for each token; absent when log probabilities are not wanted. */
  readonly topLogprobs?: number;
  /** The stream is to end with a usage event. */
  readonly usageEvent: boolean;
  readonly inputTokens: number;
};

/** What Claude Code sets before the user's own words. */
const REMINDERS = /^\s*(?:<system-reminder>[\s\S]*?<\/system-reminder>\s*)+/;

/** The texts of the last turn that says something. What a client says of its own accord is not the user's. */
export function lastSaid(turns: readonly (readonly string[])[]): readonly string[] {
  const said = turns.map((texts) => texts.map(withoutReminders).filter((text) => text !== undefined));
  return said.findLast((texts) => texts.length > 0) ?? [];
}

/** Undefined when nothing else stood there. */
function withoutReminders(text: string): string | undefined {
  const rest = text.replace(REMINDERS, "");
  return rest === "" && text !== "" ? undefined : rest;
}

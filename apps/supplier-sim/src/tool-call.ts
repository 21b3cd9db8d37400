/** Which of the offered tools the simulated model calls, and with what. */
import type { ToolCall } from "./answer.ts";
import { type Directives, withoutDirectives } from "./directive.ts";
import { fillerOf } from "./filler.ts";
import type { Prompt, Tool } from "./prompt.ts";

/**
 * The calls: the tool that a directive or the choice names; otherwise the tools whose names the last user text mentions. One that must call
 * something and finds none mentioned takes the first; so does one that was offered a single tool. A conversation that ends with
 * a tool's result is answered with text unless a call is forced.
 */
export function callsFor(prompt: Prompt, directives: Directives): readonly ToolCall[] {
  if (directives.tool !== undefined) return directedCalls(prompt, directives);
  const chosen = chosenTools(prompt);
  return (prompt.parallelTools ? chosen : chosen.slice(0, 1)).map(callOf);
}

function directedCalls(prompt: Prompt, directives: Directives): readonly ToolCall[] {
  if (prompt.toolResults.length > 0) return [];
  return prompt.tools
    .filter((tool) => tool.name === directives.tool)
    .map(callOf)
    .map((call) => ({ ...call, input: directives.arguments ?? call.input }));
}

function chosenTools(prompt: Prompt): readonly Tool[] {
  const { tools, toolChoice: choice } = prompt;
  if (choice.kind === "none") return [];
  if (choice.kind === "named") return tools.filter((tool) => tool.name === choice.name);
  if (choice.kind === "auto" && prompt.toolResults.length > 0) return [];
  const mentioned = mentionedTools(prompt);
  const must = choice.kind === "any" || tools.length === 1;
  return mentioned.length === 0 && must ? tools.slice(0, 1) : mentioned;
}

function mentionedTools(prompt: Prompt): readonly Tool[] {
  if (prompt.tools.length === 0) return [];
  const text = withoutDirectives(prompt.userTexts.at(-1) ?? "").toLowerCase();
  return prompt.tools.filter((tool) => mentions(text, tool.name.toLowerCase()));
}

/** The name as a word of its own, also with spaces for its joints: `get_weather`, `get weather`. */
function mentions(text: string, name: string): boolean {
  return [name, name.replaceAll(/[_-]/g, " ")].some((form) => {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
      if (!isWordPart(text[at - 1]) && !isWordPart(text[at + form.length])) return true;
    }
    return false;
  });
}

function isWordPart(character: string | undefined): boolean {
  return character !== undefined && /[a-z0-9_-]/.test(character);
}

function callOf(tool: Tool): ToolCall {
  const input = tool.custom
    ? `simulated input for ${tool.name}`
    : JSON.stringify(fillerOf({ type: "object", ...tool.schema }));
  return { name: tool.name, input, custom: tool.custom };
}

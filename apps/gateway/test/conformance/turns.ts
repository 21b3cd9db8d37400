/** The conversation in a body that reached a supplier, in short: a line for each turn, so that a table can hold it. */
import type { Format } from "@interchange/config";
import type { Wire } from "./wire-format.ts";

/** `user: Hello | image data:…`. The system prompt of Messages is the first line. */
export function turnsOf(format: Format, body: Wire): string[] {
  const turns = (body["messages"] ?? []) as readonly Wire[];
  const { system } = body;
  const first = system === undefined ? [] : [`system: ${contentOf(system)}`];
  return [...first, ...turns.map(format === "messages" ? turnOfMessages : turnOfChat)];
}

function turnOfMessages({ role, content }: Wire): string {
  return `${role}: ${contentOf(content)}`;
}

function turnOfChat({ role, content, tool_calls, tool_call_id }: Wire): string {
  const calls = ((tool_calls ?? []) as readonly Wire[]).map(callOf);
  const said = [contentOf(content), ...calls].filter((each) => each !== "").join(" | ");
  return `${tool_call_id === undefined ? role : `${role} ${tool_call_id}`}: ${said}`;
}

function callOf({ id, function: inner }: Wire): string {
  const { name, arguments: input } = inner as Wire;
  return `call ${id} ${name} ${input}`;
}

function contentOf(content: unknown): string {
  if (content === null || content === undefined) return "";
  return typeof content === "string" ? content : (content as readonly Wire[]).map(partOf).join(" | ");
}

const PARTS: Readonly<Record<string, (part: Wire) => string>> = {
  text: ({ text }) => String(text),
  image_url: ({ image_url }) => `image ${(image_url as Wire)["url"]}`,
  file: ({ file }) => `file ${(file as Wire)["file_data"]}`,
  image: ({ source }) => `image ${sourceOf(source as Wire)}`,
  document: ({ source }) => `document ${sourceOf(source as Wire)}`,
  tool_use: ({ id, name, input }) => `call ${id} ${name} ${JSON.stringify(input)}`,
  tool_result: ({ tool_use_id, content, is_error }) =>
    `result ${tool_use_id}${is_error === true ? " error" : ""} [${contentOf(content)}]`,
  thinking: ({ thinking, signature }) => `thought ${thinking} (${signature})`,
  redacted_thinking: ({ data }) => `redacted ${data}`,
};

function partOf(part: Wire): string {
  return PARTS[String(part["type"])]?.(part) ?? JSON.stringify(part);
}

function sourceOf({ type, media_type, data, url }: Wire): string {
  return type === "url" ? String(url) : `${media_type} ${data}`;
}

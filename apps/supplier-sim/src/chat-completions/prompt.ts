/** The request as the simulator reads it (Chat Completions reference, "Create chat completion"). */
import { type JsonObject, objectOf, objectsOf, stringOf, stringsOf } from "../json.ts";
import { lastSaid, type Prompt, type Tool, type ToolChoice, type ToolResult } from "../prompt.ts";
import { attachmentTokens, tokensOf } from "../usage.ts";

/** A body that `checkRequest` has nothing against. */
export function readPrompt(body: JsonObject): Prompt {
  const messages = objectsOf(body.messages);
  const parts = messages.flatMap((message) => partsOf(message.content));
  const images = parts.filter((part) => part.type === "image_url").length;
  const documents = parts.filter((part) => part.type === "file").length;
  return {
    stream: body.stream === true,
    userTexts: readUserTexts(messages),
    images,
    documents,
    toolResults: readToolResults(messages),
    tools: objectsOf(body.tools).map(readTool),
    toolChoice: readToolChoice(body.tool_choice),
    parallelTools: body.parallel_tool_calls !== false,
    ...readLimits(body),
    ...readAnswerFormat(objectOf(body.response_format)),
    thinking: [undefined, null, "none"].includes(body.reasoning_effort as string | null | undefined) ? "none" : "shown",
    ...(body.logprobs === true ? { topLogprobs: Number(body.top_logprobs ?? 0) } : {}),
    usageEvent: objectOf(body.stream_options).include_usage === true,
    inputTokens: countInput(body, messages, parts) + (images + documents) * attachmentTokens,
  };
}

function readLimits(body: JsonObject): Pick<Prompt, "maxTokens" | "stopSequences" | "choices"> {
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY;
  return { maxTokens: Number(maxTokens), stopSequences: stringsOf(body.stop), choices: Number(body.n ?? 1) };
}

/** A content as parts; a text is one part. */
function partsOf(content: unknown): readonly JsonObject[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : objectsOf(content);
}

function textsOf(content: unknown): readonly string[] {
  return partsOf(content).flatMap((part) => (typeof part.text === "string" ? [part.text] : []));
}

function readUserTexts(messages: readonly JsonObject[]): readonly string[] {
  return lastSaid(messages.filter(({ role }) => role === "user").map(({ content }) => textsOf(content)));
}

/** The results that come last; system turns may follow them. */
function readToolResults(messages: readonly JsonObject[]): readonly ToolResult[] {
  const results: ToolResult[] = [];
  const isSystem = ({ role }: JsonObject) => role === "system" || role === "developer";
  for (let at = messages.findLastIndex((message) => !isSystem(message)); at >= 0; at--) {
    const message = messages[at] as JsonObject;
    if (message.role !== "tool") break;
    const name = calledName(messages, message.tool_call_id);
    results.unshift({ name, text: textsOf(message.content).join(" "), isError: false });
  }
  return results;
}

function calledName(messages: readonly JsonObject[], id: unknown): string {
  const calls = messages.flatMap((message) => objectsOf(message.tool_calls));
  const call = calls.findLast((candidate) => candidate.id === id);
  return stringOf(objectOf(call?.function ?? call?.custom).name);
}

function readTool(tool: JsonObject): Tool {
  const custom = tool.type === "custom";
  const definition = objectOf(custom ? tool.custom : tool.function);
  return { name: stringOf(definition.name), schema: objectOf(definition.parameters), custom };
}

function readToolChoice(choice: unknown): ToolChoice {
  if (choice === "none") return { kind: "none" };
  if (choice === "required") return { kind: "any" };
  const named = objectOf(objectOf(choice).function ?? objectOf(choice).custom).name;
  return typeof named === "string" ? { kind: "named", name: named } : { kind: "auto" };
}

function readAnswerFormat(format: JsonObject): { answerSchema?: JsonObject } {
  if (format.type === "json_object") return { answerSchema: {} };
  return format.type === "json_schema" ? { answerSchema: objectOf(objectOf(format.json_schema).schema) } : {};
}

function countInput(body: JsonObject, messages: readonly JsonObject[], parts: readonly JsonObject[]): number {
  const texts = parts.map((part) => stringOf(part.text)).join("");
  const calls = messages.flatMap((message) => objectsOf(message.tool_calls));
  const callsText = calls.length === 0 ? "" : JSON.stringify(calls);
  const tools = objectsOf(body.tools).length === 0 ? "" : JSON.stringify(body.tools);
  return Math.max(1, tokensOf(texts + callsText + tools));
}

/** The request as the simulator reads it (Messages reference, "Create a message"). */
import { isObject, type JsonObject, objectOf, objectsOf, stringOf, stringsOf } from "../json.ts";
import { lastSaid, type Prompt, type Tool, type ToolChoice, type ToolResult } from "../prompt.ts";
import { attachmentTokens, tokensOf } from "../usage.ts";

/** A body that `checkRequest` has nothing against. */
export function readPrompt(body: JsonObject): Prompt {
  const messages = objectsOf(body.messages);
  const blocks = messages.flatMap((message) => blocksOf(message.content)).flatMap(withInner);
  const images = blocks.filter((block) => block.type === "image").length;
  const documents = blocks.filter((block) => block.type === "document").length;
  return {
    stream: body.stream === true,
    userTexts: readUserTexts(messages),
    images,
    documents,
    toolResults: readToolResults(messages),
    tools: objectsOf(body.tools).filter(isOwnTool).map(readTool),
    toolChoice: readToolChoice(objectOf(body.tool_choice)),
    parallelTools: objectOf(body.tool_choice).disable_parallel_tool_use !== true,
    maxTokens: Number(body.max_tokens ?? Number.POSITIVE_INFINITY),
    stopSequences: stringsOf(body.stop_sequences),
    choices: 1,
    ...readAnswerFormat(objectOf(objectOf(body.output_config).format)),
    thinking: readThinking(objectOf(body.thinking)),
    usageEvent: true,
    inputTokens: countInput(body, blocks) + (images + documents) * attachmentTokens,
  };
}

/** A content as blocks; a text is one block. */
function blocksOf(content: unknown): readonly JsonObject[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : objectsOf(content);
}

/** A block and those that stand inside it (in tool results). */
function withInner(block: JsonObject): readonly JsonObject[] {
  return block.type === "tool_result" ? [block, ...blocksOf(block.content)] : [block];
}

function textsOf(content: unknown): readonly string[] {
  return blocksOf(content).flatMap((block) => (block.type === "text" ? [stringOf(block.text)] : []));
}

function readUserTexts(messages: readonly JsonObject[]): readonly string[] {
  return lastSaid(messages.filter(({ role }) => role === "user").map(({ content }) => textsOf(content)));
}

/** Results in the last turn that is the user's or the assistant's; a system turn may follow it. */
function readToolResults(messages: readonly JsonObject[]): readonly ToolResult[] {
  const last = messages.findLast((message) => message.role !== "system");
  const results = objectsOf(last?.content).filter((block) => block.type === "tool_result");
  return results.map((result) => ({
    name: calledName(messages, result.tool_use_id),
    text: textsOf(result.content).join(" "),
    isError: result.is_error === true,
  }));
}

function calledName(messages: readonly JsonObject[], id: unknown): string {
  const blocks = messages.flatMap((message) => objectsOf(message.content));
  return stringOf(blocks.findLast((block) => block.type === "tool_use" && block.id === id)?.name);
}

/** Server tools are run by the vendor itself and are never called back. */
function isOwnTool(tool: JsonObject): boolean {
  return isObject(tool.input_schema);
}

function readTool(tool: JsonObject): Tool {
  return { name: stringOf(tool.name), schema: objectOf(tool.input_schema), custom: false };
}

function readToolChoice(choice: JsonObject): ToolChoice {
  if (choice.type === "tool") return { kind: "named", name: stringOf(choice.name) };
  return choice.type === "none" || choice.type === "any" ? { kind: choice.type } : { kind: "auto" };
}

function readAnswerFormat(format: JsonObject): { answerSchema?: JsonObject } {
  return format.type === "json_schema" ? { answerSchema: objectOf(format.schema) } : {};
}

function readThinking(thinking: JsonObject): Prompt["thinking"] {
  if (thinking.type !== "enabled" && thinking.type !== "adaptive") return "none";
  return thinking.display === "omitted" ? "signed-only" : "shown";
}

function countInput(body: JsonObject, blocks: readonly JsonObject[]): number {
  const texts = [...blocksOf(body.system), ...blocks]
    .map((block) => stringOf(block.text) + stringOf(block.thinking))
    .join("");
  const inputs = blocks.filter((block) => block.type === "tool_use").map((block) => JSON.stringify(block.input));
  const tools = objectsOf(body.tools).length === 0 ? "" : JSON.stringify(body.tools);
  return Math.max(1, tokensOf(texts + inputs.join("") + tools));
}

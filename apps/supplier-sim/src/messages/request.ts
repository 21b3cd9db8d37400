/** What the vendor refuses in a request (Messages reference, "Create a message"). */
import type { IncomingHttpHeaders } from "node:http";
import type { VendorError } from "../format.ts";
import { type JsonObject, objectOf, objectsOf, stringOf } from "../json.ts";

const roles = ["user", "assistant", "system"];

/** The first complaint; undefined when there is none. */
export function checkRequest(body: JsonObject, headers: IncomingHttpHeaders): VendorError | undefined {
  return checkPromptOf(body, headers) ?? checkMaxTokens(body) ?? checkNumbers(body) ?? checkThinking(body);
}

/** What counting and answering both need: a version, a model, messages and, if any, tools. */
export function checkPromptOf(body: JsonObject, headers: IncomingHttpHeaders): VendorError | undefined {
  if (headers["anthropic-version"] === undefined) return complaint("anthropic-version", "the header is required");
  if (typeof body.model !== "string" || body.model === "") return complaint("model", "Field required");
  if (!Array.isArray(body.messages)) return complaint("messages", "Field required");
  if (body.messages.length === 0) return complaint("messages", "at least one message is required");
  return checkTexts(objectsOf(body.system), "system") ?? checkMessages(body.messages) ?? checkTools(body);
}

function checkMaxTokens(body: JsonObject): VendorError | undefined {
  if (body.max_tokens === undefined) return complaint("max_tokens", "Field required");
  return Number.isInteger(body.max_tokens) && Number(body.max_tokens) >= 1
    ? undefined
    : complaint("max_tokens", "must be a whole number from 1");
}

function checkMessages(messages: readonly unknown[]): VendorError | undefined {
  let called: ReadonlySet<string> = new Set();
  for (const [index, item] of messages.entries()) {
    const message = objectOf(item);
    const found = checkMessage(message, `messages.${index}`, index === messages.length - 1, called);
    if (found !== undefined) return found;
    if (message.role === "system") continue;
    called = new Set(blocksOf(message, "tool_use").map((block) => stringOf(block.id)));
  }
  return undefined;
}

function checkMessage(
  message: JsonObject,
  path: string,
  isLast: boolean,
  called: ReadonlySet<string>,
): VendorError | undefined {
  const { role, content } = message;
  if (!roles.includes(stringOf(role))) return complaint(`${path}.role`, `must be one of ${roles.join(", ")}`);
  if (typeof content !== "string" && !Array.isArray(content)) return complaint(`${path}.content`, "Field required");
  if (content.length === 0 && !(isLast && role === "assistant")) {
    return complaint(path, "all messages must have non-empty content except for the optional final assistant message");
  }
  return (
    checkTexts(objectsOf(content), "messages") ?? (role === "user" ? checkResults(message, path, called) : undefined)
  );
}

/** Also the texts inside tool results. */
function checkTexts(blocks: readonly JsonObject[], path: string): VendorError | undefined {
  const inner = blocks.flatMap((block) => (block.type === "tool_result" ? objectsOf(block.content) : []));
  const isEmpty = (block: JsonObject) => block.type === "text" && stringOf(block.text) === "";
  return [...blocks, ...inner].some(isEmpty) ? complaint(path, "text content blocks must be non-empty") : undefined;
}

/** Every call of the turn before is answered, and nothing else is. */
function checkResults(message: JsonObject, path: string, called: ReadonlySet<string>): VendorError | undefined {
  const answered = new Set(blocksOf(message, "tool_result").map((block) => stringOf(block.tool_use_id)));
  const unasked = [...answered].find((id) => !called.has(id));
  if (unasked !== undefined)
    return complaint(path, `the tool_result ${unasked} answers no tool_use of the message before`);
  const unanswered = [...called].find((id) => !answered.has(id));
  return unanswered === undefined
    ? undefined
    : complaint(path, `the tool_use ${unanswered} has no tool_result in this message`);
}

function blocksOf(message: JsonObject, type: string): readonly JsonObject[] {
  return objectsOf(message.content).filter((block) => block.type === type);
}

function checkTools(body: JsonObject): VendorError | undefined {
  for (const [index, tool] of objectsOf(body.tools).entries()) {
    const path = `tools.${index}`;
    if (!/^[\w-]{1,128}$/.test(stringOf(tool.name))) return complaint(`${path}.name`, "a name is required");
    const isCustom = tool.type === undefined || tool.type === null || tool.type === "custom";
    if (isCustom && objectOf(tool.input_schema).type !== "object") {
      return complaint(`${path}.input_schema.type`, "Input should be 'object'");
    }
  }
  return undefined;
}

function checkNumbers(body: JsonObject): VendorError | undefined {
  for (const name of ["temperature", "top_p"]) {
    const value = body[name] ?? undefined;
    if (value === undefined || (typeof value === "number" && value >= 0 && value <= 1)) continue;
    return complaint(name, "must be a number from 0 to 1");
  }
  return undefined;
}

/** "Extended thinking": a budget of at least 1,024 tokens and less than `max_tokens`. */
function checkThinking(body: JsonObject): VendorError | undefined {
  const thinking = objectOf(body.thinking);
  if (thinking.type !== "enabled") return undefined;
  const budget = Number(thinking.budget_tokens ?? Number.NaN);
  return budget >= 1024 && budget < Number(body.max_tokens)
    ? undefined
    : complaint("thinking.enabled.budget_tokens", "must be at least 1024 and less than max_tokens");
}

function complaint(param: string, wrong: string): VendorError {
  return { status: 400, message: `${param}: ${wrong}`, param };
}

/** What the vendor refuses in a request (Chat Completions reference, "Create chat completion"). */
import type { VendorError } from "../format.ts";
import { isObject, type JsonObject, objectOf, objectsOf, stringOf } from "../json.ts";

const roles = ["system", "developer", "user", "assistant", "tool", "function"];

/** The first complaint; undefined when there is none. */
export function checkRequest(body: JsonObject): VendorError | undefined {
  if (typeof body.model !== "string" || body.model === "") return complaint("model", "a model is required");
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    return complaint("messages", "at least one message is required");
  }
  return checkMessages(body.messages) ?? checkNumbers(body) ?? checkTools(body) ?? checkAnswerFormat(body);
}

function checkMessages(messages: readonly unknown[]): VendorError | undefined {
  const openCalls = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    const found = checkMessage(objectOf(message), `messages[${index}]`, openCalls);
    if (found !== undefined) return found;
    for (const call of objectsOf(objectOf(message).tool_calls)) openCalls.add(call.id);
  }
  return undefined;
}

function checkMessage(message: JsonObject, path: string, openCalls: ReadonlySet<unknown>): VendorError | undefined {
  const { role, content } = message;
  if (!roles.includes(stringOf(role))) return complaint(`${path}.role`, `the role must be one of ${roles.join(", ")}`);
  const mayBeSilent = role === "assistant" || role === "function";
  if (typeof content !== "string" && !Array.isArray(content) && !mayBeSilent) {
    return complaint(`${path}.content`, "a text or an array of parts is required");
  }
  if (role === "assistant" && message.tool_calls !== undefined) return checkCalls(message.tool_calls, path);
  if (role === "tool" && !openCalls.has(message.tool_call_id)) {
    return complaint(`${path}.tool_call_id`, "a tool message must answer a tool call of an earlier assistant message");
  }
  return undefined;
}

function checkCalls(calls: unknown, path: string): VendorError | undefined {
  if (!Array.isArray(calls) || calls.length === 0)
    return complaint(`${path}.tool_calls`, "must not be empty when it is there");
  const isWhole = (call: JsonObject) => typeof call.id === "string" && typeof call.type === "string";
  return objectsOf(calls).every(isWhole)
    ? undefined
    : complaint(`${path}.tool_calls`, "every call needs an id and a type");
}

const limits: Readonly<Record<string, readonly [min: number, max: number]>> = {
  max_tokens: [1, Number.POSITIVE_INFINITY],
  max_completion_tokens: [1, Number.POSITIVE_INFINITY],
  temperature: [0, 2],
  top_p: [0, 1],
  n: [1, 128],
  top_logprobs: [0, 20],
  frequency_penalty: [-2, 2],
  presence_penalty: [-2, 2],
};

function checkNumbers(body: JsonObject): VendorError | undefined {
  for (const [name, [min, max]] of Object.entries(limits)) {
    const value = body[name] ?? undefined;
    if (value === undefined || (typeof value === "number" && value >= min && value <= max)) continue;
    return complaint(name, `must be a number from ${min} to ${max}`);
  }
  return undefined;
}

function checkTools(body: JsonObject): VendorError | undefined {
  for (const [index, tool] of objectsOf(body.tools).entries()) {
    const name = objectOf(tool.type === "custom" ? tool.custom : tool.function).name;
    if (!/^[\w-]{1,64}$/.test(stringOf(name))) return complaint(`tools[${index}].function.name`, "a name is required");
  }
  return body.tool_choice === undefined || body.tool_choice === null || Array.isArray(body.tools)
    ? undefined
    : complaint("tool_choice", "is only allowed when tools are given");
}

function checkAnswerFormat(body: JsonObject): VendorError | undefined {
  const format = body.response_format ?? undefined;
  if (format === undefined || (isObject(format) && ["text", "json_object"].includes(stringOf(format.type))))
    return undefined;
  const schema = objectOf(objectOf(format).json_schema);
  if (objectOf(format).type === "json_schema" && typeof schema.name === "string") return undefined;
  return complaint("response_format", "must be text, json_object, or json_schema with a named schema");
}

function complaint(param: string, wrong: string): VendorError {
  return { status: 400, message: `${param}: ${wrong}`, param };
}

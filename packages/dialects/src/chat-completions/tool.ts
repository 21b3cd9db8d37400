/** Tools, the choice among them, and their calls. https://platform.openai.com/docs/guides/function-calling */
import type { OpaquePart, OpaqueTool, Tool, ToolCallPart, ToolChoice } from "@interchange/inference";
import type { Telling } from "../telling.ts";
import { narrowToolId } from "../tool-id.ts";
import { bagOf, extraOf, hasOnly, isBoolean, isText, isWire, Taker, type Wire, writeJson } from "../wire.ts";
import { readCache, writeCache } from "./cache.ts";
import { NAME } from "./name.ts";

/** Tools of another type than `function` only a supplier of this format can know. */
export function readTool(wire: Wire): Tool | OpaqueTool {
  if (wire.type !== "function" || !isWire(wire.function)) return { dialect: NAME, wire };
  const taker = new Taker(wire.function);
  const name = taker.take("name", isText);
  if (name === undefined) return { dialect: NAME, wire };
  const description = taker.take("description", isText);
  const inputSchema = taker.take("parameters", isWire);
  const strict = taker.take("strict", isBoolean);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(inputSchema === undefined ? {} : { inputSchema }),
    ...(strict === undefined ? {} : { strict }),
    ...readCache(wire.function),
    ...readCache(wire),
    ...extraOf(NAME, restAround(wire, taker.rest())),
  };
}

/** What stands beside `type` and `function`, and what is left within the function. */
function restAround(wire: Wire, inner: Wire | undefined): Wire | undefined {
  const taker = new Taker(wire);
  taker.drop("type");
  taker.leave("function", inner);
  return taker.rest();
}

export function writeTool(tool: Tool | OpaqueTool, how: Telling): unknown {
  if ("wire" in tool) return tool.wire;
  const { function: rest, ...bag } = bagOf(NAME, tool);
  const schema = how.own ? tool.inputSchema : objectSchema(tool.inputSchema);
  const definition = {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    ...(schema === undefined ? {} : { parameters: schema }),
    ...(tool.strict === undefined ? {} : { strict: tool.strict }),
    ...(isWire(rest) ? rest : {}),
  };
  return { ...writeCache(tool.cache, how), ...bag, type: "function", function: definition };
}

/** Suppliers of this format refuse a schema whose root is not said to be an object. */
function objectSchema(schema: unknown): unknown {
  if (!isWire(schema)) return { type: "object", properties: {} };
  return "type" in schema ? schema : { type: "object", ...schema };
}

const MODES: readonly (readonly [word: string, kind: "auto" | "none" | "any"])[] = [
  ["auto", "auto"],
  ["none", "none"],
  ["required", "any"],
];

const KINDS: ReadonlyMap<unknown, "auto" | "none" | "any"> = new Map(MODES);
const WORDS: ReadonlyMap<string, string> = new Map(MODES.map(([word, kind]) => [kind, word]));

/** The choice; undefined when it says more than the words can. */
export function readToolChoice(wire: unknown): ToolChoice | undefined {
  const kind = KINDS.get(wire);
  if (kind !== undefined) return { kind };
  if (!isWire(wire) || wire.type !== "function" || !hasOnly(wire, "type", "function")) return undefined;
  const named = wire.function;
  return isWire(named) && isText(named.name) && hasOnly(named, "name") ? { kind: "tool", name: named.name } : undefined;
}

export function writeToolChoice(choice: ToolChoice): unknown {
  return choice.kind === "tool" ? { type: "function", function: { name: choice.name } } : WORDS.get(choice.kind);
}

/** A call of a function; calls of other tools stay opaque, as the piece of the message that they are. */
export function readToolCall(call: Wire): ToolCallPart | OpaquePart {
  const fn = call.function;
  if (!isOfFunction(call) || !isWire(fn)) return { type: "opaque", dialect: NAME, wire: { tool_calls: [call] } };
  const inner = new Taker(fn);
  const name = inner.take("name", isText) ?? "";
  const input = readArguments(inner.take("arguments", isArguments));
  const taker = new Taker(call);
  taker.drop("type");
  const callId = taker.take("id", isText) ?? "";
  taker.leave("function", inner.rest());
  return { type: "tool-call", callId, name, input, ...extraOf(NAME, taker.rest()) };
}

function isArguments(value: unknown): value is string | Wire {
  return isText(value) || isWire(value);
}

/** Arguments are JSON as a text; some servers give the object itself. */
export function readArguments(value: unknown): string {
  if (isText(value)) return value;
  return (isWire(value) ? writeJson(value) : undefined) ?? "";
}

/** Some servers leave the type out. */
export function isOfFunction(call: Wire): boolean {
  return call.type === "function" || (isWire(call.function) && (call.type === undefined || call.type === null));
}

export function writeToolCall(part: ToolCallPart, { own, quirks }: Telling): Wire {
  const { function: rest, ...bag } = bagOf(NAME, part);
  const input = part.input === "" && !own ? "{}" : part.input;
  const inner = { name: part.name, arguments: input, ...(isWire(rest) ? rest : {}) };
  return { ...bag, id: narrowToolId(part.callId, quirks.toolIds), type: "function", function: inner };
}

/** Tools that the model may call, and which of them it must. */
import type { Message, OpaqueTool, Tool, ToolChoice } from "@interchange/inference";
import { isSayable } from "../fitting.ts";
import {
  bagOf,
  extraOf,
  hasOnly,
  isBoolean,
  isText,
  isWire,
  readJson,
  Taker,
  type Wire,
  without,
  writeJson,
} from "../wire.ts";
import { readCache, writeCache } from "./cache.ts";
import { NAME } from "./name.ts";

/** The caller's own tools have no type, or `custom`. All others only a supplier of this format can know. */
export function readTool(wire: Wire): Tool | OpaqueTool {
  const taker = new Taker(wire);
  const name = taker.take("name", isText);
  if (name === undefined || !isOwn(wire.type)) return { dialect: NAME, wire, need: "server-tools" };
  const description = taker.take("description", isText);
  const inputSchema = taker.take("input_schema", isWire);
  const strict = taker.take("strict", isBoolean);
  const cache = readCache(wire);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(inputSchema === undefined ? {} : { inputSchema }),
    ...(strict === undefined ? {} : { strict }),
    ...(cache === undefined ? {} : { cache }),
    ...extraOf(NAME, taker.rest()),
  };
}

function isOwn(type: unknown): boolean {
  return type === undefined || type === null || type === "custom";
}

export function writeTool(tool: Tool | OpaqueTool): unknown {
  if ("wire" in tool) return tool.wire;
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: tool.inputSchema ?? { type: "object" },
    ...(tool.strict === undefined ? {} : { strict: tool.strict }),
    ...bagOf(NAME, tool),
  };
}

/** The caller's own tools as another format told them. Arguments are an object here, whatever else the schema says of them. */
export function crossTools(tools: readonly (Tool | OpaqueTool)[]): readonly Wire[] {
  return tools.flatMap((tool) => ("wire" in tool ? [] : [crossTool(tool)]));
}

function crossTool({ name, description, inputSchema, strict, cache }: Tool): Wire {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: { type: "object", ...(isWire(inputSchema) ? inputSchema : {}) },
    ...(strict === true ? { strict } : {}),
    ...writeCache(cache),
  };
}

/** The name in the letters that suppliers take, for calls of tools that nobody offered. */
export function fitToolName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, NAME_CHARS_MAX) || "_";
}

const NAME_CHARS_MAX = 128;

/** Tools in the place of those that were called before and are offered no longer: suppliers want calls to be of some tool. */
export function writeStubs(turns: readonly Message[]): readonly Wire[] {
  const calls = turns.flatMap((turn) => turn.content.filter((part) => part.type === "tool-call"));
  return [...new Set(calls.map((call) => call.name))].map((name) => ({ name, input_schema: { type: "object" } }));
}

export interface ToolRule {
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
}

interface ReadRule {
  readonly rule: ToolRule;
  /** What the words cannot say; undefined when they say all. */
  readonly rest: Wire | undefined;
}

/** The choice and, within it, whether several tools may be called at once. */
export function readToolChoice(wire: Wire): ReadRule {
  const toolChoice = choiceOf(wire);
  if (toolChoice === undefined) return { rule: {}, rest: wire };
  const disabled = toolChoice.kind === "none" ? undefined : wire.disable_parallel_tool_use;
  const known = ["type", ...(toolChoice.kind === "tool" ? ["name"] : [])];
  if (!isBoolean(disabled)) return { rule: { toolChoice }, rest: without(wire, ...known) };
  return {
    rule: { toolChoice, parallelToolCalls: !disabled },
    rest: without(wire, ...known, "disable_parallel_tool_use"),
  };
}

function choiceOf({ type, name }: Wire): ToolChoice | undefined {
  if (type === "auto" || type === "any" || type === "none") return { kind: type };
  return type === "tool" && isText(name) ? { kind: "tool", name } : undefined;
}

/** The choice on the wire; undefined when there is nothing to say. */
export function writeToolChoice({ toolChoice, parallelToolCalls }: ToolRule, rest: unknown): Wire | undefined {
  const kept = isWire(rest) ? rest : {};
  if (toolChoice === undefined) return parallelToolCalls === false ? { type: "auto", ...DISABLED, ...kept } : undefined;
  const name = toolChoice.kind === "tool" ? { name: toolChoice.name } : {};
  const told = parallelToolCalls === undefined || toolChoice.kind === "none";
  const parallel = told ? {} : { disable_parallel_tool_use: !parallelToolCalls };
  return { type: toolChoice.kind, ...name, ...parallel, ...kept };
}

const DISABLED: Wire = { disable_parallel_tool_use: true };

/**
 * Arguments are an object in this format. Texts that are none which could be written again, as when they were cut short,
 * are kept whole in one, under the name that the vendor proposes.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
 */
export function writeInput(text: string): Wire {
  const input = readJson(text);
  if (isWire(input) && isSayable(input)) return input;
  return text.trim() === "" ? {} : { [INVALID]: text };
}

/** The text of the arguments; undefined when they are nested too deep to be written. */
export function readInput(input: Wire): string | undefined {
  const text = input[INVALID];
  return isText(text) && hasOnly(input, INVALID) && writeInput(text)[INVALID] === text ? text : writeJson(input);
}

const INVALID = "INVALID_JSON";

/** The request. https://docs.anthropic.com/en/api/messages */
import type { Feature, InferenceRequest, OutputFormat } from "@interchange/inference";
import type { Target, Written } from "../dialect.ts";
import * as wires from "../wire.ts";
import { bagOf, extraOf, given, isNumber, isText, isTrue, isWire, isWireList, Taker, type Wire } from "../wire.ts";
import { readFormat, writeFormat } from "./format.ts";
import { readHeaders } from "./header.ts";
import { isSystem, readMessage, readSystem, writeMessage, writeSystem } from "./message.ts";
import { NAME } from "./name.ts";
import { readTool, readToolChoice, type ToolRule, writeTool, writeToolChoice } from "./tool.ts";

/** Reads a body that the contract has accepted. Usage is always shown on this surface. */
export function readRequest(body: Wire, headers: Wire = {}): InferenceRequest {
  const taker = new Taker(body);
  const system = readSystem(body.system);
  if (system.length > 0) taker.drop("system");
  const messages = taker.take("messages", isWireList)?.map(readMessage) ?? [];
  const words = {
    instrument: taker.take("model", isText),
    tools: taker.take("tools", isWireList)?.map(readTool),
    // It stays in the bag, to tell how much was asked for.
    outputTokensMax: isNumber(body.max_tokens) ? body.max_tokens : undefined,
    temperature: taker.take("temperature", isNumber),
    topP: taker.take("top_p", isNumber),
    topK: taker.take("top_k", isNumber),
    stopSequences: taker.take("stop_sequences", wires.isTexts),
    outputFormat: takeFormat(taker),
    ...takeToolRule(taker),
    extraNeeds: extraNeedsOf(body),
  };
  const stream = taker.take("stream", isTrue) ?? false;
  const all = [...system, ...messages];
  return {
    ...given(words),
    messages: all,
    stream,
    showUsage: true,
    ...readHeaders(headers),
    ...extraOf(NAME, taker.rest()),
  };
}

function takeToolRule(taker: Taker): ToolRule {
  const wire = taker.take("tool_choice", isWire);
  if (wire === undefined) return {};
  const { rule, rest } = readToolChoice(wire);
  taker.leave("tool_choice", rest);
  return rule;
}

function takeFormat(taker: Taker): OutputFormat | undefined {
  const config = taker.take("output_config", hasFormat);
  if (config === undefined) return undefined;
  taker.leave("output_config", wires.without(config, "format"));
  return readFormat(config.format);
}

function hasFormat(value: unknown): value is Wire {
  return isWire(value) && readFormat(value.format) !== undefined;
}

/** The older name of `output_config.format`. Servers of tools need nothing: it is the tool that puts one to use which does. */
function extraNeedsOf(body: Wire): readonly Feature[] | undefined {
  return isWire(body.output_format) ? ["structured-output"] : undefined;
}

/** The body for a supplier's own model. */
export function writeRequest(request: InferenceRequest, { model }: Target): Written {
  const { tool_choice, output_config, ...bag } = bagOf(NAME, request);
  const [first] = request.messages;
  const turns = isSystem(first) ? request.messages.slice(1) : request.messages;
  const written = {
    model,
    system: isSystem(first) ? writeSystem(first) : undefined,
    messages: turns.map(writeMessage),
    tools: request.tools?.map(writeTool),
    tool_choice: writeToolChoice(request, tool_choice) ?? tool_choice,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop_sequences: request.stopSequences,
    output_config: writeOutputConfig(request.outputFormat, output_config),
  };
  const cap = writeOutputTokensMax(request.outputTokensMax, bag);
  return { body: { ...given(written), ...bag, ...cap, ...(request.stream ? { stream: true } : {}) }, leftOut: [] };
}

/** Where the caller is given less than it asked for, its thinking has to find room in that: suppliers insist on it. */
function writeOutputTokensMax(max: number | undefined, { max_tokens: asked, thinking }: Wire): Wire {
  if (max === undefined) return {};
  const budget = isWire(thinking) ? thinking.budget_tokens : undefined;
  if (!isNumber(asked) || asked <= max || !isNumber(budget) || budget < max) return { max_tokens: max };
  return { max_tokens: max, thinking: { ...(thinking as Wire), budget_tokens: max - 1 } };
}

function writeOutputConfig(format: OutputFormat | undefined, rest: unknown): unknown {
  if (format === undefined) return rest;
  return { ...(isWire(rest) ? rest : {}), format: writeFormat(format) };
}

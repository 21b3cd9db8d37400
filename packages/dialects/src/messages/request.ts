/** The request. https://docs.anthropic.com/en/api/messages */
import type { Feature, InferenceRequest, OutputFormat } from "@interchange/inference";
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
    outputTokensMax: taker.take("max_tokens", isNumber),
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

/** Properties without a word that not every supplier honours. */
function extraNeedsOf(body: Wire): readonly Feature[] | undefined {
  const needs: Feature[] = [];
  if (Array.isArray(body.mcp_servers) && body.mcp_servers.length > 0) needs.push("server-tools");
  if (isWire(body.output_format)) needs.push("structured-output");
  return needs.length === 0 ? undefined : needs;
}

/** The body for a supplier's own model. */
export function writeRequest(request: InferenceRequest, model: string): Wire {
  const { tool_choice, output_config, ...bag } = bagOf(NAME, request);
  const [first] = request.messages;
  const turns = isSystem(first) ? request.messages.slice(1) : request.messages;
  const written = {
    model,
    system: isSystem(first) ? writeSystem(first) : undefined,
    messages: turns.map(writeMessage),
    tools: request.tools?.map(writeTool),
    tool_choice: writeToolChoice(request, tool_choice) ?? tool_choice,
    max_tokens: request.outputTokensMax,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop_sequences: request.stopSequences,
    output_config: writeOutputConfig(request.outputFormat, output_config),
  };
  return { ...given(written), ...bag, ...(request.stream ? { stream: true } : {}) };
}

function writeOutputConfig(format: OutputFormat | undefined, rest: unknown): unknown {
  if (format === undefined) return rest;
  return { ...(isWire(rest) ? rest : {}), format: writeFormat(format) };
}

/** The request. https://docs.anthropic.com/en/api/messages */
import type { Feature, InferenceRequest, Message, OutputFormat, Reasoning, Wish } from "@interchange/inference";
import type { Target, Written } from "../dialect.ts";
import { shortened } from "../digest.ts";
import { readPreferences, withoutPreferences } from "../preferences.ts";
import type { Quirks } from "../quirks.ts";
import { hearCalls } from "../single-calls.ts";
import * as wires from "../wire.ts";
import {
  bagOf,
  given,
  hasBag,
  isNumber,
  isSaid,
  isText,
  isTrue,
  isWire,
  isWireList,
  Taker,
  type Wire,
} from "../wire.ts";
import { isMarkable, readCache } from "./cache.ts";
import { readBonds } from "./feature.ts";
import { readFormat, writeFormat } from "./format.ts";
import { readHeaders } from "./header.ts";
import { isSystem, readMessages, readSystem, writeMessage, writeSystem } from "./message.ts";
import { NAME } from "./name.ts";
import { readReasoning, writeReasoning } from "./reasoning.ts";
import { crossTools, readTool, readToolChoice, type ToolRule, writeStubs, writeTool, writeToolChoice } from "./tool.ts";
import { crossTurns, narrowCallIds, withoutSystemTurns } from "./turn.ts";

/** Reads a body that the contract has accepted. The bag, even an empty one, tells that it came in this format. */
export function readRequest(body: Wire, headers: Wire = {}): InferenceRequest {
  const taker = new Taker(body);
  const system = readSystem(body.system);
  if (system.length > 0) taker.drop("system");
  const messages = readMessages(taker.take("messages", isWireList) ?? []);
  const words = {
    instrument: taker.take("model", isText),
    tools: taker.take("tools", isWireList)?.map(readTool),
    temperature: taker.take("temperature", isNumber),
    topP: taker.take("top_p", isNumber),
    topK: taker.take("top_k", isNumber),
    stopSequences: taker.take("stop_sequences", wires.isTexts),
    outputFormat: takeFormat(taker),
    ...takeToolRule(taker),
    ...readBeside(body),
  };
  const stream = taker.take("stream", isTrue) ?? false;
  return {
    ...given(words),
    messages: readCacheAtEnd(body, [...system, ...messages]),
    stream,
    showUsage: true,
    ...readHeaders(headers),
    extra: { [NAME]: taker.rest() ?? {} },
  };
}

/** What has a word and stays in the bag as well, to tell how exactly it was said. */
function readBeside(body: Wire) {
  const { max_tokens: max, metadata } = body;
  const bonds = readBonds(body);
  return {
    outputTokensMax: isNumber(max) ? max : undefined,
    reasoning: readReasoning(body),
    userId: isWire(metadata) && isSaid(metadata.user_id) ? metadata.user_id : undefined,
    extraNeeds: extraNeedsOf(body),
    extraBonds: bonds.length === 0 ? undefined : bonds,
    ...readPreferences(body),
  };
}

/** A mark for the whole prompt is one at its end. */
function readCacheAtEnd(body: Wire, messages: readonly Message[]): readonly Message[] {
  const cache = readCache(body);
  const last = messages.at(-1);
  const part = last?.content.at(-1);
  if (cache === undefined || last === undefined || part === undefined || !isMarkable(part)) return messages;
  const content = [...last.content.slice(0, -1), { cache, ...part }];
  return [...messages.slice(0, -1), { ...last, content }];
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

/** What rides in bags and not every supplier of the format honours. Servers of tools need nothing: tools put them to use. */
function extraNeedsOf(body: Wire): readonly Feature[] | undefined {
  const needs: Feature[] = [];
  if (isWire(body.output_format)) needs.push("structured-output");
  if (isWireList(body.messages) && body.messages.some((turn) => hasCitations(turn, IN_RESULTS)))
    needs.push("citations");
  return needs.length === 0 ? undefined : needs;
}

/** Whether documents or hits of a search are to be cited, here or in the result of a tool. */
function hasCitations({ content, citations }: Wire, depth: number): boolean {
  if (isWire(citations) && citations.enabled === true) return true;
  return depth > 0 && isWireList(content) && content.some((block) => hasCitations(block, depth - 1));
}

/** Turn, result of a tool, what stands in it: no deeper do blocks lie. */
const IN_RESULTS = 2;

/** The body for a supplier's own model. What came in this format goes as it came, as far as the supplier can read it. */
export function writeRequest(request: InferenceRequest, target: Target): Written {
  const { heard, unheard } = hearCalls(request, target.features.has("single-tool-calls"));
  const { body, leftOut } = hasBag(NAME, request) ? writeOwn(heard, target) : writeCrossed(heard, target);
  return { body, leftOut: [...leftOut, ...unheard] };
}

function writeOwn(request: InferenceRequest, { model, quirks }: Target): Written {
  const { tool_choice, output_config, ...said } = withoutPreferences(bagOf(NAME, request));
  const [first] = request.messages;
  const turns = isSystem(first) ? request.messages.slice(1) : request.messages;
  const { bag, leftOut } = withLessThinking(request.reasoning, said);
  const written = {
    model,
    system: isSystem(first) ? writeSystem(first.content) : undefined,
    messages: writeTurns(turns, quirks),
    tools: request.tools?.map(writeTool),
    tool_choice: writeToolChoice(request, tool_choice) ?? tool_choice,
    ...writeSampling(request),
    output_config: writeOutputConfig(request.outputFormat, output_config),
  };
  const cap = writeOutputTokensMax(request.outputTokensMax, bag);
  return { body: { ...given(written), ...bag, ...cap, ...writeStream(request) }, leftOut };
}

/** Thinking is off where the word says so and the caller did not: its thoughts of before were another supplier's. */
function withLessThinking(reasoning: Reasoning | undefined, said: Wire): { bag: Wire; leftOut: readonly Wish[] } {
  const asked = readReasoning({ thinking: said.thinking })?.mode ?? "off";
  if (reasoning?.mode !== "off" || asked === "off") return { bag: said, leftOut: [] };
  const { thinking: _, context_management: managed, ...bag } = said;
  return { bag: { ...bag, ...withoutThoughtEdits(managed) }, leftOut: ["reasoning"] };
}

/** The vendor refuses to clear thoughts away where none are made. */
function withoutThoughtEdits(managed: unknown): Wire {
  if (!isWire(managed) || !isWireList(managed.edits))
    return managed === undefined ? {} : { context_management: managed };
  const edits = managed.edits.filter(({ type }) => !String(type).startsWith("clear_thinking"));
  return edits.length === 0 ? {} : { context_management: { ...managed, edits } };
}

/** What came in another format, in this one's words. */
function writeCrossed(request: InferenceRequest, target: Target): Written {
  const { system, turns } = crossTurns(request.messages);
  const { thinking, effort, leftOut } = writeReasoning(request, target, turns);
  const config = writeOutputConfig(request.outputFormat, effort && { effort });
  const written = {
    model: target.model,
    max_tokens: request.outputTokensMax ?? OUTPUT_TOKENS_UNSAID,
    system: writeSystem(system),
    messages: writeTurns(turns, target.quirks),
    ...writeTools(request, turns),
    ...writeSampling(request),
    thinking,
    output_config: config,
    metadata: request.userId === undefined ? undefined : { user_id: shortened(request.userId, USER_ID_CHARS_MAX) },
  };
  return { body: { ...given(written), ...writeStream(request) }, leftOut };
}

/** The format demands a cap. The market always sets one, by the instrument; this is for whoever has none. */
const OUTPUT_TOKENS_UNSAID = 16_000;

function writeTurns(turns: readonly Message[], { systemTurns, toolIds }: Quirks): readonly Wire[] {
  const told = systemTurns === false ? withoutSystemTurns(turns) : turns;
  return (toolIds === undefined ? told : narrowCallIds(told, toolIds)).map(writeMessage);
}

/** Nothing is said of the choice among tools where there are none. */
function writeTools(request: InferenceRequest, turns: readonly Message[]): Wire {
  const tools = crossTools(request.tools ?? []);
  if (tools.length > 0) return given({ tools, tool_choice: writeToolChoice(request, undefined) });
  const stubs = writeStubs(turns);
  return stubs.length === 0 ? {} : { tools: stubs, tool_choice: { type: "none" } };
}

function writeSampling(request: InferenceRequest): Wire {
  return {
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop_sequences: request.stopSequences,
  };
}

/** Whoever asks has one name at most this long; a longer one is told by its digest. */
const USER_ID_CHARS_MAX = 256;

function writeStream({ stream }: InferenceRequest): Wire {
  return stream ? { stream: true } : {};
}

/** Where the caller is given less than it asked for, its thinking has to find room in that: suppliers insist on it. */
function writeOutputTokensMax(max: number | undefined, { max_tokens: asked, thinking }: Wire): Wire {
  if (max === undefined) return {};
  const budget = isWire(thinking) ? thinking.budget_tokens : undefined;
  if (!isNumber(asked) || asked <= max || !isNumber(budget) || budget < max) return { max_tokens: max };
  return { max_tokens: max, thinking: { ...(thinking as Wire), budget_tokens: max - 1 } };
}

function writeOutputConfig(format: OutputFormat | undefined, rest: unknown): unknown {
  const written = format && writeFormat(format);
  return written === undefined ? rest : { ...(isWire(rest) ? rest : {}), format: written };
}

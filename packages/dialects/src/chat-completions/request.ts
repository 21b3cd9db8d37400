/** The request. https://platform.openai.com/docs/api-reference/chat/create */
import type { Feature, InferenceRequest } from "@interchange/inference";
import type { Target, Written } from "../dialect.ts";
import * as wires from "../wire.ts";
import { bagOf, extraOf, given, isNumber, isText, isTrue, isWire, isWireList, Taker, type Wire } from "../wire.ts";
import { readFormat, writeFormat } from "./format.ts";
import { readMessage, writeMessage } from "./message.ts";
import { NAME } from "./name.ts";
import { readTool, readToolChoice, writeTool, writeToolChoice } from "./tool.ts";

/** Reads a body that the contract has accepted. */
export function readRequest(body: Wire): InferenceRequest {
  const taker = new Taker(body);
  const messages = taker.take("messages", isWireList)?.map(readMessage) ?? [];
  const words = {
    instrument: taker.take("model", isText),
    tools: taker.take("tools", isWireList)?.map(readTool),
    toolChoice: readToolChoice(taker.take("tool_choice", hasToolChoice)),
    parallelToolCalls: taker.take("parallel_tool_calls", wires.isBoolean),
    outputTokensMax: readOutputTokensMax(body),
    answers: taker.take("n", isNumber),
    temperature: taker.take("temperature", isNumber),
    topP: taker.take("top_p", isNumber),
    stopSequences: takeStop(taker, body),
    seed: taker.take("seed", isNumber),
    outputFormat: readFormat(taker.take("response_format", hasFormat)),
    extraNeeds: extraNeedsOf(body),
  };
  const stream = taker.take("stream", isTrue) ?? false;
  const showUsage = isWire(body.stream_options) && body.stream_options.include_usage === true;
  return { ...given(words), messages, stream, showUsage, ...extraOf(NAME, taker.rest()) };
}

function hasToolChoice(value: unknown): value is unknown {
  return readToolChoice(value) !== undefined;
}

function hasFormat(value: unknown): value is unknown {
  return readFormat(value) !== undefined;
}

/** The newer name wins. Both stay in the bag to tell which was used. */
function readOutputTokensMax({ max_tokens, max_completion_tokens }: Wire): number | undefined {
  return [max_completion_tokens, max_tokens].find(isNumber);
}

/** One text is a list of one; it stays in the bag to tell that it was written alone. */
function takeStop(taker: Taker, body: Wire): readonly string[] | undefined {
  return isText(body.stop) ? [body.stop] : taker.take("stop", wires.isTexts);
}

const EXTRA_NEEDS: readonly (readonly [property: string, need: Feature, asked: (value: unknown) => boolean])[] = [
  ["logprobs", "logprobs", isTrue],
  ["top_logprobs", "logprobs", (value) => isNumber(value) && value > 0],
  ["web_search_options", "server-tools", isWire],
  ["functions", "tools", (value) => Array.isArray(value) && value.length > 0],
  ["function_call", "tools", isWire],
  ["audio", "audio", isWire],
  ["modalities", "audio", (value) => Array.isArray(value) && value.includes("audio")],
];

/** Properties without a word that not every supplier honours. */
function extraNeedsOf(body: Wire): readonly Feature[] | undefined {
  const needs = EXTRA_NEEDS.flatMap(([property, need, asked]) => (asked(body[property]) ? [need] : []));
  return needs.length === 0 ? undefined : needs;
}

/** The body for a supplier's own model. What was said to us about the choice of suppliers is not said to them. */
export function writeRequest(request: InferenceRequest, { model }: Target): Written {
  const { route: _route, provider: _provider, stream_options, ...bag } = bagOf(NAME, request);
  const written = {
    model,
    messages: request.messages.flatMap(writeMessage),
    tools: request.tools?.map(writeTool),
    tool_choice: request.toolChoice && writeToolChoice(request.toolChoice),
    parallel_tool_calls: request.parallelToolCalls,
    n: request.answers,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stopSequences,
    seed: request.seed,
    response_format: request.outputFormat && writeFormat(request.outputFormat),
  };
  const body = {
    ...given(written),
    ...bag,
    ...writeOutputTokensMax(request.outputTokensMax, bag),
    ...writeStream(request.stream, stream_options),
  };
  return { body, leftOut: [] };
}

/**
 * Under the name that the caller used. Where it used none, under the older one: many servers have never heard of the
 * newer, and pass over it or refuse it. Where it used both, neither says more than the word.
 */
function writeOutputTokensMax(
  max: number | undefined,
  { max_tokens: older, max_completion_tokens: newer }: Wire,
): Wire {
  if (max === undefined) return {};
  if (newer === undefined || (newer === null && isNumber(older))) return { max_tokens: max };
  return { max_completion_tokens: max, ...(isNumber(older) ? { max_tokens: Math.min(older, max) } : {}) };
}

/** Usage is always asked for, since it is what is paid by. */
function writeStream(stream: boolean, options: unknown): Wire {
  const said = isWire(options) ? options : {};
  if (stream) return { stream: true, stream_options: { ...said, include_usage: true } };
  return options === undefined ? {} : { stream_options: options };
}

/** The request. https://platform.openai.com/docs/api-reference/chat/create */
import type { InferenceRequest } from "@interchange/inference";
import type { Target, Written } from "../dialect.ts";
import { shortened } from "../digest.ts";
import { readPreferences, withoutPreferences } from "../preferences.ts";
import type { Quirks } from "../quirks.ts";
import { hearCalls } from "../single-calls.ts";
import type { Telling } from "../telling.ts";
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
import { readFilters } from "./feature.ts";
import { readFormat, writeFormat } from "./format.ts";
import { readMessage } from "./message.ts";
import { NAME } from "./name.ts";
import { readReasoning, writeReasoning } from "./reasoning.ts";
import { readTool, readToolChoice, writeTool, writeToolChoice } from "./tool.ts";
import { writeTurns } from "./turn.ts";

/** Reads a body that the contract has accepted. The bag, even an empty one, tells that it came in this format. */
export function readRequest(body: Wire): InferenceRequest {
  const taker = new Taker(body);
  const messages = taker.take("messages", isWireList)?.map(readMessage) ?? [];
  const words = {
    instrument: taker.take("model", isText),
    tools: taker.take("tools", isWireList)?.map(readTool),
    toolChoice: readToolChoice(taker.take("tool_choice", hasToolChoice)),
    parallelToolCalls: taker.take("parallel_tool_calls", wires.isBoolean),
    answers: taker.take("n", isNumber),
    temperature: taker.take("temperature", isNumber),
    topP: taker.take("top_p", isNumber),
    stopSequences: takeStop(taker, body),
    seed: taker.take("seed", isNumber),
    outputFormat: readFormat(taker.take("response_format", hasFormat)),
    ...readBeside(body),
  };
  const stream = taker.take("stream", isTrue) ?? false;
  const showUsage = isWire(body.stream_options) && body.stream_options.include_usage === true;
  return { ...given(words), messages, stream, showUsage, extra: { [NAME]: taker.rest() ?? {} } };
}

/** What has a word and stays in the bag as well, to tell how exactly it was said. */
function readBeside(body: Wire) {
  const { needs, bonds } = readFilters(body);
  const bound = [...bonds, ...readBonds(body)];
  return {
    outputTokensMax: readOutputTokensMax(body),
    reasoning: readReasoning(body.reasoning_effort),
    userId: [body.safety_identifier, body.user].find(isSaid),
    extraNeeds: needs.length === 0 ? undefined : needs,
    extraBonds: bound.length === 0 ? undefined : bound,
    cacheKey: isSaid(body.prompt_cache_key) ? body.prompt_cache_key : undefined,
    ...readPreferences(body),
  };
}

/** A choice among some of the tools, and results of functions of the older form, which name no call. */
function readBonds({ tool_choice: choice, messages }: Wire): readonly string[] {
  const isOdd = isWire(choice) && !hasToolChoice(choice);
  const isOlder = isWireList(messages) && messages.some(({ role }) => role === "function");
  return [...(isOdd ? ["tool_choice"] : []), ...(isOlder ? ["role function"] : [])];
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

/** The body for this supplier. */
export function writeRequest(request: InferenceRequest, target: Target): Written {
  const { quirks } = target;
  const how = { own: hasBag(NAME, request), quirks };
  const { stream_options, ...said } = withoutPreferences(bagOf(NAME, request));
  const bag = quirks.userId === undefined ? said : (wires.without(said, "user", "safety_identifier") ?? {});
  const reasoning = how.own ? { said: {}, leftOut: [] } : writeReasoning(request.reasoning, target);
  const isHeeded = target.features.has("single-tool-calls") && quirks.parallelToolCalls !== false;
  const { heard, unheard } = hearCalls(request, isHeeded);
  const written = {
    model: target.model,
    messages: writeTurns(request.messages, how),
    ...writeTools(heard, how),
    n: request.answers,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK === 0 ? undefined : request.topK,
    stop: request.stopSequences,
    seed: request.seed,
    response_format: request.outputFormat && writeFormat(request.outputFormat, how.own),
    ...writeUser(request.userId, how),
  };
  const body = {
    ...given(written),
    ...reasoning.said,
    ...writeCap(request.outputTokensMax, bag, quirks),
    ...(quirks.streamOptions === false
      ? writeStreamAlone(request.stream)
      : writeStream(request.stream, stream_options)),
  };
  return { body, leftOut: [...reasoning.leftOut, ...unheard] };
}

/** Tools, and what is said of them; suppliers refuse the one without the other, and an empty list. */
function writeTools({ tools, toolChoice, parallelToolCalls }: InferenceRequest, how: Telling) {
  const known = tools?.filter((tool) => how.own || !("wire" in tool) || tool.dialect === NAME);
  if (!how.own && (known === undefined || known.length === 0)) return {};
  return {
    tools: known?.map((tool) => writeTool(tool, how)),
    tool_choice: toolChoice && writeToolChoice(toolChoice),
    parallel_tool_calls: how.quirks.parallelToolCalls === false ? undefined : parallelToolCalls,
  };
}

const USER_CHARS_MAX = 64;

/** Under the older name, which most servers know; as a digest (SHA-256, hex) where it is too long. */
function writeUser(userId: string | undefined, { own, quirks }: Telling): Wire {
  const name = quirks.userId ?? (own ? "omit" : "user");
  if (userId === undefined || name === "omit") return {};
  return { [name]: shortened(userId, USER_CHARS_MAX) };
}

/** The rest of the bag, and in it the cap under the name that the supplier understands. */
function writeCap(max: number | undefined, bag: Wire, { outputCap }: Quirks): Wire {
  if (outputCap === undefined) return { ...bag, ...writeOutputTokensMax(max, bag) };
  const { max_tokens: _older, max_completion_tokens: _newer, ...rest } = bag;
  return max === undefined ? rest : { ...rest, [outputCap]: max };
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

function writeStreamAlone(stream: boolean): Wire {
  return stream ? { stream: true } : {};
}

/** What the contract allows beside the words in answers and chunks, by its own checks, place by place. */
import { validators } from "@interchange/contract/chat-completions";
import { isSayable } from "../fitting.ts";
import { isWire, isWireList, type Wire } from "../wire.ts";

const { event, responses } = validators.createChatCompletion;

function isAnswer(wire: Wire): boolean {
  return isSayable(wire) && responses[200](wire);
}

function isEvent(wire: Wire): boolean {
  return isSayable(wire) && event(wire);
}

const HEAD: Wire = { id: "", created: 0, model: "", choices: [] };
const COUNTS: Wire = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
const CALL: Wire = { type: "function", id: "" };
const FUNCTION: Wire = { name: "", arguments: "" };

export function fitsAnswer(rest: Wire): boolean {
  return isAnswer({ ...HEAD, object: "chat.completion", usage: COUNTS, ...rest });
}

export function fitsUsage(rest: Wire): boolean {
  return fitsAnswer({ usage: { ...COUNTS, ...rest } });
}

/** `message` is what stands within the message. */
export function fitsChoice({ message, ...rest }: Wire): boolean {
  const within = isWire(message) ? message : {};
  const said = { role: "assistant", content: null, ...within };
  return fitsAnswer({ choices: [{ index: 0, message: said, finish_reason: "stop", ...rest }] });
}

/** Some servers leave out what they do not tell of a token. */
export function readLogprobs(rest: Wire | undefined): Wire | undefined {
  if (rest === undefined || !isWire(rest.logprobs)) return rest;
  const lists = Object.entries(rest.logprobs).map(([key, list]) => [key, TOLD.has(key) ? readTokens(list) : list]);
  return { ...rest, logprobs: Object.fromEntries(lists) };
}

const TOLD: ReadonlySet<string> = new Set(["content", "refusal"]);

function readTokens(list: unknown): unknown {
  return isWireList(list) ? list.map((token) => ({ top_logprobs: [], ...readToken(token) })) : list;
}

function readToken(token: Wire): Wire {
  const { top_logprobs: others } = token;
  const read = isWireList(others) ? { top_logprobs: others.map(readToken) } : {};
  return { bytes: null, ...token, ...read };
}

export function fitsMessage(rest: Wire): boolean {
  return fitsChoice({ message: rest });
}

/** What stands beside a call of a function, and, as `function`, what stands within. */
export function fitsCall({ function: inner, ...rest }: Wire): boolean {
  const call = { ...CALL, function: { ...FUNCTION, ...(isWire(inner) ? inner : {}) }, ...rest };
  return fitsMessage({ tool_calls: [call] });
}

export function fitsChunk(rest: Wire): boolean {
  return isEvent({ ...HEAD, object: "chat.completion.chunk", ...rest });
}

export function fitsChunkChoice(rest: Wire): boolean {
  return fitsChunk({ choices: [{ index: 0, delta: {}, ...rest }] });
}

export function fitsDelta(rest: Wire): boolean {
  return fitsChunkChoice({ delta: rest });
}

export function fitsCallDelta(rest: Wire): boolean {
  return fitsDelta({ tool_calls: [{ index: 0, ...rest }] });
}

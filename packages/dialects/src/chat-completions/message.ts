/** One turn of the conversation. https://platform.openai.com/docs/api-reference/chat/create */
import type { Message, Part, ReasoningPart, RefusalPart, Role, TextPart, ToolResultPart } from "@interchange/inference";
import { hasContent, readContent, writeContent } from "../content.ts";
import type { Telling } from "../telling.ts";
import { narrowToolId } from "../tool-id.ts";
import { bagOf, extraOf, hasBag, isSaid, isText, isWireList, Taker, type Wire, without } from "../wire.ts";
import { marksCache } from "./cache.ts";
import { NAME } from "./name.ts";
import { isPiece, joinPiece, takePieces } from "./opaque.ts";
import { type ContentPart, readPart, writePart } from "./part.ts";
import { isDetail, isDetails, readDetails, writeDetails } from "./thought.ts";
import { readToolCall, writeToolCall } from "./tool.ts";

const ROLES: ReadonlySet<unknown> = new Set<Role>(["system", "developer", "user", "assistant", "tool"]);

/** A role without a word stays in the bag. */
export function readMessage(wire: Wire): Message {
  const taker = new Taker(wire);
  const role = taker.take("role", isRole) ?? "user";
  const content = role === "tool" ? takeResult(taker) : takeParts(taker);
  return { role, content, ...extraOf(NAME, taker.rest()) };
}

function isRole(value: unknown): value is Role {
  return ROLES.has(value);
}

function takeResult(taker: Taker): readonly Part[] {
  const content = readContent(taker.take("content", hasContent), readPart) ?? [];
  return [{ type: "tool-result", callId: taker.take("tool_call_id", isText) ?? "", content, isError: false }];
}

/** The parts of a message in the order in which a model makes them: thought, said, declined, called. */
export function takeParts(taker: Taker): readonly Part[] {
  const thoughts = takeThoughts(taker);
  const said = readContent(taker.take("content", hasContent), readPart) ?? [];
  const declined = taker.take("refusal", isSaid);
  const called = taker.take("tool_calls", isCalls)?.map(readToolCall) ?? [];
  return [
    ...thoughts,
    ...said,
    ...(declined === undefined ? [] : [{ type: "refusal", text: declined } as const]),
    ...called,
    ...takePieces(taker),
  ];
}

/** Pieces tell more than the text, which then stays in the bag. */
function takeThoughts(taker: Taker): readonly ReasoningPart[] {
  const details = taker.take("reasoning_details", isDetails);
  if (details !== undefined) return readDetails(details);
  const text = taker.take("reasoning_content", isSaid);
  return text === undefined ? [] : [{ type: "reasoning", text }];
}

function isCalls(value: unknown): value is readonly Wire[] {
  return isWireList(value) && value.length > 0;
}

/** A turn with the parts that are its own; results of tools are turns of their own. */
export function writeTurn(message: Message, parts: readonly Part[], how: Telling): Wire {
  const role = message.role === "developer" && how.quirks.developerRole === false ? "system" : message.role;
  const turn = { role, ...writeParts(role, parts, how), ...keptBag(message) };
  return role === "assistant" ? withoutContent(withThoughts(turn, how), how) : turn;
}

/** Thoughts that were taken out of the turn, since they are another supplier's, are not told by their text either. */
function keptBag(message: Message): Wire {
  const bag = bagOf(NAME, message);
  if (!isSaid(bag["reasoning_content"]) || message.content.some((part) => part.type === "reasoning")) return bag;
  return without(bag, "reasoning_content") ?? {};
}

export function writeResult(result: ToolResultPart, parts: readonly ContentPart[], bag: Wire, how: Telling): Wire {
  const callId = narrowToolId(result.callId, how.quirks.toolIds);
  return { role: "tool", tool_call_id: callId, ...writeContents("tool", parts, how), ...bag };
}

function writeParts(role: string, parts: readonly Part[], how: Telling): Wire {
  const declined = parts.filter(isDeclined);
  const content = parts.filter(isContentPart).filter((part) => !isDeclined(part) && !isPiece(part));
  return {
    ...writeContents(role, content, how),
    ...(declined.length === 0 ? {} : { refusal: joined(declined) }),
    ...writeBeside(parts, how),
  };
}

/** The property to spread into what has the content; none when there is none. */
function writeContents(role: string, parts: readonly ContentPart[], how: Telling): Wire {
  if (isOneText(role, parts, how)) return { content: joined(parts, role === "assistant" ? "" : "\n\n") };
  if (marksCache(how) && parts.some(isMarked)) return { content: parts.map((part) => writePart(part, how)) };
  const content = writeContent(NAME, parts, (part) => writePart(part, how));
  return content === undefined ? {} : { content };
}

/** Whether texts are told as one: where nothing else is understood, and where a model of another format said them. */
function isOneText(role: string, parts: readonly ContentPart[], how: Telling): parts is readonly TextPart[] {
  if (parts.length === 0 || !parts.every((part) => part.type === "text")) return false;
  if (how.quirks.content === "text") return true;
  return !how.own && role === "assistant" && !(marksCache(how) && parts.some(isMarked));
}

export function isMarked(part: Part): boolean {
  return "cache" in part;
}

/** What stands beside the content: thoughts, calls and pieces that only this dialect knows. */
function writeBeside(parts: readonly Part[], how: Telling): Wire {
  const thoughts = parts.filter((part) => part.type === "reasoning");
  // Where the thoughts came in pieces, their text is in the bag when it came too.
  const text = thoughts.some(isDetail) ? "" : joined(thoughts);
  return { ...writeThoughts(thoughts, text), ...writePieces(parts), ...writeCalls(parts, how) };
}

export function writeThoughts(thoughts: readonly ReasoningPart[], text: string): Wire {
  const details = writeDetails(thoughts);
  return {
    ...(text === "" ? {} : { reasoning_content: text }),
    ...(details === undefined ? {} : { reasoning_details: details }),
  };
}

export function writePieces(parts: readonly Part[]): Wire {
  const pieces = parts.filter(isPiece).map((part) => joinPiece(part.wire, part.deltas ?? []));
  return Object.fromEntries(pieces.flatMap(Object.entries));
}

/** Calls in their order, those of functions and those that stayed opaque. */
export function writeCalls(parts: readonly Part[], how: Telling): Wire {
  const calls = parts.flatMap((part) => writeCall(part, how));
  return calls.length === 0 ? {} : { tool_calls: calls };
}

function writeCall(part: Part, how: Telling): readonly unknown[] {
  if (part.type === "tool-call") return [writeToolCall(part, how)];
  if (!isPiece(part)) return [];
  const { tool_calls } = joinPiece(part.wire, part.deltas ?? []);
  return Array.isArray(tool_calls) ? tool_calls : [];
}

const THOUGHTS = ["reasoning_content", "reasoning", "reasoning_details"] as const;

/** Past thoughts under the name by which the supplier knows them. */
function withThoughts(turn: Wire, { quirks: { pastReasoning } }: Telling): Wire {
  if (pastReasoning === "omit") return without(turn, ...THOUGHTS) ?? {};
  const { reasoning_content: text, ...rest } = turn;
  return pastReasoning === "reasoning" && isSaid(text) ? { ...rest, reasoning: text } : turn;
}

/** A turn that only calls tools has no content, which suppliers want said in different ways. */
function withoutContent(turn: Wire, { own, quirks }: Telling): Wire {
  const wanted = quirks.emptyContent ?? (own ? undefined : "null");
  if (wanted === undefined || hasContent(turn["content"])) return turn;
  if (!("tool_calls" in turn)) return own ? turn : { ...turn, content: "" };
  const { content: _, ...rest } = turn;
  return wanted === "absent" ? rest : { ...rest, content: wanted === "empty" ? "" : null };
}

export function joined(parts: readonly { readonly text: string }[], between = ""): string {
  return parts.map((part) => part.text).join(between);
}

export function isContentPart(part: Part): part is ContentPart {
  return part.type !== "reasoning" && part.type !== "tool-call" && part.type !== "tool-result";
}

/** The message's own `refusal`, which is no part of its content. */
function isDeclined(part: Part): part is RefusalPart {
  return part.type === "refusal" && !hasBag(NAME, part);
}

/** Turns of the conversation. https://platform.openai.com/docs/api-reference/chat/create */
import type { Message, Part, RefusalPart, Role, ToolResultPart } from "@interchange/inference";
import { hasContent, readContent, writeContent } from "../content.ts";
import { bagOf, extraOf, hasBag, isSaid, isText, isWireList, Taker, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";
import { isPiece, joinPiece, takePieces } from "./opaque.ts";
import { type ContentPart, readPart, writePart } from "./part.ts";
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
  const thought = taker.take("reasoning_content", isSaid);
  const said = readContent(taker.take("content", hasContent), readPart) ?? [];
  const declined = taker.take("refusal", isSaid);
  const called = taker.take("tool_calls", isCalls)?.map(readToolCall) ?? [];
  return [
    ...(thought === undefined ? [] : [{ type: "reasoning", text: thought } as const]),
    ...said,
    ...(declined === undefined ? [] : [{ type: "refusal", text: declined } as const]),
    ...called,
    ...takePieces(taker),
  ];
}

function isCalls(value: unknown): value is readonly Wire[] {
  return isWireList(value) && value.length > 0;
}

/** Results of tools are messages of their own in this format; what stands beside them follows in another. */
export function writeMessage(message: Message): readonly Wire[] {
  const results = message.content.filter((part) => part.type === "tool-result");
  const rest = message.content.filter((part) => part.type !== "tool-result");
  const written = results.map((result) => writeResult(result, message));
  if (results.length > 0 && rest.length === 0) return written;
  return [...written, { role: message.role, ...writeParts(rest), ...bagOf(NAME, message) }];
}

function writeResult(result: ToolResultPart, message: Message): Wire {
  const parts = result.content.filter(isContentPart);
  return { role: "tool", tool_call_id: result.callId, ...contentOf(parts), ...bagOf(NAME, message) };
}

function writeParts(parts: readonly Part[]): Wire {
  const declined = parts.filter(isDeclined);
  const content = parts.filter(isContentPart).filter((part) => !isDeclined(part) && !isPiece(part));
  return {
    ...contentOf(content),
    ...(declined.length === 0 ? {} : { refusal: joined(declined) }),
    ...writeBeside(parts),
  };
}

function contentOf(parts: readonly ContentPart[]): Wire {
  const content = writeContent(NAME, parts, writePart);
  return content === undefined ? {} : { content };
}

/** What stands beside the content: thoughts, calls and pieces that only this dialect knows. */
export function writeBeside(parts: readonly Part[]): Wire {
  const thoughts = parts.filter((part) => part.type === "reasoning");
  const calls = parts.flatMap(writeCalls);
  const pieces = parts.filter(isPiece).map((part) => joinPiece(part.wire, part.deltas ?? []));
  return {
    ...(thoughts.length === 0 ? {} : { reasoning_content: joined(thoughts) }),
    ...Object.assign({}, ...pieces),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

/** Calls in their order, those of functions and those that stayed opaque. */
function writeCalls(part: Part): readonly unknown[] {
  if (part.type === "tool-call") return [writeToolCall(part)];
  if (!isPiece(part)) return [];
  const { tool_calls } = joinPiece(part.wire, part.deltas ?? []);
  return Array.isArray(tool_calls) ? tool_calls : [];
}

export function joined(parts: readonly { readonly text: string }[]): string {
  return parts.map((part) => part.text).join("");
}

function isContentPart(part: Part): part is ContentPart {
  return part.type !== "reasoning" && part.type !== "tool-call" && part.type !== "tool-result";
}

/** The message's own `refusal`, which is no part of its content. */
function isDeclined(part: Part): part is RefusalPart {
  return part.type === "refusal" && !hasBag(NAME, part);
}

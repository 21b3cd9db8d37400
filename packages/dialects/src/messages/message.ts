/** Turns of the conversation, and the system prompt that stands before them. */
import type { Message, Part, Role } from "@interchange/inference";
import { hasContent, readContent } from "../content.ts";
import { bagOf, extraOf, hasBag, isTagged, Taker, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";
import { contentOf, readPart } from "./part.ts";

const ROLES = ["user", "assistant", "system"] as const;

/** The turns. A result that does not say of which call it is, is of the only one of the assistant's turn before it. */
export function readMessages(wires: readonly Wire[]): readonly Message[] {
  let only: string | undefined;
  return wires.map((wire) => {
    const { content, ...message } = readMessage(wire);
    const turn = { ...message, content: only === undefined ? content : content.map((part) => resultOf(part, only)) };
    if (message.role === "assistant") only = onlyCallOf(content);
    return turn;
  });
}

/** A system turn among the messages has a bag, even an empty one; the system prompt before them has none. */
function readMessage(wire: Wire): Message {
  const taker = new Taker(wire);
  const role = taker.take("role", isRole) ?? "user";
  const content = readContent(taker.take("content", hasContent), readPart) ?? [];
  const rest = taker.rest();
  return { role, content, ...extraOf(NAME, role === "system" ? (rest ?? {}) : rest) };
}

function onlyCallOf(content: readonly Part[]): string | undefined {
  const calls = content.filter((part) => part.type === "tool-call");
  return calls.length === 1 ? calls[0]?.callId : undefined;
}

/** The bag tells that it came without the id. */
function resultOf(part: Part, callId: string | undefined): Part {
  if (part.type !== "opaque" || callId === undefined || !isTagged(part.wire)) return part;
  if (part.wire.type !== "tool_result" || "tool_use_id" in part.wire) return part;
  const read = readPart({ ...part.wire, tool_use_id: callId });
  if (read.type !== "tool-result") return part;
  return { ...read, callId, extra: { [NAME]: { ...bagOf(NAME, read), tool_use_id: undefined } } };
}

function isRole(value: unknown): value is (typeof ROLES)[number] {
  return (ROLES as readonly unknown[]).includes(value);
}

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  tool: "user",
};

export function writeMessage(message: Message): Wire {
  return { role: ROLE_WORDS[message.role], ...contentOf(message.content), ...bagOf(NAME, message) };
}

/** The system prompt as the first turn; none when it is absent or empty. */
export function readSystem(wire: unknown): readonly Message[] {
  const content = readContent(wire, readPart);
  return content === undefined ? [] : [{ role: "system", content }];
}

/** Whether this turn, when it is the first, is the system prompt. */
export function isSystem(message: Message | undefined): message is Message {
  return message?.role === "system" && !hasBag(NAME, message);
}

export function writeSystem(content: readonly Part[]): unknown {
  return contentOf(content).content;
}

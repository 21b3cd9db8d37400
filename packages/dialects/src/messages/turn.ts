/** The turns of a conversation that came in another format, as this one has them. https://docs.anthropic.com/en/api/messages */
import type { Extra, Message, Part, TextPart } from "@interchange/inference";
import { mediaTypeOf } from "../media-type.ts";
import type { ToolIdRule } from "../quirks.ts";
import { narrowToolId } from "../tool-id.ts";
import { bagOf, without } from "../wire.ts";
import { writeCache } from "./cache.ts";
import { NAME } from "./name.ts";
import { fitToolName } from "./tool.ts";

export interface Turns {
  /** The system prompt. */
  readonly system: readonly Part[];
  /** Turns of users and assistants in turns, and system turns where they stood. */
  readonly turns: readonly Message[];
}

/** System turns at the beginning are the system prompt, later ones stay in their place; neighbours of one role are one turn. */
export function crossTurns(messages: readonly Message[]): Turns {
  const beginning = messages.findIndex((message) => !isOfSystem(message));
  const leading = beginning === -1 ? messages.length : beginning;
  const system = messages.slice(0, leading).map(crossTurn);
  const turns = openedByUser(mergeTurns(messages.slice(leading).map(crossTurn)));
  if (turns.length > 0) return { system: system.flatMap(contentOf), turns };
  return { system: system.slice(0, -1).flatMap(contentOf), turns: onlyTurn(system.at(-1)) };
}

function isOfSystem({ role }: Message): boolean {
  return role === "system" || role === "developer";
}

function contentOf({ content }: Message): readonly Part[] {
  return content;
}

/** Where nobody but the system has spoken, its last word is what the user says; where nobody has, silence is. */
function onlyTurn(system: Message | undefined): readonly Message[] {
  if (system !== undefined && system.content.length > 0) return [toldByUser(system)];
  return [{ role: "user", content: [{ type: "text", text: "" }] }];
}

function crossTurn({ role, content }: Message): Message {
  const told = role === "assistant" ? role : isOfSystem({ role, content }) ? "system" : "user";
  return { role: told, content: content.flatMap(crossPart) };
}

/** What suppliers refuse is left out: texts that say nothing, thoughts that nobody signed, parts that have no place here. */
function crossPart(part: Part): readonly Part[] {
  switch (part.type) {
    case "text":
      return crossText(part);
    case "refusal":
      return crossText({ type: "text", text: part.text });
    case "opaque":
      return part.plain === undefined ? [] : crossText({ type: "text", text: part.plain });
    case "reasoning":
      return part.signature || part.redacted ? [part] : [];
    case "tool-call":
      return [{ ...part, name: fitToolName(part.name), extra: marked(part) }];
    case "tool-result":
      return [{ ...part, content: part.content.flatMap(crossPart), extra: marked(part) }];
    case "image":
    case "document":
      return [crossMedia(part)];
    case "audio":
      return [];
  }
}

function crossText(part: TextPart): readonly Part[] {
  if (part.text.trim() === "") return [];
  return [{ type: "text", text: part.text, ...(part.cache === undefined ? {} : { extra: marked(part) }) }];
}

/** The bag in which this format keeps the mark for the cache. */
function marked({ cache }: Pick<TextPart, "cache">): Extra {
  return cache === undefined ? {} : { [NAME]: writeCache(cache) };
}

type Media = Extract<Part, { type: "image" | "document" }>;

/** Bytes are of the type that they are; a document in words is told in words. */
function crossMedia(part: Media): Part {
  const { source } = part;
  if (source.kind !== "base64") return { ...part, extra: marked(part) };
  const mediaType = mediaTypeOf(source.data, source.mediaType || MEDIA_TYPES[part.type]);
  if (part.type === "image" || !mediaType.startsWith("text/"))
    return { ...part, source: { ...source, mediaType }, extra: marked(part) };
  const text = Buffer.from(source.data, "base64").toString();
  return { ...part, source: { kind: "text", mediaType: "text/plain", text }, extra: marked(part) };
}

/** What bytes are taken for when neither they nor the caller tell. */
const MEDIA_TYPES = { image: "image/png", document: "application/pdf" } as const;

/** Turns that say nothing are left out; neighbours of one role become one, in it first the results of tools. */
export function mergeTurns(turns: readonly Message[]): readonly Message[] {
  const merged: (Message & { readonly content: Part[] })[] = [];
  for (const turn of turns) {
    const before = merged.at(-1);
    if (turn.content.length === 0) continue;
    if (before?.role !== turn.role) merged.push({ ...turn, content: [...turn.content] });
    else {
      for (const part of turn.content) before.content.push(part);
      merged[merged.length - 1] = { ...turn, ...before };
    }
  }
  return merged.map((turn) => (turn.role === "user" ? { ...turn, content: resultsFirst(turn.content) } : turn));
}

function resultsFirst(parts: readonly Part[]): readonly Part[] {
  const results = parts.filter((part) => part.type === "tool-result");
  return [...results, ...parts.filter((part) => part.type !== "tool-result")];
}

/** The user has to speak first: what the assistant said before is then told by the user, as far as it can be told. */
function openedByUser(turns: readonly Message[]): readonly Message[] {
  const [first, ...rest] = turns;
  if (first?.role !== "assistant" || !first.content.every((part) => part.type === "text")) return turns;
  return rest.length === 0 ? turns : mergeTurns([toldByUser(first), ...rest]);
}

/** System turns as the user tells them, for suppliers that know none among the others. */
export function withoutSystemTurns(turns: readonly Message[]): readonly Message[] {
  if (!turns.some((turn) => turn.role === "system")) return turns;
  return mergeTurns(turns.map((turn) => (turn.role === "system" ? toldByUser(turn) : turn)));
}

/** Between tags that name who spoke. */
function toldByUser({ role, content }: Message): Message {
  return { role: "user", content: content.map((part) => tagged(part, role)) };
}

function tagged(part: Part, role: string): Part {
  const text = part.type === "text" ? part.text : part.type === "opaque" ? part.plain : undefined;
  if (text === undefined) return part;
  const told = `<${role}>\n${text}\n</${role}>`;
  return part.type === "text" ? { ...part, text: told } : { type: "text", text: told };
}

/** The turns with ids of calls as the supplier takes them. */
export function narrowCallIds(turns: readonly Message[], rule: ToolIdRule): readonly Message[] {
  return turns.map((turn) => ({ ...turn, content: turn.content.map((part) => narrowed(part, rule)) }));
}

function narrowed(part: Part, rule: ToolIdRule): Part {
  if (part.type !== "tool-call" && part.type !== "tool-result") return part;
  const rest = without(bagOf(NAME, part), "id", "tool_use_id") ?? {};
  return { ...part, callId: narrowToolId(part.callId, rule), extra: { ...part.extra, [NAME]: rest } };
}

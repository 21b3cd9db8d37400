/** Content blocks, as they are sent and as they are answered. */
import type { OpaquePart, Part } from "@interchange/inference";
import { hasContent, readContent, writeContent } from "../content.ts";
import { bagOf, extraOf, isText, isTrue, isWire, readJson, type Tagged, Taker, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";
import { joinBlock } from "./opaque.ts";
import { readSource, writeSource } from "./source.ts";

type PartOf<K extends Part["type"]> = Extract<Part, { type: K }>;
type Reader = (taker: Taker) => Part | undefined;

/** Reads a block. One of an unknown kind, or of a known kind in an unknown form, stays opaque. */
export function readPart(block: Tagged): Part {
  const taker = new Taker(block);
  taker.drop("type");
  return READERS.get(block.type)?.(taker) ?? { type: "opaque", dialect: NAME, wire: block };
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["text", readText],
  ["image", readImage],
  ["document", readDocument],
  ["thinking", readThinking],
  ["redacted_thinking", readRedactedThinking],
  ["tool_use", readToolUse],
  ["tool_result", readToolResult],
]);

function readText(taker: Taker): Part | undefined {
  const text = taker.take("text", isText);
  return text === undefined ? undefined : { type: "text", text, extra: { [NAME]: taker.rest() ?? {} } };
}

function readImage(taker: Taker): Part | undefined {
  const source = readSource(taker.take("source", isWire), readPart);
  return source && { type: "image", source, ...extraOf(NAME, taker.rest()) };
}

function readDocument(taker: Taker): Part | undefined {
  const source = readSource(taker.take("source", isWire), readPart);
  const title = taker.take("title", isText);
  const titled = title === undefined ? {} : { title };
  return source && { type: "document", source, ...titled, ...extraOf(NAME, taker.rest()) };
}

function readThinking(taker: Taker): Part | undefined {
  const text = taker.take("thinking", isText);
  const signature = taker.take("signature", isText);
  const signed = signature === undefined ? {} : { signature };
  return text === undefined ? undefined : { type: "reasoning", text, ...signed, ...extraOf(NAME, taker.rest()) };
}

function readRedactedThinking(taker: Taker): Part | undefined {
  const redacted = taker.take("data", isText);
  return redacted === undefined ? undefined : { type: "reasoning", text: "", redacted, ...extraOf(NAME, taker.rest()) };
}

function readToolUse(taker: Taker): Part | undefined {
  const callId = taker.take("id", isText);
  const name = taker.take("name", isText);
  const input = taker.take("input", isWire);
  if (callId === undefined || name === undefined) return undefined;
  const text = input === undefined ? "" : JSON.stringify(input);
  return { type: "tool-call", callId, name, input: text, ...extraOf(NAME, taker.rest()) };
}

function readToolResult(taker: Taker): Part | undefined {
  const callId = taker.take("tool_use_id", isText);
  const content = taker.take("content", hasContent);
  const isError = taker.take("is_error", isTrue) ?? false;
  if (callId === undefined) return undefined;
  return {
    type: "tool-result",
    callId,
    content: readContent(content, readPart) ?? [],
    isError,
    ...extraOf(NAME, taker.rest()),
  };
}

type Writers = { readonly [K in Part["type"]]: (part: PartOf<K>) => Wire };

const WRITERS: Writers = {
  text: (part) => ({ type: "text", text: part.text, ...bagOf(NAME, part) }),
  refusal: (part) => ({ type: "text", text: part.text, ...bagOf(NAME, part) }),
  image: (part) => ({ type: "image", source: writeSource(part.source, writePart), ...bagOf(NAME, part) }),
  document: (part) => ({
    type: "document",
    source: writeSource(part.source, writePart),
    ...(part.title === undefined ? {} : { title: part.title }),
    ...bagOf(NAME, part),
  }),
  audio: (part) => ({ type: "audio", source: writeSource(part.source, writePart), ...bagOf(NAME, part) }),
  reasoning: (part) =>
    part.redacted === undefined
      ? {
          type: "thinking",
          thinking: part.text,
          ...(part.signature === undefined ? {} : { signature: part.signature }),
          ...bagOf(NAME, part),
        }
      : { type: "redacted_thinking", data: part.redacted, ...bagOf(NAME, part) },
  "tool-call": (part) => ({
    type: "tool_use",
    id: part.callId,
    name: part.name,
    input: writeInput(part.input),
    ...bagOf(NAME, part),
  }),
  "tool-result": (part) => ({
    type: "tool_result",
    tool_use_id: part.callId,
    ...contentOf(part.content),
    ...(part.isError ? { is_error: true } : {}),
    ...bagOf(NAME, part),
  }),
  opaque: writeOpaque,
};

export function writePart(part: Part): Wire {
  const write = WRITERS[part.type] as (part: Part) => Wire;
  return write(part);
}

/** Arguments that are no JSON object, as when they were cut short, become an empty one. */
export function writeInput(text: string): Wire {
  const input = readJson(text);
  return isWire(input) ? input : {};
}

function writeOpaque(part: OpaquePart): Wire {
  const block = isWire(part.wire) ? part.wire : {};
  return part.deltas === undefined ? block : joinBlock(block, part.deltas);
}

/** The property to spread into what has the content; none when there is none. */
export function contentOf(parts: readonly Part[]): Wire {
  const content = writeContent(NAME, parts, writePart);
  return content === undefined ? {} : { content };
}

/** Content blocks, as they are sent and as they are answered. */
import type { Part, Source } from "@interchange/inference";
import { hasContent, readContent, writeContent } from "../content.ts";
import { fitting } from "../fitting.ts";
import { readCallId, writeCallId } from "../tool-id.ts";
import { bagOf, extraOf, given, isText, isTrue, isWire, type Tagged, Taker, type Wire } from "../wire.ts";
import { isMarkable, readCache } from "./cache.ts";
import { fitsBlock } from "./fit.ts";
import { NAME } from "./name.ts";
import { readOpaque, writeOpaque } from "./opaque.ts";
import { readSource, writeSource } from "./source.ts";
import { readRedactedThinking, readThinking, writeThought } from "./thought.ts";
import { readInput, writeInput } from "./tool.ts";

type PartOf<K extends Part["type"]> = Extract<Part, { type: K }>;
type Reader = (taker: Taker, block: Tagged) => Part | undefined;

/** Reads a block. One of an unknown kind, or of a known kind in an unknown form, stays opaque. */
export function readPart(block: Tagged): Part {
  const taker = new Taker(block);
  taker.drop("type");
  const part = READERS.get(block.type)?.(taker, block);
  if (part === undefined) return readOpaque(block);
  const cache = readCache(block);
  return cache !== undefined && isMarkable(part) ? { ...part, cache } : part;
}

/** What models say; all else in an answer is kept as it came. */
export type AnswerPart = PartOf<"text" | "reasoning" | "tool-call" | "opaque">;

function isSaidByModels(part: Part): part is Exclude<AnswerPart, { type: "opaque" }> {
  return part.type === "text" || part.type === "reasoning" || part.type === "tool-call";
}

/** The same for a block of an answer, as far as the contract allows it; nothing when it allows nothing of it. */
export function readAnswerPart(block: Tagged): readonly AnswerPart[] {
  const part = readPart(block);
  if (!isSaidByModels(part)) return fitsBlock(block) ? [{ type: "opaque", dialect: NAME, wire: block }] : [];
  if (fitsBlock(block)) return [part];
  const { extra: _, ...bare } = part;
  const wire = writePart(bare);
  if (!fitsBlock(wire)) return [];
  return [
    {
      ...bare,
      ...extraOf(
        NAME,
        fitting(bagOf(NAME, part), (rest) => fitsBlock({ ...wire, ...rest })),
      ),
    },
  ];
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
  const source = takeSource(taker);
  return source && { type: "image", source, ...extraOf(NAME, taker.rest()) };
}

function readDocument(taker: Taker): Part | undefined {
  const source = takeSource(taker);
  const words = given({ title: taker.take("title", isText), context: taker.take("context", isText) });
  return source && { type: "document", source, ...words, ...extraOf(NAME, taker.rest()) };
}

/** The source; what it says besides stays in the bag. */
function takeSource(taker: Taker): Source | undefined {
  const wire = taker.take("source", isWire);
  const read = wire && readSource(wire, readPart);
  if (read !== undefined) taker.leave("source", read.rest);
  return read?.source;
}

/** The id as its author gave it. One that would be told in another form stays in the bag as it came. */
function takeCallId(taker: Taker, told: unknown, key: string): string | undefined {
  if (!isText(told)) return undefined;
  const id = readCallId(told);
  if (writeCallId(id) === told) taker.drop(key);
  return id;
}

/** A call with a bag, even an empty one, was a block of this format; one without was told in another. */
function readToolUse(taker: Taker, block: Tagged): Part | undefined {
  const callId = takeCallId(taker, block.id, "id");
  const name = taker.take("name", isText);
  const input = taker.take("input", isWire);
  const text = input === undefined ? "" : readInput(input);
  if (callId === undefined || name === undefined || text === undefined) return undefined;
  return { type: "tool-call", callId, name, input: text, extra: { [NAME]: taker.rest() ?? {} } };
}

function readToolResult(taker: Taker, block: Tagged): Part | undefined {
  const callId = takeCallId(taker, block.tool_use_id, "tool_use_id");
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
  image: writeMedia,
  document: (part) => ({ ...given({ title: part.title, context: part.context }), ...writeMedia(part) }),
  audio: writeMedia,
  reasoning: writeThought,
  "tool-call": (part) => ({
    type: "tool_use",
    id: writeCallId(part.callId),
    name: part.name,
    input: writeInput(part.input),
    ...bagOf(NAME, part),
  }),
  "tool-result": (part) => ({
    type: "tool_result",
    tool_use_id: writeCallId(part.callId),
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

function writeMedia(part: PartOf<"image" | "document" | "audio">): Wire {
  const { source: rest, ...bag } = bagOf(NAME, part);
  return { type: part.type, source: { ...writeSource(part.source, writePart), ...(isWire(rest) ? rest : {}) }, ...bag };
}

/** The property to spread into what has the content; none when there is none. */
export function contentOf(parts: readonly Part[]): Wire {
  const content = writeContent(NAME, parts, writePart);
  return content === undefined ? {} : { content };
}

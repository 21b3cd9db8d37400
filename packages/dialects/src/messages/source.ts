/** Where the bytes of a block are: base64, an address, a file, a text, blocks of its own. */
import type { Part, Source } from "@interchange/inference";
import { hasContent, readContent, writeContent } from "../content.ts";
import { isText, type Tagged, Taker, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";

export interface ReadSource {
  readonly source: Source;
  /** What the word cannot say; undefined when it says all. */
  readonly rest: Wire | undefined;
}

/** The source, or undefined when it is of a kind without a word. */
export function readSource(wire: Wire, readPart: (block: Tagged) => Part): ReadSource | undefined {
  const taker = new Taker(wire);
  const source = SOURCES.get(wire.type)?.(taker, readPart);
  taker.drop("type");
  return source && { source, rest: taker.rest() };
}

type ReadKind = (taker: Taker, readPart: (block: Tagged) => Part) => Source | undefined;

const SOURCES: ReadonlyMap<unknown, ReadKind> = new Map<unknown, ReadKind>([
  ["base64", readBase64],
  ["text", readText],
  ["url", readUrl],
  ["file", readFile],
  ["content", readParts],
]);

function readBase64(taker: Taker): Source | undefined {
  const mediaType = taker.take("media_type", isText) ?? "";
  const data = taker.take("data", isText);
  return data === undefined ? undefined : { kind: "base64", mediaType, data };
}

function readText(taker: Taker): Source | undefined {
  const mediaType = taker.take("media_type", isText) ?? "";
  const text = taker.take("data", isText);
  return text === undefined ? undefined : { kind: "text", mediaType, text };
}

function readUrl(taker: Taker): Source | undefined {
  const url = taker.take("url", isText);
  return url === undefined ? undefined : { kind: "url", url };
}

function readFile(taker: Taker): Source | undefined {
  const fileId = taker.take("file_id", isText);
  return fileId === undefined ? undefined : { kind: "file", fileId };
}

/** Content with nothing in it stays in the rest, which tells in which way. */
function readParts(taker: Taker, readPart: (block: Tagged) => Part): Source {
  return { kind: "parts", parts: readContent(taker.take("content", hasContent), readPart) ?? [] };
}

type SourceOf<K extends Source["kind"]> = Extract<Source, { kind: K }>;
type WritePart = (part: Part) => Wire;
type Writers = { readonly [K in Source["kind"]]: (source: SourceOf<K>, writePart: WritePart) => Wire };

const WRITERS: Writers = {
  base64: ({ mediaType, data }) => ({ type: "base64", media_type: mediaType, data }),
  text: ({ mediaType, text }) => ({ type: "text", media_type: mediaType, data: text }),
  url: ({ url }) => ({ type: "url", url }),
  file: ({ fileId }) => ({ type: "file", file_id: fileId }),
  parts: ({ parts }, writePart) => ({ type: "content", content: writeContent(NAME, parts, writePart) ?? [] }),
};

export function writeSource(source: Source, writePart: WritePart): Wire {
  const write = WRITERS[source.kind] as (source: Source, writePart: WritePart) => Wire;
  return write(source, writePart);
}

/** Where the bytes of a block are: base64, an address, a file, a text, blocks of its own. */
import type { Part, Source } from "@interchange/inference";
import { readContent, writeContent } from "../content.ts";
import { hasOnly, isText, isWire, type Tagged, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";

/** The source, or undefined when it is of a kind without a word or says more than the word can. */
export function readSource(wire: unknown, readPart: (block: Tagged) => Part): Source | undefined {
  if (!isWire(wire)) return undefined;
  const { type, media_type, data, url, file_id, content } = wire;
  if (type === "base64" && isText(media_type) && isText(data) && hasOnly(wire, "type", "media_type", "data"))
    return { kind: "base64", mediaType: media_type, data };
  if (type === "text" && isText(media_type) && isText(data) && hasOnly(wire, "type", "media_type", "data"))
    return { kind: "text", mediaType: media_type, text: data };
  if (type === "url" && isText(url) && hasOnly(wire, "type", "url")) return { kind: "url", url };
  if (type === "file" && isText(file_id) && hasOnly(wire, "type", "file_id")) return { kind: "file", fileId: file_id };
  const parts = type === "content" && hasOnly(wire, "type", "content") ? readContent(content, readPart) : undefined;
  return parts === undefined ? undefined : { kind: "parts", parts };
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

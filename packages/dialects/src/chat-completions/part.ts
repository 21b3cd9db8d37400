/** Content parts, as they stand in a request. https://platform.openai.com/docs/api-reference/chat/create */
import type { Feature, OpaquePart, Part, Source } from "@interchange/inference";
import { mediaTypeOf } from "../media-type.ts";
import type { Telling } from "../telling.ts";
import { bagOf, extraOf, isSaid, isText, isWire, type Tagged, Taker, type Wire, without } from "../wire.ts";
import { readCache, writeCache } from "./cache.ts";
import { NAME } from "./name.ts";
import { hasScheme, isBase64, isWrittenAlike, readSource, writeSource } from "./source.ts";

type PartOf<K extends Part["type"]> = Extract<Part, { type: K }>;

/** A part as the format nests it: beside `type` there is one property with the same name as the type, or a text. */
interface Nested {
  readonly taker: Taker;
  /** The object under the property, when it is one. */
  readonly inner: Wire;
  readonly wire: Wire;
}

type Reader = (part: Nested) => Part | undefined;

/** Reads a part. One of an unknown kind, or of a known kind in an unknown form, stays opaque. */
export function readPart(part: Tagged): Part {
  const taker = new Taker(part);
  taker.drop("type");
  const inner = part[part.type];
  const read = READERS.get(part.type);
  return read?.({ taker, inner: isWire(inner) ? inner : {}, wire: part }) ?? readOpaque(part);
}

function readOpaque(part: Tagged): OpaquePart {
  const need = NEEDS.get(part.type);
  return { type: "opaque", dialect: NAME, wire: part, ...(need === undefined ? {} : { need }) };
}

/** What parts need also where their form is not known. */
const NEEDS: ReadonlyMap<string, Feature> = new Map<string, Feature>([
  ["image_url", "image"],
  ["input_audio", "audio"],
  ["file", "document"],
]);

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["text", readText],
  ["refusal", readRefusal],
  ["image_url", readImage],
  ["input_audio", readAudio],
  ["file", readFile],
]);

function readText({ taker, wire }: Nested): Part | undefined {
  const text = taker.take("text", isText);
  if (text === undefined) return undefined;
  return { type: "text", text, ...readCache(wire), extra: { [NAME]: taker.rest() ?? {} } };
}

/** A refusal with a bag was a part of the content; one without was the message's own property. */
function readRefusal({ taker }: Nested): Part | undefined {
  const text = taker.take("refusal", isText);
  return text === undefined ? undefined : { type: "refusal", text, extra: { [NAME]: taker.rest() ?? {} } };
}

function readImage({ taker, inner, wire }: Nested): Part | undefined {
  if (!isText(inner.url)) return undefined;
  const source = readSource(inner.url);
  taker.leave("image_url", isWrittenAlike(inner.url, source) ? without(inner, "url") : inner);
  return { type: "image", source, ...readCache(wire), ...extraOf(NAME, taker.rest()) };
}

const AUDIO_FORMATS: readonly (readonly [format: string, mediaType: string])[] = [
  ["wav", "audio/wav"],
  ["mp3", "audio/mpeg"],
];

const MEDIA_TYPES: ReadonlyMap<unknown, string> = new Map(AUDIO_FORMATS);
const FORMATS: ReadonlyMap<string, string> = new Map(AUDIO_FORMATS.map(([format, mediaType]) => [mediaType, format]));

function readAudio({ taker, inner }: Nested): Part | undefined {
  const mediaType = MEDIA_TYPES.get(inner.format);
  if (mediaType === undefined || !isText(inner.data)) return undefined;
  taker.leave("input_audio", without(inner, "data", "format"));
  return { type: "audio", source: { kind: "base64", mediaType, data: inner.data }, ...extraOf(NAME, taker.rest()) };
}

function readFile({ taker, inner, wire }: Nested): Part | undefined {
  const found = readFileSource(inner);
  if (found === undefined) return undefined;
  const titled = isText(inner.filename) ? { title: inner.filename } : {};
  taker.leave("file", without(inner, ...found.keys, ...(isText(inner.filename) ? ["filename"] : [])));
  return { type: "document", source: found.source, ...titled, ...readCache(wire), ...extraOf(NAME, taker.rest()) };
}

interface FileSource {
  readonly source: Source;
  /** The properties of which the source says all. */
  readonly keys: readonly string[];
}

/** The bytes win over the name of a file. An address of another spelling, or bytes without one, stay in the bag to tell so. */
function readFileSource({ file_id, file_data }: Wire): FileSource | undefined {
  if (isSaid(file_data)) {
    if (hasScheme(file_data)) return readAddress(file_data);
    return isBase64(file_data) ? { source: { kind: "base64", mediaType: "", data: file_data }, keys: [] } : undefined;
  }
  return isText(file_id) ? { source: { kind: "file", fileId: file_id }, keys: ["file_id"] } : undefined;
}

function readAddress(url: string): FileSource {
  const source = readSource(url);
  return { source, keys: isWrittenAlike(url, source) ? ["file_data"] : [] };
}

/** The parts that stand in content; the others are properties or messages of their own. */
export type ContentPart = Exclude<Part, { type: "reasoning" | "tool-call" | "tool-result" }>;

type Writers = { readonly [K in ContentPart["type"]]: (part: PartOf<K>, how: Telling) => Wire };

const WRITERS: Writers = {
  text: (part, how) => ({ type: "text", text: part.text, ...writeCache(part.cache, how), ...bagOf(NAME, part) }),
  refusal: (part) => ({ type: "refusal", refusal: part.text, ...bagOf(NAME, part) }),
  image: (part, how) =>
    writeNested("image_url", { url: writeSource(part.source, how.own) ?? "" }, markedBag(part, how)),
  audio: (part) => writeNested("input_audio", writeAudio(part.source), bagOf(NAME, part)),
  document: (part, how) => writeNested("file", writeFile(part, how), markedBag(part, how)),
  opaque: writeOpaque,
};

export function writePart(part: ContentPart, how: Telling): Wire {
  const write = WRITERS[part.type] as (part: ContentPart, how: Telling) => Wire;
  return write(part, how);
}

function markedBag(part: PartOf<"image" | "document">, how: Telling): Wire {
  return { ...writeCache(part.cache, how), ...bagOf(NAME, part) };
}

function writeNested(type: string, inner: Wire, bag: Wire): Wire {
  const kept = bag[type];
  return { ...bag, type, [type]: { ...inner, ...(isWire(kept) ? kept : {}) } };
}

function writeAudio(source: Source): Wire {
  if (source.kind !== "base64") return {};
  return { data: source.data, format: FORMATS.get(source.mediaType) ?? source.mediaType };
}

function writeFile({ source, title }: PartOf<"document">, { own }: Telling): Wire {
  const filename = own ? title : fileName(title, source);
  const named = filename === undefined ? {} : { filename };
  if (source.kind === "file") return { file_id: source.fileId, ...named };
  return { file_data: writeSource(source, own), ...named };
}

/** Suppliers go by the ending of the name, and refuse files without one. */
function fileName(title: string | undefined, source: Source): string | undefined {
  if (source.kind !== "base64") return title;
  const ending = mediaTypeOf(source.data, source.mediaType) === "application/pdf" ? ".pdf" : "";
  const name = title === undefined || title === "" ? "document" : title;
  return name.toLowerCase().endsWith(ending) ? name : `${name}${ending}`;
}

function writeOpaque(part: OpaquePart): Wire {
  return isWire(part.wire) ? part.wire : {};
}

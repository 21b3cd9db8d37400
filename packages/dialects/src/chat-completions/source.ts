/** Where the bytes of a part are: an address, or the bytes themselves in a `data:` address (RFC 2397). */
import type { Source } from "@interchange/inference";
import { mediaTypeOf } from "../media-type.ts";

/** Neither the scheme nor the mark of base64 has a case. */
const DATA_URL = /^data:([^,]*);base64,/i;

export function readSource(url: string): Source {
  const found = DATA_URL.exec(url.slice(0, HEAD_CHARS));
  const data = url.slice(found?.[0].length);
  if (found === null || !isBase64(data)) return { kind: "url", url };
  return { kind: "base64", mediaType: found[1] ?? "", data };
}

/** Whether the address is written anew as it came; bytes may have come in an address with capitals. */
export function isWrittenAlike(url: string, source: Source): boolean {
  return source.kind !== "base64" || url.startsWith(headOf(source.mediaType));
}

function headOf(mediaType: string): string {
  return `data:${mediaType};base64,`;
}

/** Whether it begins as base64 does; megabytes are not looked through. */
export function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{5}|[A-Za-z0-9+/]{1,4}(?:=|$))/.test(text.slice(0, HEAD_CHARS));
}

/** Whether it is an address at all. Base64 has no colon. */
export function hasScheme(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:/i.test(text.slice(0, HEAD_CHARS));
}

/** A media type is short; the search need not run over megabytes. */
const HEAD_CHARS = 256;

/** The address; undefined for sources that have none in this format. What came in another has the type of its bytes. */
export function writeSource(source: Source, own: boolean): string | undefined {
  if (source.kind === "url") return source.url;
  if (source.kind !== "base64") return undefined;
  const mediaType = own ? source.mediaType : mediaTypeOf(source.data, source.mediaType);
  return headOf(mediaType) + source.data;
}

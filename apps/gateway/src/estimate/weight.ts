/** What a request weighs before anything has run: its text in bytes, and what is no text in tokens. */
import type { InferenceRequest, OpaquePart, Part } from "@interchange/inference";
import { TOKENS_PER_UNSEEN_DOCUMENT, TOKENS_PER_UNSEEN_PICTURE } from "../token-count/index.ts";

/** A document's pages are counted by their bytes, of which most are layout. */
const DOCUMENT_BYTES_PER_TOKEN = 30;

/** What is said of a document in fewer bytes tells where it is, and is not the document. */
const DOCUMENT_BYTES_MIN = 2_048;

export interface Weight {
  /** Bytes of the body that are text. */
  readonly textBytes: number;
  /** Tokens of pictures, documents and the like. */
  readonly mediaTokens: number;
}

/** Encoded pictures and documents are no text, so their bytes are left out of the body's and counted in their own way. */
export function weigh(bodyBytes: number, request: InferenceRequest): Weight {
  const media = { bytes: 0, tokens: 0 };
  for (const message of request.messages) weighParts(message.content, media);
  return { textBytes: Math.max(bodyBytes - media.bytes, 0), mediaTokens: media.tokens };
}

/** Bytes of a prompt that is all text: of any other nobody can tell what of its tokens was the text's. */
export function textBytesOf({ textBytes, mediaTokens }: Weight): { textBytes?: number } {
  return mediaTokens === 0 ? { textBytes } : {};
}

interface Media {
  bytes: number;
  tokens: number;
}

function weighParts(parts: readonly Part[], media: Media): void {
  for (const part of parts) {
    if (part.type === "tool-result") weighParts(part.content, media);
    else if (part.type === "opaque") weighOpaque(part, media);
    else if (part.type === "image" || part.type === "document" || part.type === "audio") weighMedia(part, media);
  }
}

type MediaPart = Extract<Part, { type: "image" | "document" | "audio" }>;

function weighMedia({ type, source }: MediaPart, media: Media): void {
  switch (source.kind) {
    case "parts":
      return weighParts(source.parts, media);
    case "base64":
      return addMedia(type, source.data.length, media);
    case "url":
    case "file":
      return addUnseen(type, media);
    case "text":
      return addMedia(type, 0, media);
  }
}

/** Pictures and the like in a form that is not known are taken to be as large as all that is said of them. */
function weighOpaque({ need, wire }: OpaquePart, media: Media): void {
  if (need !== "image" && need !== "document" && need !== "audio") return;
  const bytes = JSON.stringify(wire).length;
  if (need === "document" && bytes < DOCUMENT_BYTES_MIN) addUnseen(need, media);
  else addMedia(need, bytes, media);
}

function addMedia(type: MediaPart["type"], bytes: number, media: Media): void {
  media.bytes += bytes;
  media.tokens += type === "image" ? TOKENS_PER_UNSEEN_PICTURE : Math.ceil(bytes / DOCUMENT_BYTES_PER_TOKEN);
}

/** What the supplier fetches for itself. Where it is stands in the body as text. */
function addUnseen(type: MediaPart["type"], media: Media): void {
  media.tokens += UNSEEN[type];
}

const UNSEEN: Readonly<Record<MediaPart["type"], number>> = {
  image: TOKENS_PER_UNSEEN_PICTURE,
  document: TOKENS_PER_UNSEEN_DOCUMENT,
  audio: 0,
};

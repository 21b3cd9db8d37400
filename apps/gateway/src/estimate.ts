/** How many tokens a request may come to, before anything has run. */
import type { InferenceRequest, OpaquePart, Part } from "@interchange/inference";
import { TOKENS_PER_UNSEEN_DOCUMENT, TOKENS_PER_UNSEEN_PICTURE } from "./token-count/index.ts";

/** Fewer bytes to a token than most text has, so that a hold is rather too large than too small. */
const BYTES_PER_TOKEN = 3;

/** A document's pages are counted by their bytes, of which most are layout. */
const DOCUMENT_BYTES_PER_TOKEN = 30;

/** What is said of a document in fewer bytes tells where it is, and is not the document. */
const DOCUMENT_BYTES_MIN = 2_048;

/**
 * Input tokens, from the size of the body. Encoded pictures and documents are no text, so their bytes are left out and
 * counted in their own way.
 */
export function estimateInputTokens(bodyBytes: number, request: InferenceRequest): number {
  const media = { bytes: 0, tokens: 0 };
  for (const message of request.messages) weigh(message.content, media);
  return Math.ceil(Math.max(bodyBytes - media.bytes, 0) / BYTES_PER_TOKEN) + media.tokens;
}

interface Weight {
  bytes: number;
  tokens: number;
}

function weigh(parts: readonly Part[], weight: Weight): void {
  for (const part of parts) {
    if (part.type === "tool-result") weigh(part.content, weight);
    else if (part.type === "opaque") weighOpaque(part, weight);
    else if (part.type === "image" || part.type === "document" || part.type === "audio") weighMedia(part, weight);
  }
}

type Media = Extract<Part, { type: "image" | "document" | "audio" }>;

function weighMedia({ type, source }: Media, weight: Weight): void {
  switch (source.kind) {
    case "parts":
      return weigh(source.parts, weight);
    case "base64":
      return addMedia(type, source.data.length, weight);
    case "url":
    case "file":
      return addUnseen(type, weight);
    case "text":
      return addMedia(type, 0, weight);
  }
}

/** Pictures and the like in a form that is not known are taken to be as large as all that is said of them. */
function weighOpaque({ need, wire }: OpaquePart, weight: Weight): void {
  if (need !== "image" && need !== "document" && need !== "audio") return;
  const bytes = JSON.stringify(wire).length;
  if (need === "document" && bytes < DOCUMENT_BYTES_MIN) addUnseen(need, weight);
  else addMedia(need, bytes, weight);
}

function addMedia(type: Media["type"], bytes: number, weight: Weight): void {
  weight.bytes += bytes;
  weight.tokens += type === "image" ? TOKENS_PER_UNSEEN_PICTURE : Math.ceil(bytes / DOCUMENT_BYTES_PER_TOKEN);
}

/** What the supplier fetches for itself. Where it is stands in the body as text. */
function addUnseen(type: Media["type"], weight: Weight): void {
  weight.tokens += UNSEEN[type];
}

const UNSEEN: Readonly<Record<Media["type"], number>> = {
  image: TOKENS_PER_UNSEEN_PICTURE,
  document: TOKENS_PER_UNSEEN_DOCUMENT,
  audio: 0,
};

/** How many tokens a request may come to, before anything has run. */
import type { InferenceRequest, OpaquePart, Part } from "@interchange/inference";

/** Fewer bytes to a token than most text has, so that a hold is rather too large than too small. */
const BYTES_PER_TOKEN = 3;

/** About what suppliers count for one picture of the size that they scale to. */
const TOKENS_PER_IMAGE = 1_600;

/** A document's pages are counted by their bytes, of which most are layout. */
const DOCUMENT_BYTES_PER_TOKEN = 30;

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
  if (source.kind === "parts") return weigh(source.parts, weight);
  const bytes = source.kind === "base64" ? source.data.length : source.kind === "url" ? source.url.length : 0;
  addMedia(type, bytes, weight);
}

/** Pictures and the like in a form that is not known are taken to be as large as all that is said of them. */
function weighOpaque({ need, wire }: OpaquePart, weight: Weight): void {
  if (need === "image" || need === "document" || need === "audio") addMedia(need, JSON.stringify(wire).length, weight);
}

function addMedia(type: Media["type"], bytes: number, weight: Weight): void {
  weight.bytes += bytes;
  weight.tokens += type === "image" ? TOKENS_PER_IMAGE : Math.ceil(bytes / DOCUMENT_BYTES_PER_TOKEN);
}

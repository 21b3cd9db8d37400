/** The parts of which messages and answers are made, at the finest grain that any dialect has. */
import type { Extra } from "./extra.ts";
import type { Feature } from "./feature.ts";

/** Asks a supplier to keep what stands up to here in its cache; `5m` unless said. */
export interface CacheMark {
  readonly ttl?: "5m" | "1h";
}

export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly cache?: CacheMark;
  readonly extra?: Extra;
}

/** Where the bytes of an image, document or sound are. `data` is base64. */
export type Source =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "base64"; readonly mediaType: string; readonly data: string }
  | { readonly kind: "text"; readonly mediaType: string; readonly text: string }
  | { readonly kind: "parts"; readonly parts: readonly Part[] }
  | { readonly kind: "file"; readonly fileId: string };

export interface ImagePart {
  readonly type: "image";
  readonly source: Source;
  readonly cache?: CacheMark;
  readonly extra?: Extra;
}

export interface DocumentPart {
  readonly type: "document";
  readonly source: Source;
  readonly cache?: CacheMark;
  readonly title?: string;
  /** What the model is to know about it and not to cite. */
  readonly context?: string;
  readonly extra?: Extra;
}

export interface AudioPart {
  readonly type: "audio";
  readonly source: Source;
  readonly extra?: Extra;
}

/** Thinking that a model showed. The signature is the supplier's own and is replayed byte for byte, to it alone. */
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
  readonly signature?: string;
  /** Thinking that the supplier shows to itself only: opaque bytes in place of text. */
  readonly redacted?: string;
  readonly extra?: Extra;
}

/** A call of a tool. `input` is the JSON text of the arguments as it was written, which may be cut short. */
export interface ToolCallPart {
  readonly type: "tool-call";
  readonly callId: string;
  readonly name: string;
  readonly input: string;
  readonly cache?: CacheMark;
  readonly extra?: Extra;
}

export interface ToolResultPart {
  readonly type: "tool-result";
  readonly callId: string;
  readonly content: readonly Part[];
  readonly isError: boolean;
  readonly cache?: CacheMark;
  readonly extra?: Extra;
}

/** The model's own words for declining. */
export interface RefusalPart {
  readonly type: "refusal";
  readonly text: string;
  readonly extra?: Extra;
}

/**
 * A part that only one dialect knows. `wire` is what it said, whole; when it was told in steps, `wire` is how it began
 * and `deltas` are the steps, which only that dialect can join.
 */
export interface OpaquePart {
  readonly type: "opaque";
  readonly dialect: string;
  readonly wire: unknown;
  /** What a supplier must offer for it; absent when nothing in particular. */
  readonly need?: Feature;
  /** What other formats may say in its place, as text; absent when only its own format can say it. */
  readonly plain?: string;
  readonly deltas?: readonly unknown[];
}

export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | RefusalPart
  | OpaquePart;

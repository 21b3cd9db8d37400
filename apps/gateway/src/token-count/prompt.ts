/** A prompt: what a model is given to read of a request, as texts and as tokens of what is no text. */
import type {
  DocumentPart,
  InferenceRequest,
  Message,
  OpaquePart,
  OpaqueTool,
  Part,
  Tool,
} from "@interchange/inference";
import { documentTokens, TOKENS_PER_UNSEEN_DOCUMENT } from "./document.ts";
import { pictureTokens, TOKENS_PER_UNSEEN_PICTURE } from "./picture.ts";

export interface Prompt {
  /** System prompt and conversation, in order. */
  readonly texts: readonly string[];
  /** The tools and the form of the answer, each as JSON. */
  readonly tools: readonly string[];
  /** Marks around messages, calls and results: each costs tokens that nobody sees. */
  readonly marks: number;
  /** Tokens of pictures, documents and sounds. */
  readonly mediaTokens: number;
}

interface Draft {
  readonly texts: string[];
  marks: number;
  mediaTokens: number;
}

export function readPrompt(request: InferenceRequest): Prompt {
  const draft: Draft = { texts: [], marks: 0, mediaTokens: 0 };
  const current = currentTurn(request.messages);
  request.messages.forEach((message, index) => {
    draft.marks += 1;
    for (const part of message.content) if (part.type !== "reasoning" || index >= current) addPart(draft, part);
  });
  return { ...draft, tools: [...(request.tools ?? []).map(writeTool), ...writeFormat(request)] };
}

/**
 * Where the turn at hand begins: thinking of earlier ones is not read again (Anthropic, "Extended thinking", the context
 * window). Results of tools continue a turn.
 */
function currentTurn(messages: readonly Message[]): number {
  return messages.findLastIndex(
    ({ role, content }) => role === "user" && content.some((part) => part.type !== "tool-result"),
  );
}

/** The vendors' templates differ; JSON is what most of them are near to. */
function writeTool(tool: Tool | OpaqueTool): string {
  if ("wire" in tool) return JSON.stringify(tool.wire);
  const { name, description, inputSchema } = tool;
  return JSON.stringify({ name, description, input_schema: inputSchema });
}

function writeFormat({ outputFormat }: InferenceRequest): readonly string[] {
  return outputFormat?.kind === "json-schema" ? [JSON.stringify(outputFormat.schema ?? {})] : [];
}

function addParts(draft: Draft, parts: readonly Part[]): void {
  for (const part of parts) addPart(draft, part);
}

function addPart(draft: Draft, part: Part): void {
  switch (part.type) {
    case "text":
    case "refusal":
      return addText(draft, part.text);
    case "reasoning":
      return addText(draft, part.text + (part.redacted ?? ""));
    case "tool-call":
      draft.marks += 1;
      addText(draft, part.name);
      return addText(draft, part.input);
    case "tool-result":
      draft.marks += 1;
      return addParts(draft, part.content);
    case "image":
      draft.mediaTokens += part.source.kind === "base64" ? pictureTokens(part.source.data) : TOKENS_PER_UNSEEN_PICTURE;
      return;
    case "document":
      return addDocument(draft, part);
    case "audio":
      draft.mediaTokens += part.source.kind === "base64" ? soundTokens(part.source.data) : TOKENS_PER_UNSEEN_SOUND;
      return;
    case "opaque":
      return addOpaque(draft, part);
  }
}

function addText(draft: Draft, text: string): void {
  if (text !== "") draft.texts.push(text);
}

function addDocument(draft: Draft, { source, title, context }: DocumentPart): void {
  addText(draft, title ?? "");
  addText(draft, context ?? "");
  if (source.kind === "text") addText(draft, source.text);
  else if (source.kind === "parts") addParts(draft, source.parts);
  else draft.mediaTokens += source.kind === "base64" ? documentTokens(source.data) : TOKENS_PER_UNSEEN_DOCUMENT;
}

/** What has no word of ours is read as it stands, unless it is a picture or the like in an unknown form. */
function addOpaque(draft: Draft, { need, wire, plain }: OpaquePart): void {
  if (need === "image") draft.mediaTokens += TOKENS_PER_UNSEEN_PICTURE;
  else if (need === "document") draft.mediaTokens += TOKENS_PER_UNSEEN_DOCUMENT;
  else if (need === "audio") draft.mediaTokens += TOKENS_PER_UNSEEN_SOUND;
  else addText(draft, plain ?? JSON.stringify(wire));
}

const TOKENS_PER_UNSEEN_SOUND = 600;

/** Ten tokens to a second of sound (OpenAI, "Audio and speech"), and some 16 kB of base64 to one of compressed sound. */
const BASE64_CHARS_PER_SOUND_TOKEN = 1_600;

function soundTokens(data: string): number {
  return Math.ceil(data.length / BASE64_CHARS_PER_SOUND_TOKEN);
}

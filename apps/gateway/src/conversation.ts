/** Conversations: which one a request belongs to, so that it returns to the supplier that has its beginning in a cache. */
import type { InferenceRequest, Message, Part } from "@interchange/inference";
import { hashOf } from "@interchange/routing";

export interface Conversation {
  /** 32 bits, evenly spread, of how it begins: all the chance there is in a route. */
  readonly draw: number;
  /** Absent where nothing would be cached. */
  readonly affinity?: Affinity;
}

export interface Affinity {
  /** What told it: the caller's own cache key, who asks, or how the conversation begins. */
  readonly by: "cache_key" | "user" | "prefix";
  /** 32 bits. */
  readonly hash: number;
}

/** No supplier keeps a prompt of less than 1,024 tokens. In characters, which are the same on every surface: bodies are not. */
const PREFIX_CHARS_MIN = 3_072;

/** Of each text so much is looked at: what is the same for so long and differs later is told apart by the caller's first words. */
const CHARS_MAX = 1_024;

/**
 * What one account says never tells of another's: its id is part of every hash. Turns that are added at the end change nothing of
 * it, nor does the surface on which they come.
 */
export function conversationOf(request: InferenceRequest, accountId: string): Conversation {
  const { cacheKey, userId } = request;
  const draw = hashOf(`${accountId}\nprefix\n${beginningOf(request)}`);
  if (cacheKey !== undefined)
    return { draw, affinity: { by: "cache_key", hash: hashOf(`${accountId}\nkey\n${cacheKey}`) } };
  if (userId !== undefined) return { draw, affinity: { by: "user", hash: hashOf(`${accountId}\nuser\n${userId}`) } };
  return isLong(request) ? { draw, affinity: { by: "prefix", hash: draw } } : { draw };
}

/** Looks no further than it has to. */
function isLong({ messages, tools = [] }: InferenceRequest): boolean {
  let chars = 0;
  for (const tool of tools) {
    chars += JSON.stringify(tool).length;
    if (chars >= PREFIX_CHARS_MIN) return true;
  }
  for (const { content } of messages) {
    chars += charsOf(content);
    if (chars >= PREFIX_CHARS_MIN) return true;
  }
  return false;
}

/** What is no text is larger than any text of so many characters. */
function charsOf(content: readonly Part[]): number {
  let chars = 0;
  for (const part of content) {
    if (part.type === "text") chars += part.text.length;
    else if (part.type === "tool-result") chars += charsOf(part.content);
    else if (part.type === "image" || part.type === "document" || part.type === "audio") return PREFIX_CHARS_MIN;
  }
  return chars;
}

/** What is told before the first question, and that question. */
function beginningOf({ messages, tools = [] }: InferenceRequest): string {
  const first = messages.findIndex(({ role }) => role === "user");
  const beginning = messages.slice(0, first === -1 ? messages.length : first + 1);
  return `${tools.length}\n${beginning.map(wordsOf).join("\n")}`;
}

function wordsOf({ content }: Message): string {
  let words = "";
  for (const part of content) {
    if (part.type === "text") words += `${part.text.length}:${part.text.slice(0, CHARS_MAX)}`;
    if (words.length >= CHARS_MAX) break;
  }
  return words;
}

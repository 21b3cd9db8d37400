/** Conversations: which one a request belongs to, so that it returns to the supplier that has its beginning in a cache. */
import type { InferenceRequest, Message } from "@interchange/inference";
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

/** No supplier keeps a shorter prompt; in tokens. */
const PREFIX_TOKENS_MIN = 1_024;

/** Of each text so much is looked at: what is the same for so long and differs later is told apart by the caller's first words. */
const CHARS_MAX = 1_024;

/**
 * What one account says never tells of another's: its id is part of every hash. Turns that are added at the end change nothing of
 * it, nor does the surface on which they come.
 */
export function conversationOf(request: InferenceRequest, accountId: string, inputTokens: number): Conversation {
  const { cacheKey, userId } = request;
  const draw = hashOf(`${accountId}\nprefix\n${beginningOf(request)}`);
  if (cacheKey !== undefined)
    return { draw, affinity: { by: "cache_key", hash: hashOf(`${accountId}\nkey\n${cacheKey}`) } };
  if (userId !== undefined) return { draw, affinity: { by: "user", hash: hashOf(`${accountId}\nuser\n${userId}`) } };
  return inputTokens < PREFIX_TOKENS_MIN ? { draw } : { draw, affinity: { by: "prefix", hash: draw } };
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

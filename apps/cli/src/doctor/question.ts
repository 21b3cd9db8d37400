/** The question that the doctor asks on each surface, which costs a few tokens, and how its answer's events are read. */
import { SURFACES, type SurfaceName } from "./context.ts";

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What one event says. */
export interface Heard {
  /** Something of the answer itself. */
  readonly token?: boolean;
  /** Counters are totals so far: a later one stands in place of an earlier one. */
  readonly usage?: Partial<Usage>;
  /** The last word. */
  readonly end?: boolean;
  /** The sentence of an error event. */
  readonly error?: string;
}

export interface Question {
  readonly path: string;
  body(instrument: string): Readonly<Record<string, unknown>>;
  readEvent(data: string): Heard;
}

/** Enough for the pieces of a stream to be told apart, and no more. */
const TOKENS_MAX = 16;
const MESSAGES = [{ role: "user", content: "Count from one to ten in words." }];

export const QUESTIONS: Readonly<Record<SurfaceName, Question>> = {
  "chat-completions": {
    path: "/v1/chat/completions",
    body: (model) => ({
      model,
      messages: MESSAGES,
      max_completion_tokens: TOKENS_MAX,
      stream: true,
      stream_options: { include_usage: true },
    }),
    readEvent: readChunk,
  },
  messages: {
    path: "/v1/messages",
    body: (model) => ({ model, messages: MESSAGES, max_tokens: TOKENS_MAX, stream: true }),
    readEvent: readMessageEvent,
  },
};

/** The surfaces that are asked on, and whether this one is among them. */
export function isAsked(surface: SurfaceName, only: SurfaceName | undefined): boolean {
  return only === undefined || only === surface;
}

export function firstSurface(only: SurfaceName | undefined): SurfaceName {
  return only ?? SURFACES[0];
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: Readonly<Record<string, unknown>> }[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
  readonly error?: { readonly message?: string };
}

function readChunk(data: string): Heard {
  if (data === "[DONE]") return { end: true };
  const { choices = [], usage, error } = readJson<Chunk>(data);
  if (error !== undefined) return { error: error.message ?? "no reason is given" };
  const { content, reasoning_content, tool_calls, refusal } = choices[0]?.delta ?? {};
  const token = [content, reasoning_content, tool_calls, refusal].some((part) => Boolean(part));
  return usage ? { token, usage: usageOf(usage.prompt_tokens, usage.completion_tokens) } : { token };
}

interface MessageUsage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
}

interface MessageEvent {
  readonly type?: string;
  readonly message?: { readonly usage?: MessageUsage };
  readonly usage?: MessageUsage;
  readonly error?: { readonly message?: string };
}

function readMessageEvent(data: string): Heard {
  const { type, message, usage = message?.usage, error } = readJson<MessageEvent>(data);
  if (type === "error") return { error: error?.message ?? "no reason is given" };
  if (type === "message_stop") return { end: true };
  if (type === "content_block_delta") return { token: true };
  if (usage === undefined) return {};
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } = usage;
  const read = typeof input_tokens === "number";
  const input = (input_tokens ?? 0) + (cache_read_input_tokens ?? 0) + (cache_creation_input_tokens ?? 0);
  return { usage: usageOf(read ? input : undefined, output_tokens ?? undefined) };
}

function usageOf(inputTokens: number | undefined, outputTokens: number | undefined): Partial<Usage> {
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  };
}

/** What is not JSON says nothing: the stream will lack its end. */
function readJson<Shape extends object>(data: string): Partial<Shape> {
  try {
    return (JSON.parse(data) ?? {}) as Partial<Shape>;
  } catch {
    return {};
  }
}

/** That a prompt is too long, as suppliers of either format say it: sentences, words and counts. */
import type { Overflow, Refusal } from "@interchange/inference";
import { isCount } from "./wire.ts";

/** What of a complaint may say it. */
export interface Wording {
  readonly type?: string;
  readonly code?: string;
  readonly message?: string;
}

/** Words for the kind of error, by which it is known without a look at the sentence. */
const KINDS: ReadonlySet<string> = new Set([
  "context_length_exceeded",
  "context_window_exceeded",
  "exceed_context_size_error",
  "model_context_window_exceeded",
]);

/**
 * The sentences, the telling ones first; the groups are the counts that they give. Where one says only that it is too
 * long, there are none.
 */
const SENTENCES: readonly RegExp[] = [
  // OpenAI, vLLM until 0.6 and what imitates them: with the answer's share, then without.
  /maximum context length is (?<context>[\d,]+) tokens.+?requested (?:about )?[\d,]+ tokens \((?<input>[\d,]+) (?:in the messages|of text input)[^)]*?, (?<output>[\d,]+) in the (?:completion|output)/is,
  /maximum context length is (?<context>[\d,]+) tokens.+?requested (?<output>[\d,]+) output tokens and your prompt contains at least (?<input>[\d,]+) input tokens/is,
  /is too large: (?<output>[\d,]+)\..*?maximum context length is (?<context>[\d,]+) tokens and your request has (?<input>[\d,]+) input tokens/is,
  /maximum context length is (?<context>[\d,]+) tokens.+?(?:resulted in|requested|request has) (?<input>[\d,]+) (?:input )?tokens/is,
  // vLLM, of a prompt that leaves no room at all.
  /prompt \(length (?<input>[\d,]+)\) is longer than the maximum model length of (?<context>[\d,]+)/i,
  // llama.cpp, newer and older.
  /request \((?<input>[\d,]+) tokens\) exceeds the available context size \((?<context>[\d,]+) tokens\)/i,
  /exceeds the available context size(?: \((?<context>[\d,]+) tokens\))?/i,
  // SGLang.
  /maximum context length of (?<context>[\d,]+) tokens.+?: (?<input>[\d,]+) tokens from the input messages and (?<output>[\d,]+) tokens for the completion/is,
  /input \((?<input>[\d,]+) tokens\) is longer than the model's context length \((?<context>[\d,]+) tokens\)/i,
  // Text Generation Inference.
  /must be <= (?<context>[\d,]+)\. Given: (?<input>[\d,]+) `inputs` tokens and (?<output>[\d,]+) `max_new_tokens`/i,
  // Mistral.
  /Prompt contains (?<input>[\d,]+) tokens.+?too large for model with (?<context>[\d,]+) maximum context length/is,
  // Gemini.
  /input token count \((?<input>[\d,]+)\) exceeds the maximum number of tokens allowed \((?<context>[\d,]+)\)/i,
  // Anthropic: with the answer's share, then without.
  /input length and `max_tokens` exceed context limit: (?<input>[\d,]+) \+ (?<output>[\d,]+) > (?<context>[\d,]+)/i,
  /prompt is too long: (?<input>[\d,]+) tokens > (?<context>[\d,]+) maximum/i,
  /^(?:the )?prompt is too long|maximum context length is (?<context>[\d,]+)/i,
];

/** Longer sentences are no sentences; the search need not run over pages. */
const CHARS_MAX = 2_000;

/** What was exceeded, as far as it is told; undefined when the complaint is about something else. */
export function readOverflow({ type, code, message = "" }: Wording): Overflow | undefined {
  const said = message.slice(0, CHARS_MAX);
  for (const sentence of SENTENCES) {
    const found = sentence.exec(said);
    if (found !== null) return countsOf(found.groups ?? {});
  }
  return KINDS.has(code ?? "") || KINDS.has(type ?? "") ? {} : undefined;
}

const COUNTS = ["context", "input", "output"] as const;

function countsOf(groups: Readonly<Record<string, string | undefined>>): Overflow {
  const counts = COUNTS.map((name) => [name, Number((groups[name] ?? "-1").replaceAll(",", ""))] as const);
  return Object.fromEntries(counts.filter(([, count]) => isCount(count)));
}

/** What of the context is exceeded, by a refusal of ours or of a supplier. */
export function overflowIn(refusal: Refusal): Overflow | undefined {
  if (refusal.kind === "prompt-too-long") return { input: refusal.tokens, context: refusal.contextTokens };
  return refusal.kind === "supplier-refused" ? refusal.failure.overflow : undefined;
}

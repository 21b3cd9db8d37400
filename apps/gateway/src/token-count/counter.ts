/** Counts the tokens of a request as its supplier's model would, and learns from what suppliers settle. */
import { type InferenceRequest, inputTokens, type Usage } from "@interchange/inference";
import type { Offer } from "@interchange/routing";
import { createCalibration } from "./calibration.ts";
import type { Measure } from "./measure.ts";
import { type Prompt, readPrompt } from "./prompt.ts";
import { sliceUp } from "./slices.ts";
import { createTokenizerThread } from "./thread.ts";
import type { TextCount } from "./tokenizer.ts";

/** Who serves: models of one name at two suppliers may have different templates. */
export type Served = Pick<Offer, "supplier" | "model">;

export interface TokenCounter {
  /**
   * Tokens of the input, as this model would count them; undefined asks for no model in particular. Rejects when the
   * tokenizer is overwhelmed or fails.
   */
  count(request: InferenceRequest, served: Served | undefined): Promise<number>;
  /** Learns from a settled request, later and not from every one. Never throws. */
  learn(request: InferenceRequest, served: Served, usage: Usage): void;
  /** Resolves when nothing is being learned. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface TokenCounterOptions {
  readonly clock: () => number;
  /** Told when the tokenizer failed while learning. */
  onError(error: unknown): void;
}

/** An agent asks for some 25 counts at once. */
const WAITING_MAX = 100;

/** Where counts or lessons are waiting already, learning waits for another request. */
const LEARNING_WAITING_MAX = 4;

/** After the first requests of a model, one a second is enough to follow it. */
const LEARNED_AT_ONCE = 64;
const LEARN_EVERY_MS = 1_000;

/** Less says more of the vendor's template than of its tokenizer; of more only a sample would be counted. */
const LEARNING_CHARS_MIN = 256;
const LEARNING_CHARS_MAX = 128_000;

export function createTokenCounter(options: TokenCounterOptions): TokenCounter {
  const thread = createTokenizerThread();
  const calibration = createCalibration();
  const learnedAtMs = new Map<string, number>();
  let learning: Promise<void> = Promise.resolve();
  let lessons = 0;
  let closed = false;

  const measure = async (prompt: Prompt): Promise<Measure> => {
    const texts = sliceUp(prompt.texts);
    const tools = sliceUp(prompt.tools);
    const counted = await thread.count({ texts: texts.slices, tools: tools.slices });
    const both = (key: keyof TextCount) => counted.texts[key] * texts.weight + counted.tools[key] * tools.weight;
    return {
      text: both("tokens"),
      twoByte: both("twoByte"),
      threeByte: both("threeByte"),
      tools: counted.tools.tokens * tools.weight,
      toolset: prompt.tools.length === 0 ? 0 : TOOLSET_TOKENS,
      marks: prompt.marks * MARK_TOKENS,
      media: prompt.mediaTokens,
    };
  };

  const learnFrom = async (request: InferenceRequest, model: string, settled: number): Promise<void> => {
    const prompt = readPrompt(request);
    const chars = charsOf(prompt.texts) + charsOf(prompt.tools);
    if (chars < LEARNING_CHARS_MIN || chars > LEARNING_CHARS_MAX) return;
    calibration.learn(model, await measure(prompt), settled);
  };

  const isDue = (model: string): boolean => {
    if (closed || lessons + thread.waiting() >= LEARNING_WAITING_MAX) return false;
    const sinceMs = options.clock() - (learnedAtMs.get(model) ?? 0);
    return calibration.learned(model) < LEARNED_AT_ONCE || sinceMs >= LEARN_EVERY_MS;
  };

  return {
    async count(request, served) {
      if (closed) throw new Error("the token counter is closed");
      if (thread.waiting() >= WAITING_MAX) throw new Error("too many counts are waiting");
      const measured = await measure(readPrompt(request));
      return Math.max(1, calibration.predict(served === undefined ? "" : modelOf(served), measured));
    },
    learn(request, served, usage) {
      const settled = inputTokens(usage);
      const model = modelOf(served);
      if (usage.estimated === true || settled === 0 || !isDue(model)) return;
      lessons += 1;
      learnedAtMs.set(model, options.clock());
      learning = learning
        .then(breathe)
        .then(() => learnFrom(request, model, settled))
        .catch((error: unknown) => {
          if (!closed) options.onError(error);
        })
        .finally(() => {
          lessons -= 1;
        });
    },
    idle: () => learning,
    async close() {
      closed = true;
      await thread.close();
    },
  };
}

/** What is settled is answered first. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A model of the family whose encoding this is has three to four around each message (OpenAI Cookbook, "How to count tokens"). */
const MARK_TOKENS = 4;

/** The unit in which the instructions that come with tools are learned. */
const TOOLSET_TOKENS = 100;

function charsOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

function modelOf({ supplier, model }: Served): string {
  return `${supplier}\n${model}`;
}

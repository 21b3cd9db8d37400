/** Counts the tokens of a request as its supplier's model would, and learns from what suppliers settle. */
import type { InferenceRequest, Usage } from "@interchange/inference";
import type { Offer } from "@interchange/routing";
import type { Noted } from "../notes.ts";
import { createCalibration } from "./calibration.ts";
import { createLessons } from "./lessons.ts";
import type { Measure } from "./measure.ts";
import { type Prompt, readPrompt } from "./prompt.ts";
import { sliceUp } from "./slices.ts";
import { createTokenizerThread, type TokenizerThread } from "./thread.ts";
import type { TextCount } from "./tokenizer.ts";

/** Who serves: models of one name at two suppliers may have different templates. */
export type Served = Pick<Offer, "supplier" | "model">;

export interface TokenCounter {
  /**
   * Tokens of the input, as this model would count them; undefined asks for no model in particular. Rejects when the
   * tokenizer is overwhelmed, late or fails.
   */
  count(request: InferenceRequest, served: Served | undefined): Promise<number>;
  /** Learns from a settled request, later and not from every one. Never throws. */
  learn(request: InferenceRequest, served: Served, usage: Usage): void;
  /** Resolves when nothing is being learned. */
  idle(): Promise<void>;
  close(): Promise<void>;
  /** What it has learned of models. */
  readonly noted: Noted;
}

export interface TokenCounterOptions {
  readonly clock: () => number;
  /** How long a count may take; five seconds unless said. */
  readonly patienceMs?: number;
  /** Told when the tokenizer failed while learning. */
  onError(error: unknown): void;
}

/** An agent asks for some 25 counts at once. */
const WAITING_MAX = 100;

/** A crowd of hostile texts takes longer; who waits behind it is better served with an estimate. */
const PATIENCE_MS = 5_000;

export function createTokenCounter(options: TokenCounterOptions): TokenCounter {
  const thread = createTokenizerThread();
  const calibration = createCalibration();
  let closed = false;
  const measure = (prompt: Prompt) => measureWith(thread, prompt);
  const lessons = createLessons({
    calibration,
    measure,
    waiting: thread.waiting,
    clock: options.clock,
    onError: (error) => {
      if (!closed) options.onError(error);
    },
  });
  return {
    async count(request, served) {
      if (thread.waiting() >= WAITING_MAX) throw new Error("too many counts are waiting");
      const measured = await inTime(measure(readPrompt(request)), options.patienceMs ?? PATIENCE_MS);
      return Math.max(1, calibration.predict(served === undefined ? "" : modelOf(served), measured));
    },
    learn(request, served, usage) {
      if (!closed) lessons.learn(request, modelOf(served), usage);
    },
    idle: () => lessons.idle(),
    noted: calibration.noted,
    async close() {
      closed = true;
      await thread.close();
    },
  };
}

async function measureWith(thread: TokenizerThread, prompt: Prompt): Promise<Measure> {
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
}

async function inTime<Value>(work: Promise<Value>, waitMs: number): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the count took too long")), waitMs);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** A model of the family whose encoding this is has three to four around each message (OpenAI Cookbook, "How to count tokens"). */
const MARK_TOKENS = 4;

/** The unit in which the instructions that come with tools are learned. */
const TOOLSET_TOKENS = 100;

function modelOf({ supplier, model }: Served): string {
  return `${supplier}\n${model}`;
}

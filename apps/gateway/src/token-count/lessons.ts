/** Lessons: settled requests from which something is learned, one after another, later and not from every one. */
import { type InferenceRequest, inputTokens, type Usage } from "@interchange/inference";
import type { Calibration } from "./calibration.ts";
import type { Measure } from "./measure.ts";
import { type Prompt, readPrompt } from "./prompt.ts";

export interface Lessons {
  /** Never throws. */
  learn(request: InferenceRequest, model: string, usage: Usage): void;
  /** Resolves when nothing is being learned. */
  idle(): Promise<void>;
}

export interface LessonsOptions {
  readonly calibration: Calibration;
  readonly measure: (prompt: Prompt) => Promise<Measure>;
  /** How many counts are under way. */
  readonly waiting: () => number;
  readonly clock: () => number;
  readonly onError: (error: unknown) => void;
}

/** Where counts or lessons are waiting already, learning waits for another request. */
const WAITING_MAX = 4;

/** After the first requests of a model, one a second is enough to follow it. */
const LEARNED_AT_ONCE = 64;
const LEARN_EVERY_MS = 1_000;

/** Less says more of the vendor's template than of its tokenizer; of more only a sample would be counted. */
const CHARS_MIN = 256;
const CHARS_MAX = 128_000;

export function createLessons(options: LessonsOptions): Lessons {
  const learnedAtMs = new Map<string, number>();
  let last: Promise<void> = Promise.resolve();
  let underWay = 0;

  const isDue = (model: string): boolean => {
    if (underWay + options.waiting() >= WAITING_MAX) return false;
    const sinceMs = options.clock() - (learnedAtMs.get(model) ?? 0);
    return options.calibration.learned(model) < LEARNED_AT_ONCE || sinceMs >= LEARN_EVERY_MS;
  };

  return {
    learn(request, model, usage) {
      const settled = inputTokens(usage);
      if (usage.estimated === true || settled === 0 || !isDue(model)) return;
      underWay += 1;
      learnedAtMs.set(model, options.clock());
      last = last
        .then(breathe)
        .then(() => learnFrom(options, request, model, settled))
        .catch(options.onError)
        .finally(() => {
          underWay -= 1;
        });
    },
    idle: () => last,
  };
}

async function learnFrom(
  { calibration, measure }: LessonsOptions,
  request: InferenceRequest,
  model: string,
  settled: number,
): Promise<void> {
  const prompt = readPrompt(request);
  const chars = [...prompt.texts, ...prompt.tools].reduce((sum, text) => sum + text.length, 0);
  if (chars < CHARS_MIN || chars > CHARS_MAX) return;
  calibration.learn(model, await measure(prompt), settled);
}

/** What is settled is answered first. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

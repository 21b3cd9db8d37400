/** A rate: how many bytes of text come to a token, an upper quantile of the tokens that suppliers have settled. */

export interface Rate {
  readonly bytesPerToken: number;
  /** How many requests it was learned from. */
  readonly learned: number;
}

/** A prompt that is all text, and what the supplier said of it. */
export interface Lesson {
  readonly textBytes: number;
  readonly inputTokens: number;
}

/** Fewer bytes to a token than most text has, so that a hold is rather too large than too small. */
export const UNLEARNED: Rate = { bytesPerToken: 3, learned: 0 };

/** No tokenizer has longer tokens than of one byte, and none so few of them on a whole prompt. */
const BYTES_PER_TOKEN_MIN = 1;
const BYTES_PER_TOKEN_MAX = 8;

/** Of so many prompts, as a share, the estimate should not fall short. */
const QUANTILE = 0.95;

/** How far one lesson moves the rate at most, as a share: at first, and after hundreds. */
const STEP_FIRST = 0.1;
const STEP_LEAST = 0.02;
const STEP_HALVED_AFTER = 100;

/** Of a short prompt most is what stands around the text, in the body as in the vendor's template. */
const TEXT_BYTES_MIN = 1_024;

/** What lies so far beyond the bounds is no count of this text at all. */
const NONSENSE = 2;

/**
 * The rate after a lesson (a quantile by stochastic approximation, Robbins and Monro 1951, on the logarithm): a step down
 * when it fell short, and a step up that is as much smaller as falling short should be rarer. How far off it was does not
 * count, so that nonsense weighs no more than any other lesson.
 */
export function taught(rate: Rate, { textBytes, inputTokens }: Lesson): Rate {
  const seen = textBytes / inputTokens;
  if (textBytes < TEXT_BYTES_MIN || !isPlausible(seen)) return rate;
  const step = Math.max(STEP_LEAST, STEP_FIRST / (1 + rate.learned / STEP_HALVED_AFTER));
  const turn = seen < rate.bytesPerToken ? -QUANTILE : 1 - QUANTILE;
  return { bytesPerToken: bounded(rate.bytesPerToken * Math.exp(step * turn)), learned: rate.learned + 1 };
}

function isPlausible(bytesPerToken: number): boolean {
  return bytesPerToken >= BYTES_PER_TOKEN_MIN / NONSENSE && bytesPerToken <= BYTES_PER_TOKEN_MAX * NONSENSE;
}

function bounded(bytesPerToken: number): number {
  return Math.min(Math.max(bytesPerToken, BYTES_PER_TOKEN_MIN), BYTES_PER_TOKEN_MAX);
}

/** A rate as it was kept; undefined when it is none. */
export function readRate(kept: unknown): Rate | undefined {
  const { bytesPerToken, learned } = (kept ?? {}) as Partial<Record<keyof Rate, unknown>>;
  if (typeof bytesPerToken !== "number" || !Number.isFinite(bytesPerToken)) return undefined;
  if (typeof learned !== "number" || !Number.isSafeInteger(learned) || learned < 0) return undefined;
  return { bytesPerToken: bounded(bytesPerToken), learned };
}

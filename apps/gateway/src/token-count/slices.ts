/** Slices: texts cut short enough to be counted in bounded time, and of very long ones a sample. */

/**
 * Merging takes the square of a word's length, so that one word of 200 KB takes twenty seconds; cut like this, a
 * millisecond. A cut costs about half a token, which errs upwards.
 */
const SLICE_CHARS = 512;

/** Most characters that are counted; of more, slices at even distances stand for all. */
export const COUNTED_CHARS_MAX = 256_000;

export interface Slices {
  readonly slices: readonly string[];
  /** How often each slice stands for others and itself; 1 when all are there. */
  readonly weight: number;
}

export function sliceUp(texts: readonly string[]): Slices {
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  const stride = Math.max(1, chars / COUNTED_CHARS_MAX);
  const slices: string[] = [];
  let seen = 0;
  let taken = 0;
  for (const text of texts) {
    for (let start = 0; start < text.length; start += SLICE_CHARS) {
      const slice = text.slice(start, start + SLICE_CHARS);
      if (taken * stride <= seen) {
        slices.push(slice);
        taken += slice.length;
      }
      seen += slice.length;
    }
  }
  return { slices, weight: taken === 0 ? 1 : chars / taken };
}

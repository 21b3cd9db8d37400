/** The tokenizer: texts as slices of bounded length, each counted by itself in the o200k encoding. */
import { countTokens, setMergeCacheSize } from "gpt-tokenizer/encoding/o200k_base";

/** Tokens of a text. Those in slices that are hardly ASCII stand apart: models differ most there. */
export interface TextCount {
  readonly tokens: number;
  readonly twoByte: number;
  readonly threeByte: number;
}

/** Words seen before are not taken apart again. Larger caches cost more than they save. */
setMergeCacheSize(5_000);

/** Text that looks like the encoding's own marks is text. */
const AS_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

/** Bytes to a character, spaces among them, from which on a slice is taken to be in such a script. */
const TWO_BYTE_FROM = 1.25;
const THREE_BYTE_FROM = 2;

export function countSlices(slices: readonly string[]): TextCount {
  const count = { tokens: 0, twoByte: 0, threeByte: 0 };
  for (const slice of slices) {
    const tokens = countTokens(slice, AS_TEXT);
    const density = Buffer.byteLength(slice) / slice.length;
    count.tokens += tokens;
    if (density >= THREE_BYTE_FROM) count.threeByte += tokens;
    else if (density >= TWO_BYTE_FROM) count.twoByte += tokens;
  }
  return count;
}

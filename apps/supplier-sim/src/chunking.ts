/** Cutting a text into the pieces that are streamed. */

/** Words, each with the white space before it; joined, they are the text. */
export function wordsOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/gu) ?? [];
}

/**
 * A text in so many pieces, or fewer when it has fewer characters: between words where there are words enough, else between
 * characters. Joined, they are the text; an empty text has no piece.
 */
export function chunksOf(text: string, count: number): string[] {
  if (count <= 1) return text === "" ? [] : [text];
  const words = wordsOf(text);
  return groupsOf(words.length >= count ? words : Array.from(text), count);
}

function groupsOf(units: readonly string[], count: number): string[] {
  const groups = Math.min(count, units.length);
  const chunks: string[] = [];
  for (let group = 0; group < groups; group++) {
    const start = Math.floor((group * units.length) / groups);
    const end = Math.floor(((group + 1) * units.length) / groups);
    chunks.push(units.slice(start, end).join(""));
  }
  return chunks;
}

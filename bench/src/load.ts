/** What every target of a rig is asked: one chat request of two kilobytes. */

const FILLER = "The quick brown fox jumps over the lazy dog. ".repeat(60);

/** A body of exactly this many bytes. */
export function bodyOf(bytes: number): string {
  const write = (text: string): string =>
    JSON.stringify({ model: "text-prime", max_tokens: 16, messages: [{ role: "user", content: text }] });
  return write(FILLER.repeat(Math.ceil(bytes / FILLER.length)).slice(0, bytes - write("").length));
}

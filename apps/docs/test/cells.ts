/** What a table says, as one line. */

/** The text of every cell, in order. */
export function cellsOf(html: string): string {
  const cells = [...html.matchAll(/<t[hd](?: [^>]*)?>(.*?)<\/t[hd]>/g)].map((match) => match[1] ?? "");
  return cells.map((cell) => cell.replaceAll(/<\/?code>/g, "")).join(" | ");
}

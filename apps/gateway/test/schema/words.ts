/** Texts to try on a pattern: some that it lets through and some that it does not. */

const POOL: readonly string[] = [
  "a",
  "",
  "a".repeat(64),
  "a".repeat(65),
  "a".repeat(128),
  "a".repeat(129),
  "get weather",
  "größe",
  "image/png",
  "text/plain",
  "https://example.com/a",
  "HTTP://example.com",
  "ftp://example.com/a",
  "0.5",
  "0.",
  "-1",
  "web_search_20250305",
  "web_search_2025",
  "mcp_toolset",
  "iVBORw0KGgo=",
  "=",
];

export interface Sorted {
  readonly matching: readonly string[];
  readonly others: readonly string[];
}

/** The pool, sorted by the pattern; a pattern on which one half would be empty needs words of its own. */
export function wordsFor(pattern: string): Sorted {
  const matches = (word: string): boolean => new RegExp(pattern, "u").test(word);
  const matching = POOL.filter(matches);
  const others = POOL.filter((word) => !matches(word));
  if (matching.length === 0 || others.length === 0) throw new Error(`No words to try on ${pattern}: add some`);
  return { matching, others };
}

/** What stands before a sentence that says what went wrong: a cross where there are colours, a word where there are none. */
import { hasColours, paintFor } from "./paint.ts";
import type { Terminal } from "./terminal.ts";

export function markOf({ stderr, env }: Pick<Terminal, "stderr" | "env">): string {
  return hasColours(stderr, env) ? paintFor(stderr, env)("red", "✗ ") : "error: ";
}

/** A sign of life on stderr while something takes long; nothing where nobody looks. */
import { paintFor } from "./paint.ts";
import type { Terminal } from "./terminal.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;
/** What is over before is never shown. */
const DELAY_MS = 250;
const CLEAR = "\r\u001b[K";

export async function withProgress<Result>(
  terminal: Terminal,
  words: string,
  work: (tell: (words: string) => void) => Promise<Result>,
): Promise<Result> {
  const { stderr, env } = terminal;
  let told = words;
  if (stderr.isTTY !== true || env["TERM"] === "dumb") return work(() => undefined);
  const paint = paintFor(stderr, env);
  const startedAtMs = performance.now();
  let frame = 0;
  const timer = setInterval(() => {
    if (performance.now() - startedAtMs < DELAY_MS) return;
    stderr.write(`${CLEAR}${paint("cyan", FRAMES[frame++ % FRAMES.length] ?? "")} ${told}`);
  }, FRAME_MS);
  try {
    return await work((words) => {
      told = words;
    });
  } finally {
    clearInterval(timer);
    if (frame > 0) stderr.write(CLEAR);
  }
}

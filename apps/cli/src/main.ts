/** The process: its own streams and signals for one run. */
import { EXIT } from "./exit.ts";
import { run } from "./run.ts";

const interrupt = new AbortController();

// The first Ctrl-C ends what is under way in good order, the second ends it.
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
  interrupt.abort(new DOMException("interrupted", "AbortError"));
});

// Whoever reads may stop reading, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.done);
  throw error;
});

const { stdin, stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  signal: interrupt.signal,
  nowMs: Date.now,
});

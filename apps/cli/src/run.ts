/** Runs the command line once: arguments in, an exit code out, everything else over the terminal's streams. */
import { EXIT, type ExitCode } from "./exit.ts";
import { fail } from "./failure.ts";
import { createProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/** `argv` without the program's own name. Never rejects. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    const program = createProgram(terminal);
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: "user" });
    return EXIT.done;
  } catch (error) {
    return fail(error, terminal);
  }
}

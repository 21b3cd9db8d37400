/** The command line, to be run by a program. */
export type { Command } from "./command.ts";
export { commands } from "./commands.ts";
export { EXIT, type ExitCode } from "./exit.ts";
export { createProgram } from "./program.ts";
export { run } from "./run.ts";
export type { Input, Output, Terminal } from "./terminal.ts";

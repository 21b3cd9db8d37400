/** A command of the program: its words, the operations it asks for, and how it is declared to Commander. */
import type { Command as Commander } from "commander";
import type { Terminal } from "./terminal.ts";

export interface Command {
  /** `accounts list`, or one word alone. */
  readonly words: string;
  /** `document operation`, such as `platform listAccounts`. */
  readonly operations: readonly string[];
  readonly text: string;
  /** Gives it arguments, options and what it does. */
  readonly declare: (command: Commander, terminal: Terminal) => void;
}

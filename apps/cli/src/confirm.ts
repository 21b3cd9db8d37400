/** Asks before something is done that cannot be undone. */
import { confirm, isCancel } from "@clack/prompts";
import { EXIT, Exit, Misuse } from "./exit.ts";
import { isAttended, say, type Terminal } from "./terminal.ts";

/** Returns when it may be done. Throws a Misuse where nobody is there to be asked, and ends the command where it may not. */
export async function askFirst(terminal: Terminal, question: string, isSure: boolean): Promise<void> {
  if (isSure) return;
  if (!isAttended(terminal)) throw new Misuse(`${question} Say --yes if you are sure.`);
  const { stdin, stderr, signal } = terminal;
  const answer = await confirm({ message: question, initialValue: false, input: stdin, output: stderr, signal });
  if (isCancel(answer)) throw new Exit(EXIT.interrupted);
  if (answer) return;
  say(terminal, "Nothing was done.");
  throw new Exit(EXIT.refused);
}

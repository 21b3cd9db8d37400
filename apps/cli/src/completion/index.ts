/** `completion`: the script that teaches a shell the program's words, and the hidden command that the script asks. */
import { Argument, type Command as Commander } from "commander";
import type { Terminal } from "../terminal.ts";
import { candidates } from "./candidates.ts";
import { SCRIPTS, SHELLS, type Shell } from "./scripts.ts";

export function declareCompletion(program: Commander, { stdout }: Terminal): void {
  program
    .command("completion")
    .summary("print the completion script of a shell")
    .description(
      "Print the script that completes commands, options and their words. Load it at every start:\n" +
        "  bash  echo 'eval \"$(interchange completion bash)\"' >> ~/.bashrc\n" +
        "  zsh   echo 'eval \"$(interchange completion zsh)\"' >> ~/.zshrc\n" +
        "  fish  interchange completion fish > ~/.config/fish/completions/interchange.fish",
    )
    .addArgument(new Argument("<shell>", "which").choices(SHELLS))
    .action((shell: Shell) => void stdout.write(SCRIPTS[shell]));
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action((words: string[]) => {
      for (const { word, text } of candidates(program, words)) stdout.write(`${word}\t${text}\n`);
    });
}

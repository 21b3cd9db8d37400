/** What may stand where the caller is writing, read off the program itself. */
import type { Command as Commander, Option } from "commander";

export interface Candidate {
  readonly word: string;
  readonly text: string;
}

/** `words` are all that were written after the program's name; the last is the one being written, empty where it has not begun. */
export function candidates(program: Commander, words: readonly string[]): readonly Candidate[] {
  const before = words.slice(0, -1);
  const begun = words.at(-1) ?? "";
  const command = commandAt(program, before);
  const open = optionNamed(command, before.at(-1) ?? "");
  if (open !== undefined && takesValue(open)) return beginning(choicesOf(open.argChoices), begun);
  if (begun.startsWith("-")) return beginning(optionsOf(command), begun);
  return beginning(
    [...commandsOf(command), ...command.registeredArguments.flatMap((each) => choicesOf(each.argChoices))],
    begun,
  );
}

/** The innermost command that the words have named. */
function commandAt(program: Commander, words: readonly string[]): Commander {
  let command = program;
  for (const word of words) command = command.commands.find((each) => each.name() === word) ?? command;
  return command;
}

/** Those of the command, and of everything above it. */
function allOptions(command: Commander): readonly Option[] {
  return [...command.options, ...(command.parent === null ? [] : allOptions(command.parent))];
}

function optionNamed(command: Commander, word: string): Option | undefined {
  return word.startsWith("-")
    ? allOptions(command).find(({ long, short }) => long === word || short === word)
    : undefined;
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function optionsOf(command: Commander): readonly Candidate[] {
  const help = { word: "--help", text: "show help" };
  return [...allOptions(command).map(({ long, description }) => ({ word: long ?? "", text: description })), help];
}

function commandsOf(command: Commander): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ word: each.name(), text: each.summary() || each.description() }));
}

function choicesOf(choices: readonly string[] = []): readonly Candidate[] {
  return choices.map((word) => ({ word, text: "" }));
}

function beginning(found: readonly Candidate[], begun: string): readonly Candidate[] {
  return found.filter(({ word }) => word.startsWith(begun));
}

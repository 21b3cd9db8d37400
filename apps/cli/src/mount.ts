/** Declares rows and commands to Commander: words become commands within commands, options get their values. */
import { type Command as Commander, Option as CommanderOption, InvalidArgumentError } from "commander";
import type { Command } from "./command.ts";
import type { Option } from "./option.ts";
import { isPaged, perform } from "./perform.ts";
import type { Row, Source } from "./row.ts";
import { isArgument } from "./said.ts";
import { openSession } from "./session.ts";
import type { Flags } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

/** The row as a command. */
export function commandOf(row: Row): Command {
  return {
    words: row.words,
    operations: [`platform ${row.operation}`],
    text: row.text,
    declare: (command, terminal) => declareRow(row, command, terminal),
  };
}

/** What a noun is about, for the help. */
export type Nouns = Readonly<Record<string, string>>;

export function mount(program: Commander, commands: readonly Command[], nouns: Nouns, terminal: Terminal): void {
  for (const each of commands) {
    const [noun = "", verb] = each.words.split(" ");
    const parent = verb === undefined ? program : nounOf(program, noun, nouns);
    const command = parent
      .command(verb ?? noun)
      .description(each.text)
      .summary(each.text);
    each.declare(command, terminal);
  }
}

function nounOf(program: Commander, noun: string, nouns: Nouns): Commander {
  const found = program.commands.find((command) => command.name() === noun);
  return found ?? program.command(noun).description(nouns[noun] ?? "");
}

function declareRow(row: Row, command: Commander, terminal: Terminal): void {
  const sources = Object.values(row.path ?? {});
  const names = sources.filter(isArgument).map(({ argument }) => argument);
  for (const source of sources) declareSource(source, command);
  for (const option of Object.values({ ...row.query, ...row.body })) command.addOption(optionOf(option));
  if (row.body !== undefined) command.option("--data <data>", "the whole body as JSON: @file.json, or - for stdin");
  if (row.confirm !== undefined) command.option("--yes", "do not ask first");
  if (isPaged(row)) declarePaging(command);
  command.action(async (...given: unknown[]) => {
    const words = Object.fromEntries(names.map((name, index) => [name, given[index] as string | undefined]));
    await perform(row, { words, options: command.opts() }, openSession(terminal, flagsOf(command)));
  });
}

export function flagsOf(command: Commander): Flags {
  return command.optsWithGlobals<Flags>();
}

function declareSource(source: Source, command: Commander): void {
  if (!isArgument(source)) command.addOption(optionOf(source));
  else if (source.fallback === undefined) command.argument(`<${source.argument}>`, source.text);
  else command.argument(`[${source.argument}]`, `${source.text} (${source.fallback} unless said)`);
}

/** What is said stays a text here: the row reads it, knowing the time. */
export function optionOf({ flags, text, choices }: Option<unknown>): CommanderOption {
  const option = new CommanderOption(flags, text);
  return choices === undefined ? option : option.choices(choices);
}

function declarePaging(command: Commander): void {
  command
    .option("--limit <n>", "how many to show, 50 unless said", countOf)
    .option("--all", "show all there are")
    .option("--cursor <cursor>", "go on where a list ended, by its next_cursor");
}

export function countOf(said: string): number {
  if (/^[1-9]\d{0,8}$/.test(said)) return Number(said);
  throw new InvalidArgumentError("It takes a whole number from 1 on.");
}

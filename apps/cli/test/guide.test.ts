/** Goal: the guide is true. Method: its list of commands is the program's, and every line that it shows is one that the program takes. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { commands } from "../src/commands.ts";
import { EXIT } from "../src/exit.ts";
import { createProgram } from "../src/program.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const guide = read("../../docs/guides/command-line.md");
const readme = read("../README.md");

const program = createProgram({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: {},
  signal: new AbortController().signal,
  nowMs: Date.now,
});

/** As the guide lists them. */
function commandTable(): string {
  const rows = commands.map(({ words, text }) => `| \`${words}\` | ${text} |`);
  return ["| command | what it does |", "| --- | --- |", ...rows].join("\n");
}

/** The commands that a text shows, each as its words. */
function linesOf(text: string): readonly string[][] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.split("\n"));
  return blocks
    .flatMap((line) => /(?:^|\(|pnpm )interchange (.*)$/.exec(line)?.[1] ?? [])
    .map((line) =>
      [
        ...line
          .split(/ [|<>)]/, 1)
          .join("")
          .matchAll(/"([^"]*)"|(\S+)/g),
      ].map(([whole, quoted]) => quoted ?? whole),
    );
}

/** What the program does not know of a line; empty when all is well. */
function strangeIn(words: readonly string[]): string[] {
  let command: Command = program;
  const rest = [...words];
  for (let next = found(command, rest[0]); next !== undefined; next = found(command, rest[0])) {
    command = next;
    rest.shift();
  }
  const isLeaf = command.commands.length === 0;
  const known = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]);
  const flags = rest.filter((word) => /^--?[a-z]/.test(word) && word !== "--help");
  return [
    ...(isLeaf || flags.includes("--version") ? [] : [words.join(" ")]),
    ...flags.filter((flag) => !known.includes(flag)),
  ];
}

function found(command: Command, word: string | undefined): Command | undefined {
  return command.commands.find((each) => each.name() === word);
}

describe("the guide", () => {
  test("lists every command", () => expect(guide).toContain(commandTable()));

  test("names every exit code, as the README does", () => {
    for (const code of Object.values(EXIT))
      for (const text of [guide, readme]) expect(text).toMatch(new RegExp(`^\\| ${code} \\|`, "m"));
  });
});

test.each([...linesOf(guide), ...linesOf(readme)].map((words) => [words.join(" "), words] as const))(
  "interchange %s is understood",
  (_, words) => expect(strangeIn(words)).toEqual([]),
);

test("a line that is not understood is found", () => {
  expect(linesOf(guide).length).toBeGreaterThan(25);
  expect(strangeIn(["keys", "lst"])).toEqual(["keys lst"]);
  expect(strangeIn(["keys", "list", "--nope"])).toEqual(["--nope"]);
});

/** Goal: every page of help fits 80 columns and says what each command is for. Method: every command is asked for its help. */
import type { Command } from "commander";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { createProgram } from "../src/program.ts";
import { runWith } from "./desk.ts";

const program = createProgram({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: {},
  signal: new AbortController().signal,
  nowMs: Date.now,
});

function everyOne(command: Command, words: readonly string[] = []): readonly (readonly string[])[] {
  return [words, ...command.commands.flatMap((each) => everyOne(each, [...words, each.name()]))];
}

const pages = everyOne(program);

describe("help", () => {
  test("there is a page for each", () => expect(pages.length).toBeGreaterThan(80));

  test.each(pages.map((words) => [words.join(" "), words] as const))("of interchange %s", async (_, words) => {
    for (const columns of [80, 200]) {
      const { code, stdout } = await runWith([...words, "--help"], { columns });
      expect([code, stdout.startsWith(`Usage: interchange ${words.join(" ")}`)]).toEqual([0, true]);
      for (const line of stdout.split("\n")) expect([line, stringWidth(line) <= 80]).toEqual([line, true]);
    }
  });

  test("the program's own, whole", async () => {
    expect((await runWith(["--help"], { columns: 80 })).stdout).toMatchInlineSnapshot(`
      "Usage: interchange [options] [command]

      Interchange from the command line: ask, pay, and run the market.

      Options:
        -V, --version               print the version
        --url <url>                 the gateway (INTERCHANGE_URL, then what login
                                    wrote)
        --key <key>                 the key (INTERCHANGE_KEY, then what login wrote)
        --json                      print the answer as JSON
        --verbose                   tell of every request on stderr
        -h, --help                  show help

      Ask:
        chat [options] [prompt...]  ask a question, or hold a conversation where none
                                    is given
        models                      the catalogue, as each surface lists it
        route                       who would be chosen, and why

      Who pays:
        accounts                    who pays
        keys                        by what callers are known
        balances                    tokens of each instrument, and where they are
        tokens                      the lots they came in, their movements, and
                                    counting them
        credits                     US dollars, with which tokens are bought
        purchases                   tokens bought with credits

      By itself, and on paper:
        auto-buy                    tokens bought when few are left
        auto-reload                 credits charged when few are left
        invoices                    what an account was charged
        statement [options]         draw up the statement of an account; of this month
                                    unless said
        usage                       the receipt of every request, and sums of them

      The market:
        instruments                 what can be bought
        suppliers                   who fills the instruments, and how well
        offers                      what suppliers sell, and at what price

      This machine:
        login                       remember a gateway and a key; the key is asked
                                    for, or read from stdin
        logout                      forget the gateway and the key that login wrote
        whoami                      show which gateway, account and key are used

      Before and after trouble:
        doctor [options]            check a gateway from key to first token, and say
                                    what is wrong
        config                      a gateway's configuration
        completion <shell>          print the completion script of a shell

      Commands:
        help [command]              show help for a command

      Exit codes:
        0 done · 1 the gateway said no · 2 misuse · 3 unreachable, or not Interchange
        4 the key is missing or refused · 5 doctor or config check found something
        130 interrupted
      "
    `);
  });

  test("of a command, whole", async () => {
    expect((await runWith(["purchases", "create", "--help"], { columns: 80 })).stdout).toMatchInlineSnapshot(`
      "Usage: interchange purchases create [options]

      buy tokens with credits

      Options:
        --account <id>       the account; the key's own, \`me\`, unless said
        --instrument <name>  the instrument
        --tokens <n>         how many
        --reference <text>   your own, so that twice is once; \`none\` for none
        --data <data>        the whole body as JSON: @file.json, or - for stdin
        -h, --help           show help

      Global Options:
        -V, --version        print the version
        --url <url>          the gateway (INTERCHANGE_URL, then what login wrote)
        --key <key>          the key (INTERCHANGE_KEY, then what login wrote)
        --json               print the answer as JSON
        --verbose            tell of every request on stderr
      "
    `);
  });

  test("colours are for those who see them", async () => {
    const seen = await runWith(["--help"], { columns: 80, env: { NO_COLOR: "" } });
    expect(seen.stdout).toContain("\u001b[36mchat");
    expect((await runWith(["--help"], { columns: 80 })).stdout).not.toContain("\u001b");
    expect((await runWith(["--help"], {})).stdout).not.toContain("\u001b");
    expect((await runWith(["--help"], { env: { FORCE_COLOR: "1" } })).stdout).toContain("\u001b[36m");
  });
});

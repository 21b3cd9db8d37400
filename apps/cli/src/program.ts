/** The program: its flags, its help, and every command under it. */
import { readFileSync } from "node:fs";
import { Command as Commander } from "commander";
import { groups, NOUNS } from "./commands.ts";
import { declareCompletion } from "./completion/index.ts";
import { markOf } from "./mark.ts";
import { mount } from "./mount.ts";
import { hasColours, paintFor } from "./paint.ts";
import { type Terminal, widthOf } from "./terminal.ts";

const WIDTH_MAX = 80;

const EXITS = `Exit codes:
  0 done · 1 the gateway said no · 2 misuse · 3 unreachable, or not Interchange
  4 the key is missing or refused · 5 doctor or config check found something
  130 interrupted`;

export function createProgram(terminal: Terminal): Commander {
  const program = new Commander("interchange")
    .description("Interchange from the command line: ask, pay, and run the market.")
    .version(readVersion(), "-V, --version", "print the version")
    .option("--url <url>", "the gateway (INTERCHANGE_URL, then what login wrote)")
    .option("--key <key>", "the key (INTERCHANGE_KEY, then what login wrote)")
    .option("--json", "print the answer as JSON")
    .option("--verbose", "tell of every request on stderr")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .addHelpText("after", `\n${EXITS}`)
    .exitOverride();
  dress(program, terminal);
  for (const { title, commands } of groups) {
    program.commandsGroup(title);
    mount(program, commands, NOUNS, terminal);
  }
  declareCompletion(program, terminal);
  return program;
}

/** Help and complaints go over the terminal's streams, in its width and colours. */
function dress(program: Commander, terminal: Terminal): void {
  const { stdout, stderr, env } = terminal;
  const width = Math.min(widthOf(stdout, env), WIDTH_MAX);
  const paint = paintFor(stdout, env);
  program
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(markOf(terminal) + text.replace(/^error: /, "")),
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => hasColours(stdout, env),
      getErrHasColors: () => hasColours(stderr, env),
    })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => paint("bold", title),
      styleCommandText: (text) => paint("cyan", text),
      styleSubcommandText: (text) => paint("cyan", text),
      styleOptionText: (text) => paint("cyan", text),
      styleArgumentText: (text) => paint("cyan", text),
    });
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}

/** `interchange doctor`: checks a running gateway from key to first token, and says what is wrong and what to do. */
import { createPlatformClient } from "@interchange/client/platform";
import { type Command as Commander, InvalidArgumentError, Option } from "commander";
import type { Command } from "../command.ts";
import { Exit } from "../exit.ts";
import { paintFor } from "../paint.ts";
import { withProgress } from "../progress.ts";
import { type Flags, readSettings, type Settings } from "../settings.ts";
import { type Terminal, widthOf } from "../terminal.ts";
import { watched } from "../watched.ts";
import { wrapped } from "../wrap.ts";
import { CHECKS } from "./checks/index.ts";
import { type Context, SURFACES, type SurfaceName } from "./context.ts";
import { type Examination, examine } from "./examination.ts";
import { NETWORK } from "./network.ts";
import { documentOf, linesOf, type Sheet, verdictOf } from "./report.ts";
import { readTarget, wellWritten } from "./target.ts";

export interface Wishes {
  readonly instrument?: string;
  readonly surface?: SurfaceName;
  /** In milliseconds. */
  readonly patience?: number;
}

const PATIENCE_MS = 20_000;

const MORE = `
Each check is skipped when one that it needs has failed. A few tokens are used,
and the last line says how many.

Exit codes: 0 all is well, warnings included · 2 the base URL cannot be read ·
3 not reached, or not Interchange · 4 the key · 5 anything else. Where several
checks fail, the smallest of these counts.
`;

export const doctorCommand: Command = {
  words: "doctor",
  operations: [],
  text: "check a gateway from key to first token, and say what is wrong",
  declare(command, terminal) {
    command
      .option("--instrument <name>", "ask for this one, rather than the account's default")
      .addOption(new Option("--surface <surface>", "ask on this one only").choices(SURFACES))
      .option("--patience <seconds>", "how long the gateway may be silent, 20 unless said", readPatience)
      .addHelpText("after", MORE)
      .action(async (_wishes: unknown, action: Commander) => {
        const flags = action.optsWithGlobals<Flags & Wishes>();
        const { exit } = await runDoctor(flags, readSettings(flags, terminal.env), terminal);
        if (exit !== 0) throw new Exit(exit);
      });
  },
};

function readPatience(said: string): number {
  if (/^[1-9]\d{0,3}$/.test(said)) return Number(said) * 1_000;
  throw new InvalidArgumentError("It takes whole seconds, from 1 to 9999.");
}

/** Writes to stdout: a line for each check as it ends, or with `json` one document at the end. */
export async function runDoctor(
  wishes: Wishes & Pick<Flags, "json" | "verbose">,
  settings: Settings,
  terminal: Terminal,
): Promise<Examination> {
  const { stdout, env } = terminal;
  const sheet: Sheet = { width: widthOf(stdout, env), paint: paintFor(stdout, env) };
  const quiet = wishes.json === true;
  if (!quiet) stdout.write(`${sheet.paint("dim", headOf(settings))}\n\n`);
  const examination = await examine(contextOf(wishes, settings, terminal), CHECKS, {
    tell: (outcome) => void (quiet || stdout.write(`${linesOf(outcome, sheet).join("\n")}\n`)),
    during: (title, work) => withProgress(terminal, title, work),
  });
  stdout.write(
    quiet ? `${JSON.stringify(documentOf(examination), null, 2)}\n` : `\n${closingOf(examination, sheet)}\n`,
  );
  return examination;
}

function contextOf(wishes: Wishes & Pick<Flags, "verbose">, settings: Settings, terminal: Terminal): Context {
  const { nowMs, signal } = terminal;
  const { instrument, surface, patience = PATIENCE_MS } = wishes;
  return {
    baseUrl: settings.url,
    key: settings.key,
    ...(instrument === undefined ? {} : { instrument }),
    ...(surface === undefined ? {} : { surface }),
    // Asking again would hide what is looked for.
    client: (client) => createPlatformClient({ ...client, retries: 0 }),
    fetch: wishes.verbose === true ? watched(terminal) : (request) => fetch(request),
    network: NETWORK,
    clock: nowMs,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    patienceMs: patience,
    signal,
  };
}

/** Where it looks and who said so; what cannot be read as a URL is not repeated, since it may hold anything. */
function headOf({ url, urlFrom, key, keyFrom }: Settings): string {
  const reading = readTarget(url);
  const where = reading.kind === "target" ? wellWritten(reading.target) : "the base URL";
  return `${where} (${SAID[urlFrom]}), ${key === undefined ? "no key" : `key ${SAID[keyFrom ?? "default"]}`}`;
}

const SAID: Readonly<Record<Settings["urlFrom"], string>> = {
  flag: "by flag",
  environment: "from the environment",
  profile: "from the profile",
  default: "by default",
};

function closingOf(examination: Examination, { width, paint }: Sheet): string {
  const { exit, outcomes } = examination;
  const warned = outcomes.some(({ status }) => status === "warning");
  const colour = exit !== 0 ? "red" : warned ? "yellow" : "green";
  return wrapped(verdictOf(examination), Math.min(width, 80))
    .map((line) => paint(colour, line))
    .join("\n");
}

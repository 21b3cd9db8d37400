/** `config check`: whether a gateway would start with a configuration, and what in it is probably not meant. */
import { type Config, doubtsOf, readConfig } from "@interchange/config";
import type { Command } from "../command.ts";
import { EXIT, Exit, Misuse } from "../exit.ts";
import { paintFor } from "../paint.ts";
import { say, type Terminal } from "../terminal.ts";

/** As `--json` prints it. */
interface Finding {
  readonly file: string;
  readonly accepted: boolean;
  /** What keeps the gateway from starting, a sentence each. */
  readonly problems: readonly string[];
  /** What is probably not meant, a sentence each. */
  readonly doubts: readonly string[];
  /** What it comes to, where it is accepted. */
  readonly summary?: string;
}

interface Options {
  readonly strict?: boolean;
  readonly json?: boolean;
}

export const configCheck: Command = {
  words: "config check",
  operations: [],
  text: "check a gateway's configuration without starting it",
  declare: (command, terminal) => {
    command
      .argument("[file]", "the file (INTERCHANGE_CONFIG, else interchange.config.yaml, unless said)")
      .option("--strict", "end with 5 for what is probably not meant, too")
      .action((file: string | undefined) => check(file, command.optsWithGlobals<Options>(), terminal));
  },
};

function check(file: string | undefined, { json, strict }: Options, terminal: Terminal): void {
  const finding = findingOf(file, terminal);
  if (json === true) terminal.stdout.write(`${JSON.stringify(finding, null, 2)}\n`);
  else show(finding, terminal);
  if (!finding.accepted || (strict === true && finding.doubts.length > 0)) throw new Exit(EXIT.found);
}

function findingOf(named: string | undefined, { env }: Terminal): Finding {
  const given = named === undefined ? env : { ...env, INTERCHANGE_CONFIG: named };
  const reading = readConfig({ env: given, cwd: process.cwd() });
  if (reading.kind === "demo")
    throw new Misuse(
      "There is no interchange.config.yaml here: name the file, as in `interchange config check my.yaml`.",
    );
  const file = given["INTERCHANGE_CONFIG"]?.trim() || "interchange.config.yaml";
  if (reading.kind === "refused") return { file, accepted: false, problems: reading.problems, doubts: [] };
  const { config } = reading;
  return { file, accepted: true, problems: [], doubts: doubtsOf(config), summary: summaryOf(config) };
}

function summaryOf({ suppliers, accounts }: Config): string {
  const offers = suppliers.flatMap((supplier) => supplier.offers);
  const instruments = new Set(offers.map(({ instrument }) => instrument));
  return [
    `${counted(suppliers.length, "supplier")}, ${counted(offers.length, "offer")}`,
    `of ${counted(instruments.size, "instrument")}, ${counted(accounts.length, "account")}`,
  ].join(" ");
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

function show({ file, problems, doubts, summary }: Finding, terminal: Terminal): void {
  const paint = paintFor(terminal.stderr, terminal.env);
  for (const problem of problems) say(terminal, `${paint("red", "✗")} ${problem}`);
  for (const doubt of doubts) say(terminal, `${paint("yellow", "!")} ${doubt}`);
  if (summary !== undefined) terminal.stdout.write(`${file} is accepted: ${summary}.\n`);
  else say(terminal, `${file} is refused: a gateway would not start with it.`);
}

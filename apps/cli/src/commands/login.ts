/** Remembers a gateway and a key, once the gateway has taken the key. */
import { password, text } from "@clack/prompts";
import type { Command } from "../command.ts";
import { EXIT, Exit, Misuse } from "../exit.ts";
import { readIdentity } from "../identity.ts";
import { flagsOf } from "../mount.ts";
import { readProfile, writeProfile } from "../profile.ts";
import { withProgress } from "../progress.ts";
import { sessionWith } from "../session.ts";
import { type Flags, URL_DEFAULT } from "../settings.ts";
import { isAttended, readAll, say, type Terminal } from "../terminal.ts";

export const login: Command = {
  words: "login",
  operations: ["platform retrieveAccount", "platform retrieveKey"],
  text: "remember a gateway and a key; the key is asked for, or read from stdin",
  declare: (command, terminal) => command.action(async () => remember(flagsOf(command), terminal)),
};

async function remember(flags: Flags, terminal: Terminal): Promise<void> {
  const url = flags.url ?? (await urlOf(terminal));
  const key = flags.key ?? (await keyOf(terminal));
  const session = sessionWith(terminal, flags, { url, urlFrom: "flag", key, keyFrom: "flag" });
  const identity = await withProgress(terminal, "asking the gateway", () => readIdentity(session));
  const file = writeProfile(terminal.env, { url, key });
  say(terminal, `Logged in to ${url} as ${identity.account}, with the ${identity.role} key ${identity.key}.`);
  say(terminal, `${file} remembers it, and only you can read it.`);
  for (const name of ["INTERCHANGE_URL", "INTERCHANGE_KEY"])
    if (terminal.env[name]) say(terminal, `${name} is set, and goes before what was remembered.`);
}

async function urlOf(terminal: Terminal): Promise<string> {
  const known = terminal.env["INTERCHANGE_URL"] || profileUrl(terminal) || URL_DEFAULT;
  if (!isAttended(terminal)) return known;
  const { stdin, stderr, signal } = terminal;
  return answered(await text({ message: "Gateway", initialValue: known, input: stdin, output: stderr, signal }));
}

/** A profile that cannot be read is about to be written anew. */
function profileUrl({ env }: Terminal): string | undefined {
  try {
    return readProfile(env).url;
  } catch {
    return undefined;
  }
}

async function keyOf(terminal: Terminal): Promise<string> {
  const { stdin, stderr, signal } = terminal;
  const key = isAttended(terminal)
    ? answered(await password({ message: "Key", input: stdin, output: stderr, signal }))
    : await readAll(terminal);
  if (key.trim() !== "") return key.trim();
  throw new Misuse("There is no key: pipe it in, as in `interchange login < key.txt`, or give it with --key.");
}

function answered(answer: string | symbol): string {
  if (typeof answer === "symbol") throw new Exit(EXIT.interrupted);
  return answer;
}

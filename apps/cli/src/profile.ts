/** What `interchange login` remembers: one gateway and one key, in a file that nobody else may read. */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Misuse } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

export interface Profile {
  readonly url?: string;
  readonly key?: string;
}

/** In the folder of the XDG base directory specification, XDG_CONFIG_HOME. */
export function profileFile(env: Terminal["env"]): string {
  const home = env["XDG_CONFIG_HOME"] || join(env["HOME"] || homedir(), ".config");
  return join(home, "interchange", "profile.json");
}

/** Empty where there is none. Throws a Misuse where the file is not as `login` writes it. */
export function readProfile(env: Terminal["env"]): Profile {
  const file = profileFile(env);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Misuse(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Mend its rights, or remove it.`,
    );
  }
  try {
    return profileOf(JSON.parse(text));
  } catch {
    throw new Misuse(`${file} is not a profile. Run \`interchange login\` to write it anew, or remove it.`);
  }
}

function profileOf(read: unknown): Profile {
  const { url, key } = read as Readonly<Record<string, unknown>>;
  return { ...(typeof url === "string" ? { url } : {}), ...(typeof key === "string" ? { key } : {}) };
}

/** Gives the file's name. */
export function writeProfile(env: Terminal["env"], profile: Profile): string {
  const file = profileFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 });
  // The mode above is for a new file alone.
  chmodSync(file, 0o600);
  return file;
}

export function removeProfile(env: Terminal["env"]): void {
  rmSync(profileFile(env), { force: true });
}

/** Which gateway, and by which key: flags, then the environment, then the profile. */
import { readProfile } from "./profile.ts";
import type { Terminal } from "./terminal.ts";

/** The flags that every command has. */
export interface Flags {
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export type Origin = "flag" | "environment" | "profile" | "default";

export interface Settings {
  readonly url: string;
  readonly urlFrom: Origin;
  readonly key?: string;
  readonly keyFrom?: Origin;
}

export const URL_DEFAULT = "http://localhost:4000";

export function readSettings(flags: Flags, env: Terminal["env"]): Settings {
  const profile = readProfile(env);
  const [url, urlFrom] = first(flags.url, env["INTERCHANGE_URL"], profile.url) ?? [URL_DEFAULT, "default" as const];
  const key = first(flags.key, env["INTERCHANGE_KEY"], profile.key);
  return { url, urlFrom, ...(key === undefined ? {} : { key: key[0], keyFrom: key[1] }) };
}

const ORIGINS = ["flag", "environment", "profile"] as const;

/** The first that says something, and where it stands. */
function first(...values: readonly (string | undefined)[]): readonly [string, Origin] | undefined {
  for (const [index, value] of values.entries()) {
    const origin = ORIGINS[index];
    if (value !== undefined && value !== "" && origin !== undefined) return [value, origin];
  }
  return undefined;
}

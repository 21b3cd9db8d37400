/** The platform document as an API that the gateway offers. */
import { document } from "@interchange/contract/platform";
import { chatCompletions, type Dialect } from "@interchange/dialects";
import { platformRoutes } from "@interchange/stubs";
import type { Api } from "../surface.ts";

/** It says no in the words of Chat Completions, which have a place for the parameter. */
export const PLATFORM: Api = {
  name: "platform",
  document,
  routes: platformRoutes,
  dialect: chatCompletions as Dialect,
  keyHeader: "authorization",
};

/** Where its paths begin, such as `/v1/accounts`. */
const ROOTS: readonly string[] = [...new Set(platformRoutes.map(({ path }) => rootOf(path)))];

export function isPlatformPath(path: string): boolean {
  return ROOTS.includes(rootOf(path.toLowerCase()));
}

function rootOf(path: string): string {
  return path.split("/").slice(0, 3).join("/");
}

/** For whoever came near one of its paths. */
export const PATHS_HINT = `Accounts, keys, money and the market are managed at ${ROOTS.join(", ")}.`;

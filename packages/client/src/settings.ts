/** Reads the options of a client once, and says what is wrong with them before anything is sent. */
import { readBaseUrl } from "./base-url.ts";
import type { Settings } from "./carriage.ts";
import { ClientError } from "./client-error.ts";
import type { ClientOptions, ClientTimeouts } from "./client-options.ts";
import { type Credential, readKey } from "./key.ts";
import type { Operation } from "./operation.ts";
import { type Follow, stay } from "./parcel.ts";
import { realTiming } from "./retry.ts";

/** What a document says beside its types. */
export interface DocumentFacts {
  /** The operations that stream, that page, or that may be sent again by their key. */
  readonly special: readonly Operation[];
  readonly credential: Credential;
  /** What is done with redirects, where the document has any. */
  readonly redirects?: { readonly follow: Follow; readonly isBlind: () => boolean };
}

/** Throws a ClientError. */
export function readSettings(options: ClientOptions, { credential, redirects }: DocumentFacts): Settings {
  const { key, retries = 2, timeouts = {} } = options;
  if (typeof key === "string") readKey(key);
  if (!Number.isInteger(retries) || retries < 0)
    throw new ClientError("retries is a whole number: 0 for one attempt only");
  checkTimeouts(timeouts);
  const { url, inline } = readBaseUrl(options.baseUrl);
  const common = { credential, key, retries, timeouts, timing: realTiming };
  if (redirects) return { ...common, baseUrl: url, inline: inline || redirects.isBlind(), follow: redirects.follow };
  // Only what can be redirected has a second address below /inline.
  return { ...common, baseUrl: url.replace(/\/inline$/, ""), inline, follow: stay };
}

function checkTimeouts(timeouts: ClientTimeouts): void {
  for (const [name, ms] of Object.entries(timeouts) as [string, unknown][])
    if (ms !== undefined && !(typeof ms === "number" && ms > 0))
      throw new ClientError(`timeouts.${name} is a number of milliseconds above 0, or Infinity for no end`);
}

/** The caller's key, and the header that it travels in. */
import { ClientError } from "./client-error.ts";

/** The header that carries the key, and what stands before the key in it; null where the document knows no key. */
export type Credential = { readonly header: string; readonly prefix: string } | null;

export type Key = string | (() => string | Promise<string>) | undefined;

/** The key itself, if it is one. Throws a ClientError that does not repeat it. */
export function readKey(key: string): string {
  if (key === "") throw new ClientError("the key is empty: give one, or leave `key` out where none is needed");
  // What is not visible ASCII either breaks the header or is refused by every server (RFC 9110 §5.5).
  if (typeof key !== "string" || !/^[\x21-\x7e]+$/.test(key))
    throw new ClientError("the key has a space, a line break or a letter that no key has: copy it again");
  return key;
}

/** Headers with the key in them, asked for anew where it is a function. Throws the signal's reason where that aborts first. */
export async function withKey(
  headers: Headers,
  key: Key,
  credential: Credential,
  signal: AbortSignal,
): Promise<Headers> {
  if (key === undefined || credential === null) return headers;
  const value = readKey(typeof key === "function" ? await unlessAborted(key, signal) : key);
  const all = new Headers(headers);
  all.set(credential.header, `${credential.prefix}${value}`);
  return all;
}

async function unlessAborted(key: () => string | Promise<string>, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const left = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([key(), left]);
}

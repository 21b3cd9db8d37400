/** Reads the base URL as people write it: what is meant is understood, and what cannot be is refused with what to write. */
import { ClientError } from "./client-error.ts";
import type { OperationTable } from "./operation.ts";

const INLINE = "/inline";

export interface BaseUrl {
  /** The origin and what stands before `/v1`, without a slash at the end. */
  readonly url: string;
  /** Whether inferences are answered in one leg there. */
  readonly inline: boolean;
}

/**
 * Slashes at the end are dropped, and so is `/v1`, once or more often, with or without an operation's own path after it.
 * Throws a ClientError, which repeats nothing of a URL that has a password in it.
 */
export function readBaseUrl(text: string, operations: OperationTable): BaseUrl {
  const url = readUrl(text.trim());
  const path = readPath(url, operations);
  return { url: url.origin + path, inline: path.endsWith(INLINE) };
}

function readUrl(text: string): URL {
  if (text === "") throw new ClientError("baseUrl is empty: give the gateway's, such as http://localhost:4000");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    throw new ClientError(`baseUrl has no scheme: write ${withScheme(text)}`);
  if (url.username !== "" || url.password !== "")
    throw new ClientError("baseUrl has a user or password in it: leave them out, and give the key as `key`");
  const other = { "ws:": "http:", "wss:": "https:" }[url.protocol];
  if (other !== undefined) throw new ClientError(`baseUrl begins with ${url.protocol}//: write ${other}//${url.host}`);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new ClientError(`baseUrl begins with ${url.protocol}//: give an http:// or https:// address`);
  if (/^https?$/.test(url.hostname)) throw new ClientError("baseUrl has its scheme twice: write it once");
  if (url.search !== "" || url.hash !== "")
    throw new ClientError(`baseUrl has a query or fragment: write ${url.origin}${url.pathname.replace(/\/+$/, "")}`);
  return url;
}

/** What was perhaps meant, without a password and without what is no part of an address. */
function withScheme(text: string): string {
  const address = /^[\w.-]+(:\d+)?(?=\/|$)/.exec(text)?.[0];
  if (address === undefined) return "an address such as http://localhost:4000";
  return `${/^(localhost|127\.|\d+$)/.test(address) ? "http" : "https"}://${address}`;
}

function readPath(url: URL, operations: OperationTable): string {
  const path = url.pathname.replaceAll(/\/{2,}/g, "/").replace(/\/+$/, "");
  const at = /\/v1(?=\/|$)/.exec(path)?.index;
  if (at === undefined) return once(path);
  const rest = path.slice(at).replace(/^(\/v1)+(?=\/v1|$)/, "");
  if (rest !== "" && !Object.values(operations).some((each) => each.path === rest))
    throw new ClientError(`baseUrl goes on after /v1: write ${url.origin}${once(path.slice(0, at))}`);
  return once(path.slice(0, at));
}

/** A doubled `/inline` is one. */
const once = (path: string): string => path.replace(/(?:\/inline)+$/, INLINE);

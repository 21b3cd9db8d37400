/** Reads the base URL as people write it: what is meant is understood, and what cannot be is refused with what to write. */
import { ClientError } from "./client-error.ts";

const INLINE = "/inline";

/** What base URLs are often given with: the version, once or more often, and the path of what is asked most. */
const KNOWN = /^(\/v1)+(\/chat\/completions|\/messages|\/messages\/count_tokens|\/models)?$/;

export interface BaseUrl {
  /** The origin and what stands before `/v1`, without a slash at the end. */
  readonly url: string;
  /** Whether inferences are answered in one leg there. */
  readonly inline: boolean;
}

/**
 * Slashes at the end are dropped, and so is `/v1` with what often stands behind it.
 * Throws a ClientError, which repeats nothing of a URL that has a password in it.
 */
export function readBaseUrl(text: string): BaseUrl {
  const url = readUrl(text.trim());
  const path = readPath(url);
  return { url: url.origin + path, inline: path.endsWith(INLINE) };
}

function readUrl(text: string): URL {
  const wrong = (what: string) => new ClientError(`baseUrl ${what}`);
  if (text === "") throw wrong("is empty: write one such as http://localhost:4000");
  if (!URL.canParse(text) || !/^[a-z]+:\/\//i.test(text)) throw wrong(`has no scheme: write ${withScheme(text)}`);
  const url = new URL(text);
  const { protocol, host, hostname, origin, pathname } = url;
  if (url.username + url.password !== "") throw wrong("has a user or password in it: give the key as `key` instead");
  const other = { "ws:": "http:", "wss:": "https:" }[protocol];
  if (other !== undefined) throw wrong(`begins with ${protocol}//: write ${other}//${host}`);
  if (!/^https?:$/.test(protocol)) throw wrong(`begins with ${protocol}//: write http:// or https://`);
  if (/^https?$/.test(hostname)) throw wrong("has its scheme twice: write it once");
  if (url.search + url.hash !== "")
    throw wrong(`has a query or fragment: write ${origin}${pathname.replace(/\/+$/, "")}`);
  return url;
}

/** What was perhaps meant, without a password and without what is no part of an address. */
function withScheme(text: string): string {
  const address = /^[\w.-]+(:\d+)?(?=\/|$)/.exec(text)?.[0];
  if (address === undefined) return "an address such as http://localhost:4000";
  return `${/^(localhost|127\.|\d+$)/.test(address) ? "http" : "https"}://${address}`;
}

function readPath({ pathname, origin }: URL): string {
  const path = pathname.replace(/\/+/g, "/").replace(/\/$/, "");
  const at = path.search(/\/v1(\/|$)/);
  if (at < 0) return once(path);
  const base = once(path.slice(0, at));
  if (!KNOWN.test(path.slice(at))) throw new ClientError(`baseUrl goes on after /v1: write ${origin}${base}`);
  return base;
}

/** A doubled `/inline` is one. */
const once = (path: string): string => path.replace(/(?:\/inline)+$/, INLINE);

/** The base URL as it was written, and what is meant by it. */
import { isIP } from "node:net";
import { type Place, placeOf } from "./network.ts";

export interface Target {
  /** The origin and what stands before `/v1`, without a slash at its end. */
  readonly base: string;
  /** Whether answers are asked for in one leg. */
  readonly inline: boolean;
  readonly place: Place;
}

/** What was left out or put right, which most clients would not have done. */
export type Mend = "scheme-missing" | "v1-doubled" | "operation-in-url" | "query-in-url" | "credentials-in-url";

export type Reading =
  | { readonly kind: "target"; readonly target: Target; readonly mends: readonly Mend[] }
  | { readonly kind: "unreadable" }
  | { readonly kind: "scheme-unknown"; readonly scheme: string };

export function readTarget(text: string): Reading {
  const trimmed = text.trim();
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed);
  const url = urlOf(hasScheme ? trimmed : `${schemeFor(trimmed)}://${trimmed}`);
  if (url === undefined || url.hostname === "") return { kind: "unreadable" };
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return { kind: "scheme-unknown", scheme: url.protocol.slice(0, -1) };
  }
  const path = readPath(url.pathname);
  const mends: Mend[] = [
    ...(hasScheme ? [] : ["scheme-missing" as const]),
    ...path.mends,
    ...(url.search === "" && url.hash === "" ? [] : ["query-in-url" as const]),
    ...(url.username === "" && url.password === "" ? [] : ["credentials-in-url" as const]),
  ];
  return {
    kind: "target",
    target: { base: `${url.origin}${path.prefix}`, inline: path.inline, place: placeOf(url) },
    mends,
  };
}

/** The base URL as it should be written. */
export function wellWritten({ base, inline }: Target): string {
  return inline ? `${base}/inline` : base;
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** Machines at hand seldom have a certificate, others should. */
function schemeFor(text: string): "http" | "https" {
  const host = /^\[[^\]]*\]|^[^:/?#]*/.exec(text)?.[0] ?? "";
  return host === "localhost" || host.startsWith("[") || isIP(host) > 0 ? "http" : "https";
}

interface ReadPath {
  /** What a proxy may have put in front; empty, or with a slash before it. */
  readonly prefix: string;
  readonly inline: boolean;
  readonly mends: readonly Mend[];
}

function readPath(pathname: string): ReadPath {
  const words = pathname.split("/").filter((word) => word !== "");
  const found = words.findIndex(isOurs);
  const start = found === -1 ? words.length : found;
  const ours = words.slice(start);
  const end = ours.findIndex((word) => !isOurs(word));
  const own = end === -1 ? ours : ours.slice(0, end);
  return {
    prefix: words
      .slice(0, start)
      .map((word) => `/${word}`)
      .join(""),
    inline: own.includes("inline"),
    mends: [
      ...(own.filter((word) => word === "v1").length > 1 ? ["v1-doubled" as const] : []),
      ...(end === -1 ? [] : ["operation-in-url" as const]),
    ],
  };
}

function isOurs(word: string): boolean {
  return word === "v1" || word === "inline";
}

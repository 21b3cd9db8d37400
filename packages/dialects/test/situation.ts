/** The situations of the contract: `spec/<surface>/examples/<situation>.yaml`. */
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";

export interface Situation {
  readonly name: string;
  readonly request?: Json;
  readonly answer?: Json;
  readonly error?: Json;
  readonly event?: Json;
  readonly events?: readonly Json[];
}

export type Json = Readonly<Record<string, unknown>>;

/** The names that contracts, transcripts and tests share. */
export const SITUATIONS = [
  "text",
  "system",
  "image",
  "document",
  "tool",
  "parallel-tools",
  "tool-without-arguments",
  "tool-result",
  "tool-error",
  "thinking",
  "structured",
  "stop-sequence",
  "length",
  "refusal",
  "cached-usage",
  "usage-unasked",
  "ping",
  "error-before-stream",
  "error-mid-stream",
  "client-leaves",
  "unknown-field",
] as const;

const ROOT = new URL("../../../", import.meta.url);

/** Those of the operation that runs inference; the others are about models and counting. */
export function situations(surface: string): readonly Situation[] {
  const folder = new URL(`spec/${surface}/examples/`, ROOT);
  return readdirSync(folder)
    .filter((file) => !/^(model|count-tokens)/.test(file))
    .map((file) => situation(file.replace(".yaml", ""), readFileSync(new URL(file, folder), "utf8")));
}

function situation(name: string, text: string): Situation {
  const file = parse(text) as Record<string, { readonly value: Json }> & { readonly events?: readonly Json[] };
  const values = ["request", "answer", "error", "event"].flatMap((key) => (file[key] ? [[key, file[key].value]] : []));
  return { name, ...Object.fromEntries(values), ...(file.events ? { events: file.events } : {}) };
}

export interface Capture {
  readonly name: string;
  readonly body: Json;
}

/** What real clients send, as the gateway's tests keep it. */
export function captures(path: string): readonly Capture[] {
  const folder = new URL("apps/gateway/test/captures/", ROOT);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => requestsIn(file, readFileSync(new URL(file, folder), "utf8"), path));
}

interface Recorded {
  readonly url: string;
  readonly body?: unknown;
}

function requestsIn(file: string, text: string, path: string): readonly Capture[] {
  const { requests } = JSON.parse(text) as { readonly requests: readonly Recorded[] };
  return requests.flatMap(({ url, body }, nth) =>
    url.split("?")[0] === path && typeof body === "object" && body !== null
      ? [{ name: `${file.replace(".json", "")} ${nth}`, body: body as Json }]
      : [],
  );
}

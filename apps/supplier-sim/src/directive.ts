/** Directives: the words by which a configuration, a test or a prompt programs what the supplier does next. */
import { type FaultName, faultNames } from "./fault.ts";
import { isObject, type JsonObject } from "./json.ts";

export type Directives = {
  /** The exact answer. */
  readonly text?: string;
  /** The answer's length in tokens, of made-up words. */
  readonly tokens?: number;
  /** Pieces in which a text is streamed; default `tokens`, else 8. */
  readonly chunks?: number;
  /** Show reasoning though the request asked for none (true, or the reasoning's text), or none though it asked (false). */
  readonly thinking?: boolean | string;
  /** Call this tool, where it is offered and no result of a tool has come back yet. */
  readonly tool?: string;
  /** With this, right or wrong, as the arguments of that call: text of JSON. */
  readonly arguments?: string;
  /** Decline with this text. */
  readonly refusal?: string;
  /** The vendor's finish word to say, whatever happened. */
  readonly finish?: string;
  /** Input tokens said to be read from a cache. */
  readonly cachedTokens?: number;
  /** Input tokens said to be written to a cache (Messages only). */
  readonly cacheWriteTokens?: number;
  /** Output tokens said to be spent on reasoning. */
  readonly reasoningTokens?: number;
  readonly delayBeforeHeadersMs?: number;
  /** Between the headers and the first byte of the body. */
  readonly delayBeforeFirstMs?: number;
  /** Between one event and the next. */
  readonly delayBetweenMs?: number;
  /** Answer with this error status, in the vendor's shape. */
  readonly status?: number;
  /** The error's message, type and code. */
  readonly message?: string;
  readonly type?: string;
  readonly code?: string;
  /** `retry-after`, in seconds. */
  readonly retryAfter?: number;
  /** `retry-after-ms`. */
  readonly retryAfterMs?: number;
  /** Further headers of the response. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly fault?: FaultName;
  /** Events that leave before the fault shows; default 4. */
  readonly after?: number;
  /** The recorded exchange to replay: its file's name without the ending. */
  readonly transcript?: string;
};

/** A directive that nobody can follow; the message names it and says what it wants. */
export class DirectiveError extends Error {}

type Reader<T> = { readonly wants: string; readonly read: (value: unknown) => T | undefined };

const words: Reader<string> = {
  wants: "a text",
  read: (value) => (typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined),
};

const flagOrWords: Reader<boolean | string> = {
  wants: "true, false or a text",
  read: (value) =>
    value === "true" ? true : value === "false" ? false : typeof value === "boolean" ? value : words.read(value),
};

const json: Reader<string> = {
  wants: "a text or an object",
  read: (value) => (isObject(value) ? JSON.stringify(value) : words.read(value)),
};

const headers: Reader<Readonly<Record<string, string>>> = {
  wants: "an object of texts (only JSON and YAML can say it)",
  read: (value) =>
    isObject(value) && Object.values(value).every((item) => typeof item === "string")
      ? (value as Readonly<Record<string, string>>)
      : undefined,
};

const fault: Reader<FaultName> = {
  wants: `one of ${faultNames.join(", ")}`,
  read: (value) => faultNames.find((name) => name === value),
};

const fileName: Reader<string> = {
  wants: "a transcript's name, without folder and ending",
  read: (value) => (typeof value === "string" && /^[A-Za-z0-9][\w-]*$/.test(value) ? value : undefined),
};

function whole(min: number, max = Number.MAX_SAFE_INTEGER): Reader<number> {
  const limits =
    max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`;
  return { wants: limits, read: (value) => inLimits(numberOf(value), min, max) };
}

function inLimits(number: number, min: number, max: number): number | undefined {
  return Number.isInteger(number) && number >= min && number <= max ? number : undefined;
}

function numberOf(value: unknown): number {
  return typeof value === "string" && /^\d+$/.test(value)
    ? Number(value)
    : typeof value === "number"
      ? value
      : Number.NaN;
}

const readers: { readonly [K in keyof Required<Directives>]: Reader<Required<Directives>[K]> } = {
  text: words,
  tokens: whole(1, 1_000_000),
  chunks: whole(1),
  thinking: flagOrWords,
  tool: words,
  arguments: json,
  refusal: words,
  finish: words,
  cachedTokens: whole(0),
  cacheWriteTokens: whole(0),
  reasoningTokens: whole(0),
  delayBeforeHeadersMs: whole(0),
  delayBeforeFirstMs: whole(0),
  delayBetweenMs: whole(0),
  status: whole(400, 599),
  message: words,
  type: words,
  code: words,
  retryAfter: whole(0),
  retryAfterMs: whole(0),
  headers,
  fault,
  after: whole(0),
  transcript: fileName,
};

export const directiveNames = Object.keys(readers);

/** Directives from an object. Names may be written `delayBetweenMs` or `delay-between-ms`. Throws DirectiveError. */
export function readDirectives(object: JsonObject): Directives {
  const directives: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    const name = key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!Object.hasOwn(readers, name)) {
      throw new DirectiveError(`there is no directive "${key}"; there are ${directiveNames.join(", ")}`);
    }
    directives[name] = readValue(key, value, readers[name as keyof Directives]);
  }
  return directives;
}

function readValue(key: string, value: unknown, reader: Reader<unknown>): unknown {
  const read = reader.read(value);
  if (read === undefined) {
    throw new DirectiveError(`the directive "${key}" wants ${reader.wants}, not ${JSON.stringify(value)}`);
  }
  return read;
}

/**
 * Directives from one line: a JSON object, or `key=value` pairs with semicolons or spaces between them. A value runs to the next
 * pair; in double quotes it may hold anything. Throws DirectiveError.
 */
export function readDirectiveLine(line: string): Directives {
  const trimmed = line.trim();
  return readDirectives(trimmed.startsWith("{") ? jsonOf(trimmed) : pairsOf(trimmed));
}

function jsonOf(line: string): JsonObject {
  try {
    return JSON.parse(line) as JsonObject;
  } catch {
    throw new DirectiveError(`the directives are neither JSON nor key=value pairs: ${line}`);
  }
}

const pair = /\s*([A-Za-z][A-Za-z-]*)\s*=\s*("(?:[^"\\]|\\.)*"|[^";]*?)\s*(?:;|$|(?=\s[A-Za-z][A-Za-z-]*\s*=))/y;

function pairsOf(line: string): JsonObject {
  const pairs: Record<string, unknown> = {};
  for (pair.lastIndex = 0; pair.lastIndex < line.length; ) {
    const [, key, value] = pair.exec(line) ?? [];
    if (key === undefined || value === undefined) {
      throw new DirectiveError(`the directives are neither JSON nor key=value pairs: ${line}`);
    }
    pairs[key] = value.startsWith('"') ? unquoted(value) : value;
  }
  return pairs;
}

function unquoted(value: string): string {
  return value.slice(1, -1).replace(/\\(.)/g, "$1");
}

const inText = /\[\[sim\s+([\s\S]*?)\]\]/g;

/** Directives that stand in a text as `[[sim fault=hang]]`; none when there are none. Throws DirectiveError. */
export function directivesIn(text: string): Directives {
  if (!text.includes("[[sim")) return {};
  return Object.assign(
    {},
    ...Array.from(text.matchAll(inText), ([, line]) => readDirectiveLine(line ?? "")),
  ) as Directives;
}

/** The text without the directives that stand in it. */
export function withoutDirectives(text: string): string {
  return text.includes("[[sim") ? text.replace(inText, "").trim() : text;
}

/** A model's name and the directives that follow it as a query: `sim-prime?fault=hang&after=3`. Throws DirectiveError. */
export function readModelName(name: string): { readonly model: string; readonly directives: Directives } {
  const mark = name.indexOf("?");
  if (mark < 0) return { model: name, directives: {} };
  const query = new URLSearchParams(name.slice(mark + 1));
  return { model: name.slice(0, mark), directives: readDirectives(Object.fromEntries(query)) };
}

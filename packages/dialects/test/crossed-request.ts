/** What a request says, as found in a body of either format: all of it must be found in the other, too. */
import { expect } from "vitest";
import type { Json } from "./situation.ts";

/** Every text, picture, document, tool, call, result and stop sequence of the one is in the other. */
export function checkKept(body: Json, written: Json): void {
  const there = leaves(written).map(([, text]) => text);
  const missing = leaves(body).filter(([, text]) => !there.some((other) => other.includes(text)));
  expect(missing).toEqual([]);
  expect(callsIn(written)).toEqual(callsIn(body));
  expect(namesIn(written)).toEqual(namesIn(body));
}

type Leaf = readonly [path: string, text: string];

/** Properties whose texts are content, in either format. */
const CONTENT: ReadonlySet<string> = new Set(["text", "content", "system", "url", "data", "file_data", "description"]);
const STOPS: ReadonlySet<string> = new Set(["stop", "stop_sequences"]);
/** What is not said to a model: thoughts that nobody signed, and what is shown to their maker alone. */
const UNSAID: ReadonlySet<string> = new Set([
  "metadata",
  "thinking",
  "redacted_thinking",
  "reasoning_details",
  "reasoning_content",
  "cache_control",
]);

function leaves(value: unknown, path = "", key = ""): readonly Leaf[] {
  if (typeof value === "string") return isContent(key) && value.trim() !== "" ? [[path, bare(value)]] : [];
  if (Array.isArray(value)) return value.flatMap((inner, at) => leaves(inner, `${path}[${at}]`, key));
  if (typeof value !== "object" || value === null || UNSAID.has(String((value as Json).type))) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    UNSAID.has(name) ? [] : leaves(inner, `${path}.${name}`, name),
  );
}

function isContent(key: string): boolean {
  return CONTENT.has(key) || STOPS.has(key);
}

/** The bytes of a data URL. */
function bare(text: string): string {
  return text.replace(/^data:[^,]*;base64,/, "");
}

interface Call {
  readonly name: unknown;
  readonly input: unknown;
}

/** In the order in which they stand. */
function callsIn({ messages }: Json): readonly Call[] {
  return (messages as readonly Json[]).flatMap(({ content, tool_calls }) => [
    ...objects(tool_calls).map(({ function: inner }) => callOf(inner as Json)),
    ...objects(content).flatMap(({ type, name, input }) => (type === "tool_use" ? [{ name, input }] : [])),
  ]);
}

function callOf({ name, arguments: text }: Json): Call {
  return { name, input: JSON.parse(String(text) || "{}") };
}

/** The tools that are offered. */
function namesIn({ tools }: Json): readonly unknown[] {
  return objects(tools).map(({ name, function: inner }) => name ?? (inner as Json).name);
}

function objects(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
}

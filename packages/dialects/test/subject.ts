/** What a law is proved on: a dialect with its contract, and how the one is asked of the other. */
import type { Check } from "@interchange/contract";
import {
  FEATURES,
  type InferenceAnswer,
  type InferenceEvent,
  isFailure,
  type SupplierFailure,
} from "@interchange/inference";
import { expect } from "vitest";
import { type Dialect, NO_QUIRKS } from "../src/index.ts";
import type { Json } from "./situation.ts";

export interface Subject {
  readonly dialect: Dialect<never>;
  readonly document: unknown;
  readonly schemas: { readonly request: string; readonly answer: string; readonly event: string };
  readonly checks: {
    readonly request: Check;
    readonly event: Check;
    readonly responses: Readonly<Record<number, Check>>;
  };
  /** The body as a supplier gets it, when nothing is lost. */
  sent(body: Json, model: string): Json;
  /** The answer as a caller gets it, when nothing is lost. */
  told(answer: Json): Json;
  /** What an answer says as callers read it, apart from its frame. */
  content(answer: Json): unknown;
  /** One record of a stream; `json` is the event. */
  frame(type: unknown, json: string): string;
  /** What ends a stream beside its events. */
  readonly done: string;
  /** For each property of a request that has a meaning elsewhere or only for some: a value that says something. */
  readonly telling: Json;
  /** `<law> <situation>` → why it cannot hold there. */
  readonly skips: Readonly<Record<string, string>>;
  /** The same, of the transcripts. */
  readonly transcriptSkips: Readonly<Record<string, string>>;
}

export const MODEL = "their-model";
export const TARGET = { model: MODEL, features: new Set(FEATURES), quirks: NO_QUIRKS };
export const REQUEST_ID = "req_01LawsOfDialects";

/** As it is after a trip over the wire, where `-0` is no number and `undefined` no value. */
export function wire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export function read(dialect: Dialect<never>, body: Json): InferenceAnswer {
  const answer = dialect.supplier.readAnswer(body);
  if (isFailure(answer)) throw new Error(answer.message);
  return answer;
}

/** A stream leaves out what a whole answer says with null. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const said = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(said.map(([key, inner]) => [key, withoutNulls(inner)]));
}

export function write({ dialect }: Subject, events: readonly InferenceEvent[]): readonly Json[] {
  const writer = dialect.surface.writeEvents({ showUsage: true, requestId: REQUEST_ID });
  return events.flatMap((event) => writer.write(event)) as readonly Json[];
}

export function bytesOf({ frame, done }: Subject, events: readonly Json[], end = done): Buffer {
  return Buffer.from(events.map((event) => frame(event.type, JSON.stringify(event))).join("") + end);
}

export function readPieces({ dialect }: Subject, pieces: readonly Uint8Array[]): readonly InferenceEvent[] {
  const reader = dialect.supplier.readEvents();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

export function valid(check: Check, value: unknown): void {
  expect(check(wire(value)) ? null : check.errors).toBe(null);
}

/**
 * What everybody may know of an answer: its words without the bags, its ids and the supplier's own record of usage, and
 * without how the JSON of a call is spaced. Of parts that only one format knows it says that there is one; of a failure what callers read.
 */
export function wordsOf(answer: InferenceAnswer | SupplierFailure): Json {
  if (isFailure(answer)) return { message: answer.message, caller: answer.caller };
  return JSON.parse(JSON.stringify(answer, (key, inner) => (UNSPOKEN.has(key) ? undefined : plain(inner))));
}

const UNSPOKEN: ReadonlySet<string> = new Set(["extra", "raw", "id", "createdAtS"]);

function plain(value: unknown): unknown {
  const { type, input } = (value ?? {}) as Json;
  if (type === "opaque") return { type };
  return type === "tool-call" && typeof input === "string" ? { ...(value as Json), input: readInput(input) } : value;
}

/** No arguments are the same as none given; what was cut short stays a text. */
function readInput(input: string): unknown {
  try {
    return JSON.parse(input === "" ? "{}" : input);
  } catch {
    return input;
  }
}

/** The stream cut at every byte boundary, and byte by byte, reads the same. */
export function tornBytes(subject: Subject, bytes: Buffer): void {
  const want = JSON.stringify(readPieces(subject, [bytes]));
  for (let cut = 1; cut < bytes.length; cut++) {
    const got = readPieces(subject, [bytes.subarray(0, cut), bytes.subarray(cut)]);
    if (JSON.stringify(got) !== want) expect(got, `cut at ${cut}`).toEqual(JSON.parse(want));
  }
  const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  expect(JSON.stringify(readPieces(subject, single))).toBe(want);
}

/** A request with nothing in it but what is demanded. */
export const BASE: Json = { model: "m", max_tokens: 1, messages: [{ role: "user", content: "hi" }] };

/** What the contract says happens to a property of a request where another format serves. */
export function kindOf(subject: Subject, property: string): unknown {
  return propertiesOf(subject)[property]?.["x-translation"];
}

function propertiesOf({ document, schemas }: Subject): Readonly<Record<string, Json>> {
  const { components } = document as { readonly components: { readonly schemas: Record<string, Json> } };
  return components.schemas[schemas.request]?.properties as Readonly<Record<string, Json>>;
}

/** The properties of a request whose meaning must not get lost on the way to a supplier. */
export function meaningful(subject: Subject): readonly string[] {
  return Object.keys(propertiesOf(subject)).filter((name) => ["map", "filter"].includes(String(kindOf(subject, name))));
}

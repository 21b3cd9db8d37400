/** What the tests of both folds need: the situations of the contract, the recorded streams, and the vendors' own way to fold. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { readEvents } from "../src/event-stream.ts";
import type { Framing } from "../src/operation.ts";

export type Json = Record<string, unknown>;

const ROOT = new URL("../../../", import.meta.url);

export interface Situation {
  readonly name: string;
  readonly answer: Json;
  readonly events: readonly Json[];
}

/** The situations of a document that have a whole answer and a stream that comes to it. */
export function situations(document: string): readonly Situation[] {
  const folder = new URL(`spec/${document}/examples/`, ROOT);
  return readdirSync(folder).flatMap((file) => {
    const { answer, events } = parse(readFileSync(new URL(file, folder), "utf8")) as {
      answer?: { value: Json };
      events?: Json[];
    };
    return answer && events ? [{ name: file.replace(".yaml", ""), answer: answer.value, events }] : [];
  });
}

export interface Recorded {
  readonly name: string;
  readonly bytes: Buffer;
  /** What the same server answered when nothing was to be streamed. */
  readonly whole: Json | undefined;
}

/** Every stream that was recorded in a format. */
export function recorded(format: string): readonly Recorded[] {
  const folder = new URL(`apps/supplier-sim/transcripts/${format}/`, ROOT);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sse"))
    .map((file) => {
      const json = new URL(file.replace(".sse", ".json"), folder);
      const whole = existsSync(json) ? (JSON.parse(readFileSync(json, "utf8")) as Json) : undefined;
      return { name: file.replace(".sse", ""), bytes: readFileSync(new URL(file, folder)), whole };
    });
}

export const bytesOf = (text: Uint8Array | string): NonNullable<Response["body"]> =>
  new Response(text as string).body as NonNullable<Response["body"]>;

/** The events of a stream up to where it fails. */
export async function eventsOf(bytes: Uint8Array, framing: Framing): Promise<{ events: Json[]; failed: boolean }> {
  const events: Json[] = [];
  try {
    for await (const event of readEvents<Json>(bytesOf(bytes), framing)) events.push(event);
    return { events, failed: false };
  } catch {
    return { events, failed: true };
  }
}

/** Without what is undefined, and with nulls of absent things left out, since vendors differ in those. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined && each !== null)
      .map(([name, each]) => [name, plain(each)]),
  );
}

/**
 * Records that are as the one before but for their text: most of a stream. To know them by their bytes is several times
 * cheaper than to read them.
 */
import type { InferenceEvent } from "@interchange/inference";
import type { Plain, Told } from "./dialect.ts";

type Grown = Extract<InferenceEvent, { text: string }>;

const QUOTE = 34;
const BACKSLASH = 92;

/** Texts that are in JSON as they are: all but controls, quotes, backslashes, and what is not ASCII. */
const BARE = /^[ !#-[\]-~]+$/;

export interface Repetition {
  /** The record that begins at that place, when it is one more of them. */
  at(bytes: Buffer, from: number): (Told & { readonly plain: Plain }) | undefined;
}

/** Undefined where it cannot be told for certain which of the record's bytes are its text. */
export function repetitionOf({ event, plain }: Told): Repetition | undefined {
  if (plain === undefined || !("text" in event) || !BARE.test(event.text)) return undefined;
  const record = Buffer.from(plain.bytes);
  const text = `"${event.text}"`;
  const at = record.indexOf(text);
  if (at === -1 || record.includes(text, at + 1) || record.includes(BACKSLASH)) return undefined;
  return new Repeated(event, plain, record.subarray(0, at + 1), record.subarray(at + text.length - 1));
}

class Repeated implements Repetition {
  readonly #event: Grown;
  readonly #plain: Plain;
  /** What stands before the text and after it, the quotes with them. */
  readonly #before: Buffer;
  readonly #after: Buffer;

  constructor(event: Grown, plain: Plain, before: Buffer, after: Buffer) {
    this.#event = event;
    this.#plain = plain;
    this.#before = before;
    this.#after = after;
  }

  at(bytes: Buffer, from: number): (Told & { readonly plain: Plain }) | undefined {
    const begin = from + this.#before.length;
    if (!isAt(bytes, from, this.#before)) return undefined;
    const end = bytes.indexOf(QUOTE, begin);
    if (end === -1 || !isAt(bytes, end, this.#after)) return undefined;
    const text = bytes.toString("latin1", begin, end);
    if (!BARE.test(text)) return undefined;
    const { dialect, wire } = this.#plain;
    const record = bytes.subarray(from, end + this.#after.length);
    return { event: { ...this.#event, text }, plain: { dialect, wire, bytes: record } };
  }
}

function isAt(bytes: Buffer, from: number, wanted: Buffer): boolean {
  const to = from + wanted.length;
  return to <= bytes.length && bytes.compare(wanted, 0, wanted.length, from, to) === 0;
}

/** A stream as it arrives: when each piece came, what it said, and how it ended. */
import { createParser } from "eventsource-parser";
import type { Context } from "./context.ts";
import { codeOf } from "./network.ts";
import type { Heard, Question, Usage } from "./question.ts";

export type Ending =
  | { readonly kind: "whole" }
  /** `why` goes on from “the stream”. */
  | { readonly kind: "cut"; readonly why: string }
  /** The surface's own error event. */
  | { readonly kind: "error"; readonly message: string };

export interface Stream {
  /** When each piece of bytes came, by the clock. */
  readonly arrivalsMs: readonly number[];
  readonly events: number;
  readonly firstTokenAtMs: number | undefined;
  readonly usage: Partial<Usage>;
  readonly ending: Ending;
}

interface Tally {
  readonly arrivalsMs: number[];
  events: number;
  firstTokenAtMs: number | undefined;
  usage: Partial<Usage>;
  ending: Ending | undefined;
}

/** Reads to the last word, or for as long as something comes. Throws only where whoever asked has gone. */
export async function readStream(context: Context, response: Response, question: Question): Promise<Stream> {
  const tally: Tally = { arrivalsMs: [], events: 0, firstTokenAtMs: undefined, usage: {}, ending: undefined };
  const cut = response.body === null ? "has no body" : await readPieces(context, response.body, question, tally);
  const { ending, ...rest } = tally;
  return { ...rest, ending: ending ?? { kind: "cut", why: cut ?? "ended without its last event" } };
}

/** Returns why it broke, where it did. */
async function readPieces(
  context: Context,
  body: ReadableStream<Uint8Array>,
  question: Question,
  tally: Tally,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const parser = createParser({ onEvent: ({ data }) => note(context, tally, question.readEvent(data)) });
  const reader = body.getReader();
  try {
    for (;;) {
      const piece = await within(context.patienceMs, reader.read());
      if (piece === undefined) return `was silent for ${context.patienceMs / 1_000} s`;
      if (piece.done) return undefined;
      tally.arrivalsMs.push(context.clock());
      parser.feed(decoder.decode(piece.value, { stream: true }));
      if (tally.ending !== undefined) return undefined;
    }
  } catch (error) {
    if (context.signal?.aborted === true) throw error;
    return `broke off (${codeOf(error)})`;
  } finally {
    // What broke cannot be cancelled, and need not be.
    reader.cancel().catch(() => undefined);
  }
}

function note(context: Context, tally: Tally, heard: Heard): void {
  tally.events += 1;
  if (heard.token === true) tally.firstTokenAtMs ??= context.clock();
  tally.usage = { ...tally.usage, ...heard.usage };
  if (heard.error !== undefined) tally.ending ??= { kind: "error", message: heard.error };
  if (heard.end === true) tally.ending ??= { kind: "whole" };
}

/** Undefined when the time is over first. */
async function within<Value>(ms: number, waiting: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([waiting, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads the events of a stream (server-sent events, WHATWG HTML §9.2) as the contract types them. */
import { EventSourceParserStream } from "eventsource-parser/stream";

/**
 * How a document frames its events: with a word that ends the stream, or with a property that names each event, one of
 * which may be the last.
 */
export interface Framing {
  readonly done?: string;
  readonly event?: string;
  readonly last?: string;
}

/** The stream began well and then failed: by an event that says so, by ending early, or by an event that is not JSON. */
export class StreamError extends Error {
  override readonly name = "StreamError";
  /** The event that says so, as it came; absent when there was none. */
  readonly event: unknown;

  constructor(message: string, event?: unknown, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.event = event;
  }
}

/**
 * Yields each event, the last one too. Leaving the loop closes the connection. Throws a StreamError on an error event, on
 * an event that is not JSON, and where the framing has a last word or a last event, on an end without it.
 */
export async function* readEvents<Event>(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  { done, event: tag, last }: Framing,
): AsyncGenerator<Event> {
  const messages = bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages) {
    if (data === done) return;
    const event = readEvent(data);
    const failure = errorOf(event);
    if (failure) throw new StreamError(failure, event);
    yield event as Event;
    if (last !== undefined && wordAt(event, tag) === last) return;
  }
  const end = done ?? last;
  if (end !== undefined) throw new StreamError(`the stream ended without ${end}`);
}

function readEvent(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new StreamError("an event of the stream is not JSON", data, cause);
  }
}

/** What the property of an event says; undefined where there is none. */
function wordAt(event: unknown, property = ""): unknown {
  return typeof event === "object" && event !== null ? (event as Record<string, unknown>)[property] : undefined;
}

/** The message of an error event. On every surface that is the one event with an `error` object. */
function errorOf(event: unknown): string | undefined {
  if (typeof event !== "object" || event === null || !("error" in event)) return undefined;
  const { error } = event;
  if (typeof error !== "object" || error === null) return undefined;
  return "message" in error ? String(error.message) : "the stream failed";
}

/** The events of a stream (server-sent events, WHATWG HTML §9.2) as the contract types them, and the answer they come to. */
import { EventSourceParserStream } from "eventsource-parser/stream";
import { ClientError, ConnectionError, StreamError } from "./client-error.ts";
import type { Framing } from "./operation.ts";
import { requestIdOf } from "./status-error.ts";

/** Gathers events into the answer that the unstreamed call would give. */
export interface Fold<Event, Answer> {
  add(event: Event): void;
  /** Throws a StreamError where the events were too few to make one. */
  answer(): Answer;
}

export interface EventStream<Event, Answer> extends AsyncIterable<Event> {
  readonly response: Response;
  readonly requestId: string | undefined;
  /**
   * The whole answer, once the stream is over; before, beside or without reading its events. Rejects as reading does, and with a
   * ClientError when the loop was left early.
   */
  final(): Promise<Answer>;
  /** Closes the connection. Whoever reads gets the reason, an AbortError unless given. */
  abort(reason?: unknown): void;
}

/** Reads the events of a response. Leaving the loop closes the connection, unless somebody waits for `final()`. */
export function readEventStream<Event, Answer>(
  response: Response,
  framing: Framing,
  fold: Fold<Event, Answer>,
  controller: AbortController,
): EventStream<Event, Answer> {
  return new EventReader(response, readEvents<Event>(response.body as Bytes, framing), fold, controller);
}

/** One reader for the loop and for `final()`, so that both see every event. */
class EventReader<Event, Answer> implements EventStream<Event, Answer> {
  readonly response: Response;
  readonly requestId: string | undefined;
  readonly #events: AsyncGenerator<Event>;
  readonly #fold: Fold<Event, Answer>;
  readonly #controller: AbortController;
  readonly #unread: Event[] = [];
  #reading: Promise<boolean> | undefined;
  #state: "open" | "over" | "left" = "open";
  #final: Promise<Answer> | undefined;

  constructor(
    response: Response,
    events: AsyncGenerator<Event>,
    fold: Fold<Event, Answer>,
    controller: AbortController,
  ) {
    this.response = response;
    this.requestId = requestIdOf(response);
    this.#events = events;
    this.#fold = fold;
    this.#controller = controller;
  }

  [Symbol.asyncIterator](): AsyncIterator<Event> {
    return { next: () => this.#next(), return: () => this.#leave() };
  }

  final(): Promise<Answer> {
    this.#final ??= this.#readAll();
    return this.#final;
  }

  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  async #next(): Promise<IteratorResult<Event, undefined>> {
    while (this.#unread.length === 0) if (!(await this.#more())) return { done: true, value: undefined };
    return { done: false, value: this.#unread.shift() as Event };
  }

  async #leave(): Promise<IteratorResult<Event, undefined>> {
    if (this.#state === "open" && !this.#final) {
      this.#state = "left";
      await this.#events.return(undefined);
    }
    return { done: true, value: undefined };
  }

  async #readAll(): Promise<Answer> {
    while (await this.#more());
    if (this.#state === "left")
      throw new ClientError("the stream was left before its end, so there is no whole answer: read it to its end");
    return this.#fold.answer();
  }

  /** Reads one event more, for all who wait; false at the end. A failure is told to everybody who asks from then on. */
  #more(): Promise<boolean> {
    if (this.#state !== "open") return Promise.resolve(false);
    this.#reading ??= this.#read();
    return this.#reading;
  }

  async #read(): Promise<boolean> {
    const { done, value } = await this.#events.next();
    // A rejected promise stays, and is the answer to every later question.
    this.#reading = undefined;
    if (done) {
      this.#state = "over";
      return false;
    }
    this.#fold.add(value);
    this.#unread.push(value);
    return true;
  }
}

type Bytes = NonNullable<Response["body"]>;

/**
 * Yields each event, the last one too. Leaving the loop closes the connection. Throws a StreamError on an error event, on
 * an event that is not JSON, on a connection that breaks, and where the framing has a last word or a last event, on an end
 * without it.
 */
export async function* readEvents<Event>(bytes: Bytes, { done, event: tag, last }: Framing): AsyncGenerator<Event> {
  const messages = bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of broken(messages)) {
    if (data === done) return;
    const event = readEvent(data);
    const failure = errorOf(event);
    if (failure) throw new StreamError(failure, event);
    yield event as Event;
    if (last !== undefined && wordAt(event, tag) === last) return;
  }
  const end = done ?? last;
  if (end !== undefined)
    throw new StreamError(`the stream ended without ${end}: what came is not the whole answer, ask again for that`);
}

/** Not every browser iterates a stream, so it is read by hand. */
async function* broken<Message>(messages: ReadableStream<Message>): AsyncGenerator<Message> {
  const reader = messages.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } catch (cause) {
    if (!(cause instanceof ConnectionError)) throw cause;
    throw new StreamError(
      "the connection broke before the end of the stream: ask again for the whole",
      undefined,
      cause,
    );
  } finally {
    // Of a stream that is over or has failed nothing is left to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

function readEvent(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new StreamError("an event of the stream is not JSON: tell whoever runs the gateway", data, cause);
  }
}

/** What the property of an event says; undefined where there is none. */
function wordAt(event: unknown, property = ""): unknown {
  return typeof event === "object" && event !== null ? (event as Record<string, unknown>)[property] : undefined;
}

/** The message of an error event. On every surface that is the one event with an `error` object. */
function errorOf(event: unknown): string | undefined {
  const error = wordAt(event, "error");
  if (typeof error !== "object" || error === null) return undefined;
  return "message" in error ? String(error.message) : "the stream failed: ask again";
}

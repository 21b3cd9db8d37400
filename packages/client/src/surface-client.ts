/** The client of a document with streams: its typed methods, and `stream` for the operations that answer with events. */
import type { FetchOptions } from "openapi-fetch";
import type { ClientOptions } from "./client-options.ts";
import { type Ask, type DocumentClient, documentClientOver, type Init } from "./document-client.ts";
import { type EventStream, type Fold, readEventStream } from "./event-stream.ts";
import { follow, isBlind } from "./redirect.ts";
import type { DocumentFacts } from "./settings.ts";
import { statusErrorOf } from "./status-error.ts";

/** What only the surface itself knows. */
export interface Surface {
  /** Sent with every request, unless the caller says otherwise. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as it asks for events. */
  ask(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** Events → the whole answer. */
  fold(): Fold<unknown, unknown>;
}

/** An operation that can answer with events. */
interface Streams<Event, Answer> {
  responses: { 200: { content: { "text/event-stream": Event; "application/json": Answer } } };
}

type StreamOperation<Item> = Item extends { post: infer Operation extends Streams<unknown, unknown> }
  ? Operation
  : Item extends { get: infer Operation extends Streams<unknown, unknown> }
    ? Operation
    : never;

/** The paths that have such an operation. */
type StreamPath<Paths> = {
  [Path in keyof Paths]: [StreamOperation<Paths[Path]>] extends [never] ? never : Path;
}[keyof Paths];

/** An event that says that the stream has failed is thrown, so it is none that is read. */
type EventOf<Operation> =
  Operation extends Streams<infer Event, unknown> ? Exclude<Event, { error: { message: string } }> : never;

type AnswerOf<Operation> = Operation extends Streams<unknown, infer Answer> ? Answer : never;

export interface SurfaceClient<Paths extends object> extends DocumentClient<Paths> {
  /**
   * Asks for events, and returns when the headers are there. Throws the class of the status that says no. Reading throws a
   * StreamError when the stream fails on its way, a TimeoutError when it is silent for too long, and the reason of `signal`
   * when that aborts; leaving the loop closes the connection.
   */
  stream<Path extends StreamPath<Paths>>(
    path: Path,
    init: FetchOptions<StreamOperation<Paths[Path]>>,
  ): Promise<EventStream<EventOf<StreamOperation<Paths[Path]>>, AnswerOf<StreamOperation<Paths[Path]>>>>;
}

export function createSurfaceClient<Paths extends object>(
  options: ClientOptions,
  facts: DocumentFacts,
  surface: Surface,
): SurfaceClient<Paths> {
  const { client, ask } = documentClientOver<Paths>(
    { ...options, headers: { ...surface.headers, ...options.headers } },
    { ...facts, redirects: { follow, isBlind } },
  );
  return Object.assign(client, { stream: streamOver(ask, facts, surface) }) as SurfaceClient<Paths>;
}

const streamOver =
  (ask: Ask, { special }: DocumentFacts, surface: Surface) =>
  async (path: string, init: Init = {}): Promise<EventStream<unknown, unknown>> => {
    const { method = "", stream } = special.find((each) => each.stream && each.path === path) ?? {};
    if (!stream) throw new TypeError(`${path} does not answer with events`);
    const controller = new AbortController();
    const signal = init.signal ? AbortSignal.any([init.signal, controller.signal]) : controller.signal;
    const body = init.body ? { body: surface.ask(init.body as Record<string, unknown>) } : {};
    const { error, response } = await ask(method, path, { ...init, ...body, signal, parseAs: "stream" }, true);
    if (!response.ok) throw statusErrorOf(response, error);
    return readEventStream(response, stream, surface.fold(), controller);
  };

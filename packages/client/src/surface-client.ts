/** The client of a document with streams: its typed methods, and `stream` for the operations that answer with events. */
import type { FetchOptions, FetchResponse } from "openapi-fetch";
import {
  type ClientOptions,
  type Credential,
  createDocumentClient,
  type DocumentClient,
  type Json,
} from "./document-client.ts";
import { type Framing, readEvents } from "./event-stream.ts";

/** What a document says beside its types. */
export interface SurfaceFacts {
  readonly credential: Credential;
  readonly streams: Readonly<Record<string, { readonly method: "get" | "post"; readonly framing: Framing }>>;
}

/** An operation that can answer with events. */
interface Streams<Event> {
  responses: { 200: { content: { "text/event-stream": Event } } };
}

type StreamOperation<Item> = Item extends { post: infer Operation extends Streams<unknown> }
  ? Operation
  : Item extends { get: infer Operation extends Streams<unknown> }
    ? Operation
    : never;

/** The paths that have such an operation. */
type StreamPath<Paths> = {
  [Path in keyof Paths]: [StreamOperation<Paths[Path]>] extends [never] ? never : Path;
}[keyof Paths];

type EventOf<Operation> = Operation extends Streams<infer Event> ? Event : never;

type ErrorOf<Operation> =
  Operation extends Streams<unknown> ? NonNullable<FetchResponse<Operation & Anything, object, Json>["error"]> : never;

/** openapi-fetch takes an operation for a record. */
type Anything = Record<string, unknown>;

/** Either the events, to be read once, or why there are none, as every other method returns it. */
export type StreamResult<Event, Failure> =
  | { readonly data: AsyncIterable<Event>; readonly error?: never; readonly response: Response }
  | { readonly data?: never; readonly error: Failure; readonly response: Response };

export interface SurfaceClient<Paths extends object> extends DocumentClient<Paths> {
  /**
   * Asks for events, and returns when the headers are there. Iterating throws a StreamError when the stream fails on its
   * way, and the reason of `signal` when that aborts; leaving the loop closes the connection.
   */
  stream<Path extends StreamPath<Paths>>(
    path: Path,
    init: FetchOptions<StreamOperation<Paths[Path]>>,
  ): Promise<StreamResult<EventOf<StreamOperation<Paths[Path]>>, ErrorOf<StreamOperation<Paths[Path]>>>>;
}

export function createSurfaceClient<Paths extends object>(
  options: ClientOptions,
  facts: SurfaceFacts,
): SurfaceClient<Paths> {
  const client = createDocumentClient<Paths>(options, facts.credential);
  return Object.assign(client, { stream: streamOver(client as unknown as AnyClient, facts) }) as SurfaceClient<Paths>;
}

/** The client as `stream` uses it, whose own signature says what it takes and gives for each path. */
interface AnyClient {
  request(method: string, path: string, init: object): Promise<{ data?: unknown; error?: unknown; response: Response }>;
}

const streamOver =
  (client: AnyClient, { streams }: SurfaceFacts) =>
  async (path: string, init: { body?: object }): Promise<StreamResult<unknown, unknown>> => {
    const { method, framing } = streams[path] as SurfaceFacts["streams"][string];
    const asked = init.body ? { ...init, body: { ...init.body, stream: true } } : init;
    const { error, response } = await client.request(method, path, { ...asked, parseAs: "stream" });
    if (!response.ok || !response.body) return { error, response };
    return { data: readEvents(response.body, framing), response };
  };

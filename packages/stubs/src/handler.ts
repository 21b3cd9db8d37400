/** The shapes that every generated handler is made of: what it is given, and the kinds of response it may return. */

/** A checked request. `raw` holds the bytes of the body as they were received; `signal` aborts when the caller leaves. */
export interface HandlerRequest<Path, Query, Headers, Body> {
  readonly path: Path;
  readonly query: Query & { readonly [name: string]: unknown };
  /** Names in lower case; beside the documented ones whatever else was sent. */
  readonly headers: Headers & { readonly [name: string]: unknown };
  readonly body: Body;
  readonly raw: Uint8Array;
  readonly signal: AbortSignal;
}

/** The document names no header for this response. */
export type NoHeaders = Record<string, never>;

/** Headers to answer with: may be left out when the document requires none of them. */
export type ResponseHeaders<Headers> = Headers extends NoHeaders
  ? { readonly headers?: Headers }
  : Partial<Headers> extends Headers
    ? { readonly headers?: Headers }
    : { readonly headers: Headers };

/** A status with a JSON body. */
export type JsonResponse<Status extends number, Body, Headers> = {
  readonly status: Status;
  readonly body: Body;
  readonly events?: never;
  readonly teller?: never;
} & ResponseHeaders<Headers>;

/**
 * A status whose body is an event stream: events to be iterated, which are left early when the caller leaves, or a teller,
 * which costs less for each of them.
 */
export type StreamResponse<Status extends number, Event, Headers> = (
  | { readonly status: Status; readonly events: AsyncIterable<Event>; readonly teller?: never; readonly body?: never }
  | { readonly status: Status; readonly teller: Teller<Event>; readonly events?: never; readonly body?: never }
) &
  ResponseHeaders<Headers>;

/** A status without a body. */
export type EmptyResponse<Status extends number, Headers> = {
  readonly status: Status;
  readonly body?: never;
  readonly events?: never;
  readonly teller?: never;
} & ResponseHeaders<Headers>;

/** Tells its events by itself, in its own time. */
export interface Teller<Event> {
  /** Begins; called once at most. */
  start(sink: Sink<Event>): void;
  /** The caller has read what was sent: there is room for more. */
  drained(): void;
  /** There is nobody to tell. Resolves when the work behind it has ended; may be called at any time, and again. */
  leave(): Promise<void>;
}

/** Where a teller tells. What is put is sent with the next flush, all of it in one write. */
export interface Sink<Event> {
  /** Frames the event as the contract says. One that carries an `error` is the last. */
  put(event: Event): void;
  /** Takes records that are in contract and framed already. */
  pass(records: Uint8Array): void;
  /** False when the caller reads slowly: the teller should wait until it is told that there is room. */
  flush(): boolean;
  /** Sends what was put, and the word with which the contract ends a stream. */
  end(): void;
  /** Breaks off for an error that nobody expected. */
  fail(error: unknown): void;
}

/** Carries out one operation. `Context` is whatever the application gives to all of its handlers. */
export type Handler<Request, Response, Context> = (request: Request, context: Context) => Response | Promise<Response>;

/** How the events of a stream are framed: the word that ends it, or the property of an event that names it. */
export interface Framing {
  readonly done?: string;
  readonly event?: string;
  /** The name of the event that ends the stream. For whoever reads it: a handler yields that event like any other. */
  readonly last?: string;
}

/** Where a handler is mounted, and what the document says about its operation. */
export interface Route {
  readonly operationId: string;
  readonly method: "get" | "put" | "post" | "delete" | "patch";
  /** As in the document, parameters in braces. */
  readonly path: string;
  /** As Express spells it, parameters after a colon; any other colon is escaped. */
  readonly expressPath: string;
  readonly statuses: readonly number[];
  readonly requestBody: boolean;
  /** Whether a request without a body is one as well. */
  readonly requestOptional: boolean;
  readonly stream: Framing | null;
  /** Whether a credential is needed. */
  readonly security: boolean;
}

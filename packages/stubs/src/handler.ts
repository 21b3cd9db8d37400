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
export type ResponseHeaders<Headers> =
  Partial<Headers> extends Headers ? { readonly headers?: Headers } : { readonly headers: Headers };

/** A status with a JSON body. */
export type JsonResponse<Status extends number, Body, Headers> = {
  readonly status: Status;
  readonly body: Body;
  readonly events?: never;
} & ResponseHeaders<Headers>;

/** A status whose body is an event stream. Leaving the iteration early ends the work behind it. */
export type StreamResponse<Status extends number, Event, Headers> = {
  readonly status: Status;
  readonly events: AsyncIterable<Event>;
  readonly body?: never;
} & ResponseHeaders<Headers>;

/** A status without a body. */
export type EmptyResponse<Status extends number, Headers> = {
  readonly status: Status;
  readonly body?: never;
  readonly events?: never;
} & ResponseHeaders<Headers>;

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
  /** As Express spells it, parameters after a colon. */
  readonly expressPath: string;
  readonly statuses: readonly number[];
  readonly requestBody: boolean;
  readonly stream: Framing | null;
  /** Whether a credential is needed. */
  readonly security: boolean;
}

/** What goes wrong on the way, one class for each kind. Each message says what to do next, and none repeats a key or a prompt. */

/** The base of everything that this package throws, but for what a caller's own signal, key function or `fetch` throws. */
export class ClientError extends Error {
  override readonly name: string = "ClientError";

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
  }
}

/** Nothing answered, or the connection broke before the answer was whole. `cause` is what the runtime says. */
export class ConnectionError extends ClientError {
  override readonly name: string = "ConnectionError";
}

/** The three clocks: until the first leg answers, of silence after that, and of the whole call. */
export type Clock = "connect" | "idle" | "total";

/** One of the clocks has run out. */
export class TimeoutError extends ClientError {
  override readonly name: string = "TimeoutError";
  readonly which: Clock;
  /** How long was waited, in milliseconds. */
  readonly ms: number;

  constructor(which: Clock, ms: number) {
    super(`${waited[which](ms)}: ask again, or raise timeouts.${which}Ms`);
    this.which = which;
    this.ms = ms;
  }
}

const waited: Readonly<Record<Clock, (ms: number) => string>> = {
  connect: (ms) => `no answer began within ${ms} ms`,
  idle: (ms) => `nothing came for ${ms} ms`,
  total: (ms) => `the call was not over after ${ms} ms`,
};

/** An answer leads elsewhere in a way that is not followed. */
export class RedirectError extends ClientError {
  override readonly name: string = "RedirectError";
}

/** What came is not what the document says: a web page, a proxy's words, nothing at all, or JSON that is none. */
export class UnexpectedAnswerError extends ClientError {
  override readonly name: string = "UnexpectedAnswerError";
  /** The status it came with. */
  readonly status: number;
  /** The beginning of what came, 2,000 characters at most. */
  readonly body: string;
  readonly response: Response;

  constructor(message: string, response: Response, body = "", cause?: unknown) {
    super(message, cause);
    this.status = response.status;
    this.body = body.slice(0, 2_000);
    this.response = response;
  }
}

/** A stream began well and then failed: by an event that says so, by ending early, or by an event that is not JSON. */
export class StreamError extends ClientError {
  override readonly name: string = "StreamError";
  /** The event that says so, as it came; absent when there was none. */
  readonly event: unknown;

  constructor(message: string, event?: unknown, cause?: unknown) {
    super(message, cause);
    this.event = event;
  }
}

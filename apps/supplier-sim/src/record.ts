/** What the simulator remembers of each request, for tests to look at. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

export type RecordedRequest = {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Empty until the whole body has arrived. */
  body: Buffer;
  /** When the head arrived, in ms since 1970. */
  readonly atMs: number;
  /** The status answered; absent while nothing was. */
  status?: number;
  /** The caller left before the answer was complete. */
  aborted: boolean;
  /** Frames handed to the socket so far: events of a stream, or one whole document. */
  eventsWritten: number;
};

export function recordOf(request: IncomingMessage): RecordedRequest {
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers: request.headers,
    body: Buffer.alloc(0),
    atMs: Date.now(),
    aborted: false,
    eventsWritten: 0,
  };
}

/** Adds a record and forgets the oldest above the limit. */
export function remember(records: RecordedRequest[], record: RecordedRequest, max: number): void {
  records.push(record);
  if (records.length > max) records.shift();
}

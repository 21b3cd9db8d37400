/** Writes what a handler returned. */
import type { Response } from "express";
import { EVENT_STREAM_HEADERS, writeEventStream } from "./event-stream.ts";
import type { Route, Teller } from "./handler.ts";
import { writeTold } from "./sink.ts";

/** Any of the responses that the generated handlers may return. */
export interface AnyResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly events?: AsyncIterable<unknown>;
  readonly teller?: Teller<never>;
}

type Headers = Record<string, string | number>;

/** `common` are headers that every answer has. All are written in one go, which is cheaper than one by one. */
export async function writeResponse(
  res: Response,
  route: Route | undefined,
  response: AnyResponse,
  common: Readonly<Record<string, string>> = {},
): Promise<void> {
  const headers: Headers = { ...common };
  // Headers written in one go cannot be read again; whoever logs the answer wants to name it.
  res.locals["requestId"] = common["request-id"];
  for (const [name, value] of Object.entries(response.headers ?? {})) {
    if (value !== undefined) headers[name] = String(value);
  }
  const { events, teller } = response;
  if (events === undefined && teller === undefined) return writeWhole(res, response, headers);
  res.writeHead(response.status, { ...headers, ...EVENT_STREAM_HEADERS });
  const framing = route?.stream ?? {};
  if (teller !== undefined) await writeTold(res, framing, teller);
  else if (events !== undefined) await writeEventStream(res, framing, events);
}

function writeWhole(res: Response, { status, body }: AnyResponse, headers: Headers): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  if (text !== "") headers["content-type"] = "application/json; charset=utf-8";
  // A 204 has no body, so nothing that says how long it is (RFC 9110 §8.6).
  if (status !== 204) headers["content-length"] = Buffer.byteLength(text);
  res.writeHead(status, headers);
  res.end(res.req.method === "HEAD" ? "" : text);
}

/** Writes what a handler returned. */
import type { Response } from "express";
import { EVENT_STREAM_HEADERS, writeEventStream } from "./event-stream.ts";
import type { Route } from "./handler.ts";

/** Any of the responses that the generated handlers may return. */
export interface AnyResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly events?: AsyncIterable<unknown>;
}

/** Header values as node writes them; absent ones are left out. */
function wireHeaders(headers: AnyResponse["headers"]): Record<string, string> {
  const present = Object.entries(headers ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, String(value)]));
}

export async function writeResponse(res: Response, route: Route | undefined, response: AnyResponse): Promise<void> {
  if (response.events !== undefined) {
    res.writeHead(response.status, { ...wireHeaders(response.headers), ...EVENT_STREAM_HEADERS });
    return writeEventStream(res, route?.stream ?? {}, response.events);
  }
  const text = response.body === undefined ? "" : JSON.stringify(response.body);
  res.writeHead(response.status, {
    ...wireHeaders(response.headers),
    ...(text === "" ? {} : { "content-type": "application/json; charset=utf-8" }),
    "content-length": Buffer.byteLength(text),
  });
  res.end(res.req.method === "HEAD" ? "" : text);
}

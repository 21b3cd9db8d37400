/** Events out as `text/event-stream` (WHATWG HTML, server-sent events), framed as the contract says. */
import type { ServerResponse } from "node:http";
import type { Framing } from "./handler.ts";

export const EVENT_STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  // Proxies in front of us that buffer by default do not buffer this.
  "x-accel-buffering": "no",
} as const;

/** One event on the wire. JSON has no line break of its own, so one `data` line is enough. */
export function frame(framing: Framing, event: unknown): string {
  const data = `data: ${JSON.stringify(event)}\n\n`;
  if (framing.event === undefined) return data;
  return `event: ${String((event as Record<string, unknown>)[framing.event])}\n${data}`;
}

/**
 * Writes each event as soon as it is there, waits while the caller reads slowly, and stops asking for more when the
 * caller has left. An event that carries an `error` is the last: nothing is announced as done after it.
 */
export async function writeEventStream(
  res: ServerResponse,
  framing: Framing,
  events: AsyncIterable<unknown>,
): Promise<void> {
  for await (const event of events) {
    if (res.destroyed) return;
    const written = res.write(frame(framing, event));
    if (isError(event)) return void res.end();
    if (!written) await drained(res);
  }
  if (framing.done !== undefined) res.write(`data: ${framing.done}\n\n`);
  res.end();
}

/** Whether it is the last of its stream, after which nothing is announced as done. */
export function isError(event: unknown): boolean {
  return typeof event === "object" && event !== null && "error" in event && event.error !== null;
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      res.off("drain", go).off("close", go);
      resolve();
    };
    res.once("drain", go).once("close", go);
    if (res.destroyed) go();
  });
}

/** The body of an answer, watched: silence and a broken connection end it with an error of ours. */
import { brokenOff } from "./connection.ts";
import type { Deadlines } from "./deadlines.ts";

/** The same response, whose body stops the clocks when it is over, however it ends. Silence counts only while it is read. */
export function watched(response: Response, deadlines: Deadlines, idleMs: number): Response {
  if (!response.body) {
    deadlines.end();
    return response;
  }
  const body = watchedBody(response.body, deadlines, idleMs, () => brokenOffAt(response));
  const { status, statusText, headers } = response;
  const copy = new Response(body, { status, statusText, headers });
  return Object.defineProperty(copy, "url", { value: response.url });
}

const brokenOffAt =
  (response: Response) =>
  (cause: unknown): unknown =>
    brokenOff(URL.canParse(response.url) ? new URL(response.url).origin : "the server", cause);

function watchedBody(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  deadlines: Deadlines,
  idleMs: number,
  broken: () => (cause: unknown) => unknown,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = bytes.getReader();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        deadlines.wait("idle", idleMs);
        try {
          const { done, value } = await reader.read();
          deadlines.rest();
          if (!done) return controller.enqueue(value);
          deadlines.end();
          controller.close();
        } catch (cause) {
          deadlines.end();
          controller.error(deadlines.signal.aborted ? deadlines.signal.reason : broken()(cause));
        }
      },
      cancel(reason) {
        deadlines.end();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

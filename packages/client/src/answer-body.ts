/** The body of an answer, watched: silence and a broken connection end it with an error of ours. */
import { brokenOff, originOf } from "./connection.ts";
import type { Deadlines } from "./deadlines.ts";

/** The same response, whose body stops the clocks when it is over, however it ends. Silence counts only while it is read. */
export function watched(response: Response, deadlines: Deadlines, idleMs: number): Response {
  if (!response.body) {
    deadlines.end();
    return response;
  }
  const body = watchedBody(response.body, response.url, deadlines, idleMs);
  const { status, statusText, headers, url } = response;
  return Object.defineProperty(new Response(body, { status, statusText, headers }), "url", { value: url });
}

type Bytes = NonNullable<Response["body"]>;

function watchedBody(bytes: Bytes, url: string, deadlines: Deadlines, idleMs: number): Bytes {
  const reader = bytes.getReader();
  return new ReadableStream(
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
          controller.error(deadlines.signal.aborted ? deadlines.signal.reason : brokenOff(originOf(url), cause));
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

/** A fetch that tells of every request on stderr: method, URL, status, time and id; never a key, a ticket or a body. */
import { duration } from "./figures.ts";
import { paintFor } from "./paint.ts";
import { say, type Terminal } from "./terminal.ts";

type Fetch = (request: Request) => Promise<Response>;

export function watched(terminal: Terminal, send: Fetch = fetch): Fetch {
  const paint = paintFor(terminal.stderr, terminal.env);
  return async (request) => {
    const startedAtMs = performance.now();
    const tell = (outcome: string): void =>
      say(terminal, paint("dim", `${request.method} ${withoutTicket(request.url)} ${outcome}`));
    try {
      const response = await send(request);
      const id = response.headers.get("x-request-id");
      tell([response.status, duration(performance.now() - startedAtMs), ...(id === null ? [] : [id])].join(" "));
      return response;
    } catch (error) {
      tell(`no answer ${duration(performance.now() - startedAtMs)}`);
      throw error;
    }
  };
}

/** Whoever has the ticket of the second leg may run the request. */
function withoutTicket(url: string): string {
  return url.replace(/\/r\/[^/?#]+/, "/r/…");
}

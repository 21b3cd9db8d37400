/** Follows the one redirect that an inference request is answered with (307, RFC 9110 §15.4.8). */

/** A fetch as openapi-fetch calls it. */
export type Fetch = (request: Request) => Promise<Response>;

/** Headers that speak for the caller, whichever way a credential is sent. The ticket of the second leg is in its URL. */
const credentials = ["authorization", "x-api-key", "cookie", "proxy-authorization"];

/**
 * Sends method and body again to where a 307 leads, at most once. The same origin is given the same headers, another one
 * never a credential: fetch by itself would pass `x-api-key` on. Throws a TypeError, as fetch does, when the redirect
 * leads nowhere, from https to http, or to another redirect.
 */
export const followOnce =
  (fetch: Fetch): Fetch =>
  async (request) => {
    const body = request.body ? await request.arrayBuffer() : null;
    const send = (url: string, headers: Headers) =>
      fetch(new Request(url, { method: request.method, headers, body, signal: request.signal, redirect: "manual" }));
    const first = await send(request.url, request.headers);
    if (first.status !== 307) return first;
    await first.body?.cancel();
    const target = targetOf(first, request.url);
    const second = await send(target.href, headersFor(target, request));
    if (second.headers.has("location") && second.status >= 300 && second.status < 400) {
      await second.body?.cancel();
      throw new TypeError(`${target.origin} redirects once more; only one redirect is followed`);
    }
    return second;
  };

function targetOf(response: Response, from: string): URL {
  const location = response.headers.get("location");
  if (!location) throw new TypeError(`${new URL(from).origin} redirects without saying where to`);
  const target = new URL(location, from);
  if (target.protocol !== new URL(from).protocol && target.protocol !== "https:")
    throw new TypeError(`${new URL(from).origin} redirects to ${target.protocol}, which is not followed`);
  return target;
}

function headersFor(target: URL, request: Request): Headers {
  const headers = new Headers(request.headers);
  if (target.origin !== new URL(request.url).origin) for (const name of credentials) headers.delete(name);
  return headers;
}

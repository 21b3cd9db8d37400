/** Follows the one redirect that an inference request is answered with (307, RFC 9110 §15.4.8). */
import { RedirectError } from "./client-error.ts";
import { type Follow, isRedirect, type Parcel, type Send, strayed } from "./parcel.ts";

/** Headers that speak for the caller, whichever way a credential is sent. The ticket of the second leg is in its URL. */
const credentials = ["authorization", "x-api-key", "cookie", "proxy-authorization"];

/**
 * Sends method and body again to where a 307 leads, at most once. The same origin is given the same headers, another one
 * never a credential: fetch by itself would pass `x-api-key` on. Throws a RedirectError when the redirect leads nowhere,
 * from https to http, or to another redirect, and on every other kind of redirect, which would lose the body.
 */
export const follow: Follow = async (parcel, send, turn) => {
  if (isBlind()) return followBlindly(parcel, send);
  const first = await send(parcel, "manual");
  if (first.type === "opaqueredirect") return followBlindly(parcel, send);
  if (!isRedirect(first)) return first;
  await first.body?.cancel();
  const target = targetOf(first, parcel.url);
  turn();
  const second = await send({ ...parcel, url: target.href, headers: headersFor(target, parcel) }, "manual");
  if (!isRedirect(second)) return second;
  await second.body?.cancel();
  throw new RedirectError(`${target.origin} redirects once more, and only one is followed: ask below /inline`);
};

/**
 * Has the runtime follow, where it shows no redirect. It drops `authorization` on the way to another origin (Fetch §4.4),
 * and nothing else: so no other credential may be there.
 */
async function followBlindly(parcel: Parcel, send: Send): Promise<Response> {
  if (parcel.headers.has("x-api-key"))
    throw new RedirectError(
      "a browser would pass the header x-api-key on to wherever a redirect leads: give the key as `key` instead",
    );
  return send(parcel, "follow");
}

/**
 * Whether redirects are followed out of sight here, as in a page or a worker of a browser. Deno and Bun have some of a
 * browser's names, and show redirects all the same.
 */
export function isBlind(): boolean {
  const here = globalThis as { document?: unknown; importScripts?: unknown; Deno?: unknown; Bun?: unknown };
  if (here.Deno !== undefined || here.Bun !== undefined) return false;
  return here.document !== undefined || typeof here.importScripts === "function";
}

function targetOf(response: Response, from: string): URL {
  const { origin, protocol } = new URL(from);
  const location = response.headers.get("location") ?? "";
  if (!URL.canParse(location, from) || location === "")
    throw new RedirectError(`${origin} redirects without saying where to: ask below /inline`);
  if (response.status !== 307) throw strayed(response, from);
  const target = new URL(location, from);
  if (target.protocol !== protocol && target.protocol !== "https:")
    throw new RedirectError(
      `${origin} redirects to ${target.protocol}, which is not followed: the gateway's publicUrl is to be https`,
    );
  return target;
}

function headersFor(target: URL, parcel: Parcel): Headers {
  const headers = new Headers(parcel.headers);
  if (target.origin !== new URL(parcel.url).origin) for (const name of credentials) headers.delete(name);
  return headers;
}

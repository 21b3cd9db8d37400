/** A request that can be sent more than once, and what is done with the redirects that answer it. */
import { RedirectError } from "./client-error.ts";

export interface Parcel {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: ArrayBuffer | null;
}

/** Sends once, and shows redirects or has the runtime follow them. */
export type Send = (parcel: Parcel, redirect: "manual" | "follow") => Promise<Response>;

/** Sends as often as redirects ask for; `turn` is told when the second leg begins. */
export type Follow = (parcel: Parcel, send: Send, turn: () => void) => Promise<Response>;

/** Of a document in which nothing is redirected: whatever redirects is not the gateway. */
export const stay: Follow = async (parcel, send) => {
  const response = await send(parcel, "manual");
  if (response.type !== "opaqueredirect" && !isRedirect(response)) return response;
  await response.body?.cancel();
  throw strayed(response, parcel.url);
};

export const isRedirect = ({ status, headers }: Response): boolean =>
  status === 307 || (status >= 300 && status < 400 && headers.has("location"));

/** A browser does not tell where to. */
export function strayed({ status, headers }: Response, from: string): RedirectError {
  const location = headers.get("location") ?? "";
  const target = location !== "" && URL.canParse(location, from) ? new URL(location, from).origin : "elsewhere";
  return new RedirectError(
    `${new URL(from).origin} redirects to ${target} with ${status}, as no gateway does: is that the baseUrl?`,
  );
}

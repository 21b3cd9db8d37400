/** Request targets: everything behind the door knows only the origin-form, a path with its query (RFC 9112 §3.2.1). */
import type { IncomingMessage } from "node:http";

/** `http://host` before the path, as clients write it that take us for a proxy. */
const ABSOLUTE = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;

/** Brings an absolute-form target to origin-form. Its host counts instead of the header's (RFC 9112 §3.2.2). */
export function toOriginForm(req: IncomingMessage): void {
  const { url = "/" } = req;
  if (url.startsWith("/")) return;
  const [origin, authority = ""] = ABSOLUTE.exec(url) ?? [];
  if (origin === undefined) return;
  const rest = url.slice(origin.length);
  req.url = rest.startsWith("/") ? rest : `/${rest}`;
  req.headers.host = authority.slice(authority.lastIndexOf("@") + 1);
}

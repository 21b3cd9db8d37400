/** A script: everything that one response will do on the wire, decided before the first byte leaves. */

export type Script = {
  /** Absent: the response never gets as far as its status line. */
  readonly head?: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
  /** The body in the pieces in which it is written: one event each, or one whole document. */
  readonly frames: readonly string[];
  /** How it ends: properly, with the socket reset, or never. */
  readonly ending: "end" | "reset" | "hang";
  /** Written byte by byte, each in a packet of its own. */
  readonly drip?: boolean;
};

export const eventStreamType = "text/event-stream; charset=utf-8";

export function jsonScript(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Script {
  return wholeScript(status, "application/json", JSON.stringify(body), headers);
}

export function wholeScript(
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Script {
  return { head: { status, headers: { "content-type": contentType, ...headers } }, frames: [body], ending: "end" };
}

export function eventScript(frames: readonly string[]): Script {
  const headers = { "content-type": eventStreamType, "cache-control": "no-cache" };
  return { head: { status: 200, headers }, frames, ending: "end" };
}

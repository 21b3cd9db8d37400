/** What lies below HTTP: names, ports and certificates. */
import { lookup } from "node:dns/promises";
import { connect as dial, isIP } from "node:net";
import { connect as dialSecurely, type TLSSocket } from "node:tls";

export type Resolution =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "unknown"; readonly code: string };

export type Door = { readonly kind: "open" } | { readonly kind: "closed"; readonly code: string };

export type Certificate =
  | { readonly kind: "valid"; readonly expiresAtMs: number }
  /** `code` is OpenSSL's word, or Node's, for what is wrong. */
  | { readonly kind: "invalid"; readonly code: string; readonly expiresAtMs: number }
  /** No TLS is spoken there. */
  | { readonly kind: "none"; readonly code: string };

export interface Place {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

export interface Network {
  resolve(host: string): Promise<Resolution>;
  connect(place: Place, patienceMs: number): Promise<Door>;
  certificate(place: Place, patienceMs: number): Promise<Certificate>;
}

export const NETWORK: Network = { resolve, connect, certificate };

export function placeOf(url: URL): Place {
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port, secure };
}

async function resolve(host: string): Promise<Resolution> {
  try {
    const found = await lookup(host, { all: true });
    return { kind: "addresses", addresses: [...new Set(found.map(({ address }) => address))] };
  } catch (error) {
    return { kind: "unknown", code: codeOf(error) };
  }
}

function connect({ host, port }: Place, patienceMs: number): Promise<Door> {
  return new Promise((done) => {
    const socket = dial({ host, port });
    const end = (door: Door) => {
      socket.destroy();
      done(door);
    };
    socket.setTimeout(patienceMs, () => end({ kind: "closed", code: "ETIMEDOUT" }));
    socket.once("connect", () => end({ kind: "open" }));
    socket.once("error", (error) => end({ kind: "closed", code: codeOf(error) }));
  });
}

function certificate({ host, port }: Place, patienceMs: number): Promise<Certificate> {
  return new Promise((done) => {
    // It is looked at, not believed: nothing is sent over this connection.
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = dialSecurely({ host, port, ...name, rejectUnauthorized: false });
    const end = (seen: Certificate) => {
      socket.destroy();
      done(seen);
    };
    socket.setTimeout(patienceMs, () => end({ kind: "none", code: "ETIMEDOUT" }));
    socket.once("secureConnect", () => end(judgementOf(socket)));
    socket.once("error", (error) => end({ kind: "none", code: codeOf(error) }));
  });
}

function judgementOf(socket: TLSSocket): Certificate {
  const expiresAtMs = Date.parse(socket.getPeerCertificate().valid_to);
  if (socket.authorized) return { kind: "valid", expiresAtMs };
  // Node's types say Error; it is OpenSSL's code as a text, or an error where it is the name that does not fit.
  const problem: unknown = socket.authorizationError;
  return { kind: "invalid", code: typeof problem === "string" ? problem : codeOf(problem), expiresAtMs };
}

/** The code of an error, or of the first in it that has one; happy eyeballs throw several at once. */
export function codeOf(error: unknown): string {
  const { code, cause, errors, name } = (error ?? {}) as {
    code?: unknown;
    cause?: unknown;
    errors?: readonly unknown[];
    name?: string;
  };
  if (typeof code === "string") return code;
  const inner = cause ?? errors?.[0];
  return inner === undefined ? (name ?? "unknown") : codeOf(inner);
}

/** A proxy in front of a real server, that can be told to do what proxies do wrong. */
import { createServer as createHttp, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { MadeCertificate } from "./certificate.ts";

export interface Meddling {
  /** Answers in the server's place, where it gives something. */
  readonly instead?: Answerer;
  /** Which path is asked of the server; below `/inline` it is as if the proxy followed redirects itself. */
  readonly onto?: (path: string) => string;
  /** Of what is asked, in lower case; taken away. */
  readonly strips?: readonly string[];
  /** Of what is answered, in lower case; a null takes one away. */
  readonly says?: Readonly<Record<string, string | null>>;
  /** Where a redirect leads instead. */
  readonly location?: (location: string) => string;
  /** What becomes of a stream. */
  readonly stream?: "buffered" | "cut" | "ended" | "hung";
  /** Changes what is streamed, piece by piece. */
  readonly rewrites?: (text: string) => string;
  /** Ends TLS with it. */
  readonly certificate?: MadeCertificate;
}

export type Answerer = (asked: { readonly method: string; readonly path: string }) => Instead | undefined;

export interface Instead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Proxy {
  readonly url: string;
  readonly port: number;
}

/** Ends with the test. */
export async function startProxy(upstream: string, meddling: Meddling = {}): Promise<Proxy> {
  const pass = (asked: IncomingMessage, answer: ServerResponse) => carry(upstream, meddling, asked, answer);
  const { certificate } = meddling;
  const server = certificate === undefined ? createHttp(pass) : createHttps(certificate, pass);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`, port };
}

function carry(upstream: string, meddling: Meddling, asked: IncomingMessage, answer: ServerResponse): void {
  const { method = "GET", url: path = "/" } = asked;
  const instead = meddling.instead?.({ method, path });
  if (instead !== undefined) {
    asked.resume();
    answer.writeHead(instead.status, instead.headers).end(instead.body);
    return;
  }
  const headers = { ...asked.headers };
  for (const name of meddling.strips ?? []) delete headers[name];
  const onward = request(new URL(meddling.onto?.(path) ?? path, upstream), { method, headers }, (answered) =>
    tell(meddling, answered, answer),
  );
  onward.once("error", () => answer.destroy());
  answer.once("close", () => onward.destroy());
  asked.pipe(onward);
}

function tell(meddling: Meddling, answered: IncomingMessage, answer: ServerResponse): void {
  const headers: IncomingMessage["headers"] = { ...answered.headers };
  for (const [name, value] of Object.entries(meddling.says ?? {})) {
    if (value === null) delete headers[name];
    else headers[name] = value;
  }
  if (headers.location !== undefined) headers.location = meddling.location?.(headers.location) ?? headers.location;
  answer.sendDate = false;
  answer.writeHead(answered.statusCode ?? 502, headers);
  const isStream = (headers["content-type"] ?? "").startsWith("text/event-stream");
  if (isStream) STREAMS[meddling.stream ?? "passed"](answered, answer, meddling.rewrites ?? ((text) => text));
  else answered.pipe(answer);
}

type Carry = (from: IncomingMessage, to: ServerResponse, rewrite: (text: string) => string) => void;

const STREAMS: Readonly<Record<NonNullable<Meddling["stream"]> | "passed", Carry>> = {
  passed(from, to, rewrite) {
    to.flushHeaders();
    from.setEncoding("utf8").on("data", (text: string) => to.write(rewrite(text)));
    from.once("end", () => to.end());
  },
  buffered(from, to) {
    const pieces: Buffer[] = [];
    from.on("data", (piece: Buffer) => pieces.push(piece)).once("end", () => to.end(Buffer.concat(pieces)));
  },
  cut: (from, to) => stopAfter(from, to, () => to.destroy()),
  ended: (from, to) => stopAfter(from, to, () => to.end()),
  hung: (from, to) => stopAfter(from, to, () => undefined),
};

/** Some pieces, and then something else than the rest. */
function stopAfter(from: IncomingMessage, to: ServerResponse, stop: () => void): void {
  const PIECES = 6;
  let count = 0;
  from.on("data", (piece: Buffer) => {
    count += 1;
    if (count < PIECES) to.write(piece);
    if (count === PIECES) stop();
  });
}

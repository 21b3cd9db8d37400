/** A real HTTP server whose answers a test writes, and which remembers what it was asked. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly origin: string;
  readonly asked: Asked[];
  /** Ends when the first connection that was answered is closed by the caller. */
  readonly left: Promise<void>;
  /** Before the test is over. */
  close(): Promise<void>;
}

/** Listens on a free port until the test is over, under a host name that means this machine. */
export async function serve(
  answer: (asked: Asked, response: ServerResponse) => void,
  host = "127.0.0.1",
): Promise<TestServer> {
  const asked: Asked[] = [];
  const left = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    response.on("close", () => left.resolve());
    const { method = "", url = "", headers } = request;
    const entry = { method, url, headers, body: await text(request) };
    asked.push(entry);
    answer(entry, response);
  });
  await listen(server, host);
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => close(server));
  return { origin, asked, left: left.promise, close: () => close(server) };
}

const listen = (server: Server, host: string): Promise<void> => new Promise((done) => server.listen(0, host, done));

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Begins an event stream and sends what it is given, each text as one write. */
export function events(response: ServerResponse, ...writes: string[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const each of writes) response.write(each);
}

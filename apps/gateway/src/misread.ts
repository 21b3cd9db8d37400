/** What never becomes a request, since node cannot read it: answered as every other refusal is, then the door is closed. */
import { type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { RefusalOf } from "@interchange/inference";
import type { Logger } from "pino";
import { CORS_HEADERS } from "./cors.ts";
import { idHeaders, newRequestId } from "./request-id.ts";
import { refuse, type Surface } from "./surface.ts";

/** Node tells what it could not read by these codes; what it has no special word for is a 400. */
const MISREADINGS: Readonly<Record<string, Misreading>> = {
  HPE_HEADER_OVERFLOW: { status: 431, param: "headers", problem: "are too long, all of them together" },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, param: "body", problem: "has chunk extensions that are too long" },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, param: "request", problem: "did not arrive whole in time" },
};

const UNREADABLE: Misreading = { status: 400, param: "request", problem: "is not well-formed HTTP/1.1" };

interface Misreading {
  readonly status: number;
  readonly param: string;
  readonly problem: string;
}

/** Nothing was read that could tell the surfaces apart, so `surface` speaks for all. */
export function answerMisread(server: Server, surface: Surface, log: Logger): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const misreading = MISREADINGS[error.code ?? ""] ?? UNREADABLE;
    if (isFree(socket)) {
      const requestId = newRequestId();
      // Never the error itself: it carries the bytes, and a key or a ticket may be among them.
      log.info({ requestId, status: misreading.status, code: error.code }, "could not be read");
      socket.write(writeMisread(surface, misreading, requestId));
    }
    socket.destroy();
  });
}

/** Whether an answer may be written: the connection stands, and no other answer has begun on it. */
function isFree(socket: Duplex & { readonly _httpMessage?: { readonly headersSent: boolean } | null }): boolean {
  return socket.writable && socket._httpMessage?.headersSent !== true;
}

/** The answer's bytes, head and body. */
function writeMisread(surface: Surface, { status, param, problem }: Misreading, requestId: string): string {
  const refusal: RefusalOf<"request-invalid"> = { kind: "request-invalid", fault: "shape", param, problem };
  const { headers, body } = refuse(surface, refusal, requestId);
  const text = JSON.stringify(body);
  const all = {
    // Told nothing, clients decide by the status: they come again after a 408.
    ...(status === 408 ? {} : headers),
    ...CORS_HEADERS,
    ...idHeaders(requestId),
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(text)),
    date: new Date().toUTCString(),
    connection: "close",
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${text}`;
}

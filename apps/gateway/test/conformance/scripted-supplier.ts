/** A supplier that answers the very bytes it is told to, with pauses, and remembers what it was asked. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Wire } from "./wire-format.ts";

/** The connection breaks. */
export const CUT = Symbol("cut");
/** Nothing more, until the other side leaves; where it is the first piece, not even a head. */
export const HANG = Symbol("hang");

export type Piece = string | Uint8Array | { readonly pauseMs: number } | typeof CUT | typeof HANG;

export interface Script {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces: readonly Piece[];
}

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Wire;
  /** When the other side closed the connection before the script was done, by `performance.now()`. */
  readonly leftAtMs: () => number | undefined;
  /** How many bytes of the script have been taken off our hands. */
  readonly bytesWritten: () => number;
}

export interface ScriptedSupplier {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** What every request from now on is answered; a function looks at the request's headers first. */
  answer(script: Script | ((headers: IncomingHttpHeaders) => Script)): void;
  close(): Promise<void>;
}

export async function startScripted(): Promise<ScriptedSupplier> {
  const asked: Asked[] = [];
  let script: Script | ((headers: IncomingHttpHeaders) => Script) = { pieces: [] };
  const server = createServer((request, response) => {
    void serve(request, response, asked, () => (typeof script === "function" ? script(request.headers) : script)).catch(
      () => response.destroy(),
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (next) => {
      script = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked[],
  scriptNow: () => Script,
): Promise<void> {
  let leftAtMs: number | undefined;
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) leftAtMs = performance.now();
    gone.abort();
  });
  const text = Buffer.concat(await request.toArray()).toString();
  const { url: path = "", headers } = request;
  asked.push({
    path,
    headers,
    text,
    body: JSON.parse(text) as Wire,
    leftAtMs: () => leftAtMs,
    bytesWritten: () => response.socket?.bytesWritten ?? 0,
  });
  await play(scriptNow(), response, gone.signal);
}

async function play({ status = 200, headers, pieces }: Script, response: ServerResponse, gone: AbortSignal) {
  const isHeld = pieces[0] === HANG;
  if (!isHeld) response.writeHead(status, { "content-type": "text/event-stream", ...headers }).flushHeaders();
  for (const piece of pieces) {
    if (gone.aborted) return;
    await playPiece(piece, response, gone);
  }
  if (!response.destroyed) response.end();
}

async function playPiece(piece: Piece, response: ServerResponse, gone: AbortSignal): Promise<void> {
  if (piece === CUT) response.destroy();
  else if (piece === HANG) await once(gone, "abort");
  else if (typeof piece === "object" && "pauseMs" in piece) await sleep(piece.pauseMs);
  else if (!response.write(piece)) await once(response, "drain", { signal: gone });
}

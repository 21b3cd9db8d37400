/** A contract of four operations, mounted on a real server, with handlers that each test chooses. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { explain, type Refusal, statusOf } from "@interchange/inference";
import express from "express";
import { type AnyResponse, createServer, type Document, type MountOptions, mount, type Route } from "../src/index.ts";

const NOTE = {
  type: "object",
  required: ["text"],
  properties: { text: { type: "string", minLength: 1 }, stars: { type: ["integer", "null"], minimum: 0, maximum: 5 } },
};

const ok = { 200: { description: "It is done." } };
const body = { required: true, content: { "application/json": { schema: { $ref: "#/components/schemas/Note" } } } };
const limit = { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 10 } };
const id = { name: "id", in: "path", required: true, schema: { type: "string" } };

export const document: Document & { readonly info: object } = {
  openapi: "3.1.0",
  info: { title: "Notes", version: "1" },
  paths: {
    "/notes": {
      get: { operationId: "listNotes", parameters: [limit], responses: ok },
      post: { operationId: "addNote", requestBody: body, responses: ok },
    },
    "/notes/{id}": { get: { operationId: "readNote", parameters: [id], responses: ok } },
    "/tales": { post: { operationId: "tellTale", requestBody: body, responses: ok } },
  },
  components: { schemas: { Note: NOTE } },
};

const row = (operationId: string, method: "get" | "post", path: string, stream: Route["stream"] = null): Route => ({
  operationId,
  method,
  path,
  expressPath: path.replace(/\{(\w+)\}/g, ":$1"),
  statuses: [200],
  requestBody: method === "post",
  requestOptional: false,
  stream,
  security: true,
});

export const routes: readonly Route[] = [
  row("listNotes", "get", "/notes"),
  row("addNote", "post", "/notes", { done: "[DONE]" }),
  row("readNote", "get", "/notes/{id}"),
  row("tellTale", "post", "/tales", { event: "type" }),
];

export interface Context {
  readonly requestId: string;
}

type Handle = Parameters<typeof answering>[0];

/** Handlers that answer alike, unless the test has one of its own. */
export function answering(
  handlers: Partial<
    Record<"listNotes" | "addNote" | "readNote" | "tellTale", (request: never, context: Context) => unknown>
  >,
): object {
  const done = (): AnyResponse => ({ status: 200, body: { done: true } });
  return { listNotes: done, addNote: done, readNote: done, tellTale: done, ...handlers };
}

export interface Tiny {
  readonly url: string;
  readonly port: number;
  /** Errors that nobody expected. */
  readonly errors: readonly unknown[];
  readonly inspected: readonly (readonly [operationId: string, response: AnyResponse])[];
  close(): Promise<void>;
}

export const BODY_BYTES_MAX = 200_000;

/** Refusals are `{"kind", "said"}`. */
export async function startTiny(handlers: Handle = {}, options: Partial<MountOptions<Context>> = {}): Promise<Tiny> {
  const errors: unknown[] = [];
  const inspected: [string, AnyResponse][] = [];
  let count = 0;
  const router = mount<Context>({
    document,
    routes,
    handlers: answering(handlers),
    bodyBytesMax: BODY_BYTES_MAX,
    enter: (_req, _route, requestId) => ({ kind: "entered", context: { requestId } }),
    refuse,
    newRequestId: () => `req_${++count}`,
    readError: (error) => {
      errors.push(error);
      return { kind: "bug" };
    },
    headers: () => ({ "x-common": "yes" }),
    inspect: (route, response) => void inspected.push([route.operationId, response]),
    ...options,
  });
  const app = express();
  const server = createServer(app.use(router));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    errors,
    inspected,
    async close() {
      const closed = once(server.close(), "close");
      server.closeAllConnections();
      await closed;
    },
  };
}

function refuse(refusal: Refusal): AnyResponse {
  const headers = refusal.kind === "method-not-allowed" ? { allow: refusal.allow.join(", ") } : {};
  return { status: statusOf(refusal), headers, body: { kind: refusal.kind, said: explain(refusal) } };
}

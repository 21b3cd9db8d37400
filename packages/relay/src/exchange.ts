/** One HTTP exchange with a supplier. What goes wrong at it comes back as a failure; a bug of ours is thrown. */
import type { Readable } from "node:stream";
import type { Feature, InferenceRequest, SupplierFailure } from "@interchange/inference";
import type { Dispatcher } from "undici";
import { readFault, withhold } from "./failure.ts";
import type { Supplier } from "./supplier.ts";

export interface Exchange {
  readonly kind: "exchange";
  readonly contentType: string;
  readonly body: Body;
}

/** Bytes as they come, or all of them as text. */
export type Body = AsyncIterable<Uint8Array> & Pick<Readable, "on" | "destroy"> & { text(): Promise<string> };

export type Failed = { readonly kind: "failed"; readonly failure: SupplierFailure };

export interface Sent {
  readonly supplier: Supplier;
  readonly request: InferenceRequest;
  readonly model: string;
  readonly features: ReadonlySet<Feature>;
  readonly signal: AbortSignal;
}

/** Sends the request and waits for the head of the answer. Any status but 200 is a failure. */
export async function exchange(sent: Sent): Promise<Exchange | Failed> {
  const { supplier } = sent;
  // Outside of what is caught: an error in here is none of the supplier's.
  const written = write(sent);
  let response: Dispatcher.ResponseData;
  try {
    response = await supplier.pool.request(written);
  } catch (error) {
    return { kind: "failed", failure: readFault(error) };
  }
  if (response.statusCode !== 200) return refusedBy(supplier, response);
  return { kind: "exchange", contentType: headerOf(response.headers, "content-type"), body: response.body };
}

function write({ supplier, request, model, features, signal }: Sent): Dispatcher.RequestOptions {
  const { body } = supplier.dialect.writeRequest(request, { model, features, quirks: supplier.quirks });
  return {
    method: "POST",
    path: supplier.path,
    headers: {
      "content-type": "application/json",
      accept: request.stream ? "text/event-stream" : "application/json",
      "user-agent": "interchange",
      ...supplier.dialect.writeHeaders(request, supplier.credential),
    },
    body: JSON.stringify(body),
    // A whole answer has no head before it is complete.
    headersTimeout: request.stream ? supplier.patience.firstByteMs : supplier.patience.totalMs,
    bodyTimeout: supplier.patience.idleMs,
    signal,
  };
}

/** Whoever destroys a stream that nobody reads hears of it as an error that nobody caught. */
export function letGo(body: Body): void {
  body.on("error", () => undefined).destroy();
}

interface Head {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

async function refusedBy(supplier: Supplier, { statusCode, headers, body }: Head): Promise<Failed> {
  const flat = Object.fromEntries(Object.keys(headers).map((name) => [name, headerOf(headers, name)]));
  let text: string;
  try {
    text = await readUpTo(body, REFUSAL_BYTES_MAX);
  } catch (error) {
    return { kind: "failed", failure: readFault(error) };
  }
  return { kind: "failed", failure: withhold(supplier.dialect.readRefusal(statusCode, flat, text)) };
}

/** A refusal is short; of a long page its beginning is enough to tell what it is. */
const REFUSAL_BYTES_MAX = 65_536;

async function readUpTo(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString("utf8");
}

function headerOf(headers: Head["headers"], name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : (value ?? "");
}

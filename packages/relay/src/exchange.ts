/** One HTTP exchange with a supplier. What goes wrong at it comes back as a failure; a bug of ours is thrown. */
import type { Feature, InferenceRequest, SupplierFailure, Wish } from "@interchange/inference";
import type { Dispatcher } from "undici";
import { readFault, withhold } from "./failure.ts";
import { type Head, Reply } from "./reply.ts";
import type { Supplier } from "./supplier.ts";
import { readText } from "./whole.ts";

export interface Exchange {
  readonly kind: "exchange";
  readonly contentType: string;
  readonly reply: Reply;
  /** What the caller asked for and the supplier was not. */
  readonly leftOut: readonly Wish[];
}

export type Failed = { readonly kind: "failed"; readonly failure: SupplierFailure };

export interface Sent {
  readonly supplier: Supplier;
  readonly request: InferenceRequest;
  readonly model: string;
  readonly features: ReadonlySet<Feature>;
  readonly signal: AbortSignal;
  /** Called when there is a connection to it. */
  readonly onReached: () => void;
}

/** Sends the request and waits for the head of the answer. Any status but 200 is a failure. */
export async function exchange(sent: Sent): Promise<Exchange | Failed> {
  const { supplier, request, model, features, signal, onReached } = sent;
  // Outside of what is caught: an error in here is none of the supplier's.
  const { body, leftOut } = supplier.dialect.writeRequest(request, { model, features, quirks: supplier.quirks });
  const options = optionsOf(sent, JSON.stringify(body));
  const reply = new Reply(signal, onReached);
  let head: Head;
  try {
    supplier.pool.dispatch(options, reply);
    head = await reply.head;
  } catch (error) {
    return { kind: "failed", failure: readFault(error) };
  }
  if (head.status !== 200) return refusedBy(supplier, head, reply);
  if (!["", "identity"].includes(headerOf(head, "content-encoding"))) {
    reply.letGo();
    return { kind: "failed", failure: ENCODED };
  }
  return { kind: "exchange", contentType: headerOf(head, "content-type"), reply, leftOut };
}

/** It was not offered any. */
const ENCODED: SupplierFailure = { message: "it encoded its answer, which nobody had asked for", caller: false };

function optionsOf({ supplier, request }: Sent, body: string): Dispatcher.DispatchOptions {
  return {
    method: "POST",
    path: supplier.path,
    headers: {
      "content-type": "application/json",
      accept: request.stream ? "text/event-stream" : "application/json",
      // Whoever names none may be sent any (RFC 9110, section 12.5.3).
      "accept-encoding": "identity",
      "user-agent": "interchange",
      ...supplier.dialect.writeHeaders(request, supplier.credential),
    },
    body,
    // Whoever asks waits by a clock of its own, which ends in a head no more than in comments.
    headersTimeout: 0,
    bodyTimeout: supplier.patience.idleMs,
  };
}

async function refusedBy(supplier: Supplier, head: Head, reply: Reply): Promise<Failed> {
  const read = await readText(reply, REFUSAL_BYTES_MAX);
  if (read.kind === "failed") return read;
  const headers = Object.fromEntries(Object.keys(head.headers).map((name) => [name, headerOf(head, name)]));
  return { kind: "failed", failure: withhold(supplier.dialect.readRefusal(head.status, headers, read.text)) };
}

/** A refusal is short; of a long page its beginning is enough to tell what it is. */
const REFUSAL_BYTES_MAX = 65_536;

function headerOf({ headers }: Head, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : (value ?? "");
}

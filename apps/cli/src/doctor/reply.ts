/** One answer over HTTP, read as far as it says who answers. */
import type { Context } from "./context.ts";
import { codeOf } from "./network.ts";

export interface Reply {
  readonly kind: "reply";
  readonly status: number;
  readonly headers: Headers;
  /** Undefined where the body is not JSON. */
  readonly json: unknown;
  readonly isPage: boolean;
  readonly sentAtMs: number;
  readonly gotAtMs: number;
}

/** Nothing came, or not in time. */
export interface Silence {
  readonly kind: "silence";
  /** What happened, to go on from “the gateway”. */
  readonly why: string;
}

/** Asks once, follows nothing, and reads the whole body. Throws only where whoever asked has gone. */
export async function ask(context: Context, url: string, init: RequestInit = {}): Promise<Reply | Silence> {
  const sentAtMs = context.clock();
  try {
    const signal = withinPatience(context);
    const response = await context.fetch(new Request(url, { redirect: "manual", ...init, signal }));
    const gotAtMs = context.clock();
    return { kind: "reply", ...(await readBody(response)), sentAtMs, gotAtMs };
  } catch (error) {
    return silenceOf(context, error);
  }
}

export async function readBody(response: Response): Promise<Pick<Reply, "status" | "headers" | "json" | "isPage">> {
  const { status, headers } = response;
  const text = await response.text();
  const isPage = (headers.get("content-type") ?? "").includes("html") || /^\s*<(?:!doctype|html)/i.test(text);
  return { status, headers, json: jsonOf(text), isPage };
}

/** What a fetch throws, as a sentence's end. */
export function silenceOf(context: Context, error: unknown): Silence {
  if (context.signal?.aborted === true) throw error;
  const code = codeOf(error);
  return { kind: "silence", why: WORDS[code] ?? `cannot be asked (${code})` };
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refuses connections",
  ECONNRESET: "closed the connection without an answer",
  UND_ERR_SOCKET: "closed the connection without an answer",
  EPIPE: "closed the connection without an answer",
  ENOTFOUND: "has a name that nobody knows",
  EAI_AGAIN: "has a name that could not be looked up",
  ETIMEDOUT: "did not answer in time",
  UND_ERR_CONNECT_TIMEOUT: "did not answer in time",
  UND_ERR_HEADERS_TIMEOUT: "did not answer in time",
  TimeoutError: "did not answer in time",
  AbortError: "did not answer in time",
  EHOSTUNREACH: "cannot be reached from here",
  ENETUNREACH: "cannot be reached from here",
};

/** The sentence of the gateway's own envelope; undefined where the answer is not the gateway's. */
export function detailOf({ json }: Pick<Reply, "json">): string | undefined {
  const detail = (json as { errors?: { detail?: unknown } } | undefined)?.errors?.detail;
  return typeof detail === "string" ? detail : undefined;
}

function withinPatience({ signal, patienceMs }: Context): AbortSignal {
  const patience = AbortSignal.timeout(patienceMs);
  return signal === undefined ? patience : AbortSignal.any([signal, patience]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

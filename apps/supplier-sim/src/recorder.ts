/** Asking a real server, and keeping what it answers byte for byte, however that ends. */
import type { JsonObject } from "./json.ts";
import type { AnswerHead, TranscriptKind } from "./transcript-head.ts";

export type Question = {
  readonly format: "chat-completions" | "messages";
  /** As in the gateway's configuration: what stands before `/v1/…`, which may be there too. */
  readonly baseUrl: string;
  readonly credential?: string;
  /** Further headers, such as `anthropic-beta`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  /** How long the whole answer is waited for, in ms. */
  readonly timeoutMs: number;
};

export type Recording = {
  readonly kind: TranscriptKind;
  readonly bytes: Buffer;
  readonly answer: AnswerHead;
};

/** Nothing was recorded; the message says why. */
export class RecordingError extends Error {}

const paths = { "chat-completions": "/v1/chat/completions", messages: "/v1/messages" };

/** What is told of an answer's headers; the others are about the connection or the account. */
const told = /^(?:retry-after|retry-after-ms|x-should-retry|x-ratelimit-.*|anthropic-ratelimit-.*)$/;

/** Asks once. An answer that is torn or never ends is recorded as far as it went. Throws RecordingError. */
export async function recordExchange(question: Question): Promise<Recording> {
  const signal = AbortSignal.timeout(question.timeoutMs);
  const response = await ask(question, signal);
  if (response.status >= 300 && response.status < 400) {
    throw new RecordingError(
      `the server sends us elsewhere, which would take the credential along: ${response.status}`,
    );
  }
  const { bytes, ending } = await readAll(response, signal);
  const contentType = response.headers.get("content-type") ?? "";
  const headers = Object.fromEntries([...response.headers].filter(([name]) => told.test(name)));
  const answer = {
    status: response.status,
    contentType,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(ending === undefined ? {} : { ending }),
  };
  return { kind: contentType.startsWith("text/event-stream") ? "sse" : "json", bytes, answer };
}

/** Redirects are not followed, and nothing is compressed, so that the bytes are the server's own. */
async function ask({ format, baseUrl, credential, headers, body }: Question, signal: AbortSignal): Promise<Response> {
  const url = `${baseUrl.replace(/(?:\/v1)?\/*$/, "")}${paths[format]}`;
  const base = { "content-type": "application/json", "accept-encoding": "identity" };
  const sent = { ...base, ...credentialHeaders(format, credential), ...headers };
  try {
    return await fetch(url, { method: "POST", headers: sent, body: JSON.stringify(body), redirect: "manual", signal });
  } catch (error) {
    throw new RecordingError(`the server did not answer: ${problemOf(error)}`);
  }
}

function credentialHeaders(
  format: Question["format"],
  credential: string | undefined,
): Readonly<Record<string, string>> {
  const version = { "anthropic-version": "2023-06-01" };
  if (format === "messages") return { ...version, ...(credential === undefined ? {} : { "x-api-key": credential }) };
  return credential === undefined ? {} : { authorization: `Bearer ${credential}` };
}

function problemOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

async function readAll(
  { body }: Response,
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly ending?: "reset" | "hang" }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body ?? []) chunks.push(chunk as Uint8Array);
  } catch {
    return { bytes: Buffer.concat(chunks), ending: signal.aborted ? "hang" : "reset" };
  }
  return { bytes: Buffer.concat(chunks) };
}

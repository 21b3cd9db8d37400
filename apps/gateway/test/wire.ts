/** Requests as raw bytes over kept-alive connections, and what a refusal must look like whichever surface gives it. */

import type { Format } from "@interchange/config";
import * as chatCompletions from "@interchange/contract/chat-completions";
import * as messages from "@interchange/contract/messages";
import * as platform from "@interchange/contract/platform";
import { Pool } from "undici";
import { missingHeaders, undocumentedHeaders } from "./documented-headers.ts";
import { QUESTIONS, type Rig } from "./rig.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export type Send = (surface: Format, path: string, body: string | Uint8Array) => Promise<Reply>;

/** As many callers at once as `connections`. */
export function openCallers(rig: Rig, connections = 32): { send: Send; close(): Promise<void> } {
  const pool = new Pool(rig.url, { connections, pipelining: 1 });
  return {
    async send(surface, path, body) {
      const {
        statusCode,
        headers,
        body: answer,
      } = await pool.request({
        method: "POST",
        path,
        headers: { "content-type": "application/json", ...QUESTIONS[surface].keyHeader(rig.key) },
        body,
      });
      return { status: statusCode, headers, text: await answer.text() };
    },
    close: () => pool.close(),
  };
}

/** Runs the work over all items, so many at a time, and gives what it gave, in order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  workers: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const take = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as Item, index);
  };
  await Promise.all(Array.from({ length: workers }, take));
  return results;
}

type Check = (value: unknown) => boolean;
type Checks = Readonly<
  Record<string, { request: Check | null; event: Check | null; responses: Record<string, Check> }>
>;

export const CONTRACTS = {
  "chat-completions": { document: chatCompletions.document, checks: chatCompletions.validators as unknown as Checks },
  messages: { document: messages.document, checks: messages.validators as unknown as Checks },
  platform: { document: platform.document, checks: platform.validators as unknown as Checks },
} as const;

/** A document of the contract. */
type ApiName = keyof typeof CONTRACTS;

/** The kinds of error that each status may have, one row for each document. */
const KINDS: Readonly<Record<ApiName, Readonly<Record<number, string>>>> = {
  "chat-completions": kinds({ 402: "insufficient_quota" }),
  messages: kinds({ 402: "billing_error" }),
  platform: kinds({ 402: "insufficient_quota" }),
};

function kinds(own: Record<number, string>): Record<number, string> {
  return {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    409: "conflict",
    413: "request_too_large",
    415: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
    500: "api_error",
    502: "api_error",
    503: "overloaded_error",
    504: "timeout_error",
    ...own,
  };
}

/** Everything that is wrong with a refusal; empty when it is as the contract and the domain have it. */
export function faultsOfRefusal(surface: ApiName, operation: string, reply: Reply): string[] {
  const message = readBody(reply.text)?.error.message ?? "";
  const amiss = sentenceFaults(message).filter(([isWrong]) => isWrong);
  return [...faultsOfEnvelope(surface, operation, reply), ...amiss.map(([, fault]) => `${fault}: ${message}`)];
}

/** The same without the words of the message, for those that are a supplier's own. */
export function faultsOfEnvelope(surface: ApiName, operation: string, reply: Reply): string[] {
  const body = readBody(reply.text);
  if (body === undefined) return [`${reply.status} with a body that is not JSON: ${reply.text.slice(0, 200)}`];
  const check = CONTRACTS[surface].checks[operation]?.responses[String(reply.status)];
  const faults = [
    [check === undefined, `the document knows no ${reply.status}`],
    [check?.(body) === false, "the body is not the documented one"],
    [body.error.type !== KINDS[surface][reply.status], `the type is ${body.error.type}`],
    [body.errors.detail !== body.error.message, "the two envelopes say different things"],
    [surface === "messages" && body.request_id !== reply.headers["request-id"], "the body has another request id"],
    ...headerFaults(reply),
    ...documentFaults(surface, operation, reply),
  ] as const;
  return faults.filter(([isWrong]) => isWrong).map(([, fault]) => `${fault}: ${reply.text.slice(0, 300)}`);
}

export interface RefusalBody {
  readonly type?: string;
  readonly error: { readonly type: string; readonly message: string; readonly param?: string | null };
  readonly request_id?: string;
  readonly errors: { readonly detail: string };
}

/** Undefined when it is nothing that could be a refusal. */
export function readBody(text: string): RefusalBody | undefined {
  try {
    const body = JSON.parse(text) as RefusalBody;
    return typeof body.error.message === "string" && typeof body.errors.detail === "string" ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Statuses that asking again may cure. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

function headerFaults({ status, headers }: Reply): readonly (readonly [boolean, string])[] {
  const retryAfter = Number(headers["retry-after"]);
  const isPassing = PASSING.has(status);
  return [
    [!/^req_\w+$/.test(String(headers["request-id"])), "no request-id"],
    [headers["request-id"] !== headers["x-request-id"], "request-id and x-request-id differ"],
    [headers["content-type"] !== "application/json; charset=utf-8", `content-type is ${headers["content-type"]}`],
    [isPassing && !(retryAfter >= 1 && retryAfter <= 60), `retry-after is ${headers["retry-after"]}`],
    [isPassing && headers["x-should-retry"] !== undefined, "x-should-retry on what may pass"],
    [!isPassing && headers["retry-after"] !== undefined, "retry-after on what will not pass"],
    [!isPassing && status !== 500 && headers["x-should-retry"] !== "false", "no x-should-retry: false"],
  ];
}

/** Every header that is sent is documented for the status, and every one that is promised is sent. */
export function documentFaults(surface: ApiName, operation: string, { status, headers }: Reply): [boolean, string][] {
  const { document } = CONTRACTS[surface];
  const unknown = undocumentedHeaders(document, operation, status, headers);
  const missing = missingHeaders(document, operation, status, headers);
  return [
    ...unknown.map((name): [boolean, string] => [true, `${name} on a ${status} is not documented`]),
    ...missing.map((name): [boolean, string] => [true, `${name} is documented for a ${status} and missing`]),
  ];
}

/** What clients of the format take apart to the last sign. */
const PARSED = /^prompt is too long: \d+ tokens > \d+ maximum$/;

/** What a caller has sent is said as it was. */
const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/** Whole sentences, in words that are no secret: no stack, no file, no address, no code. */
function sentenceFaults(message: string): readonly (readonly [boolean, string])[] {
  return [
    [!/[.?]$/.test(message) && !PARSED.test(message), "no whole sentence"],
    [/\bat .+:\d+:\d+|node_modules|\.[cm]?[jt]s\b|file:\/\//.test(message), "tells a file or a stack"],
    [/\b(127\.0\.0\.1|localhost|ECONN\w*|UND_ERR_\w*|\w*Error:)/.test(message), "tells of the inside"],
    [/\bundefined\b|\bNaN\b|\[object /.test(message.replaceAll(QUOTED, '""')), "is half said"],
  ];
}

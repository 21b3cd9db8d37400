/**
 * What the compiler must refuse of a handler. Nothing here runs: `tsc` fails when one of the expected errors is not there.
 * The good handlers beside them prove that it is the fault named and nothing else that is refused.
 */
import type { ChatCompletion, ChatCompletionEvent, Error as ChatError } from "@interchange/contract/chat-completions";
import type { CreatedKey, Error as PlatformError, ReceiptStatus } from "@interchange/contract/platform";
import type {
  ChatCompletionsHandlers,
  chatCompletions,
  chatCompletionsRoutes,
  platform,
} from "../src/generated/index.ts";
import type { JsonResponse, ResponseHeaders, Teller } from "../src/handler.ts";

interface Context {
  readonly requestId: string;
}

type Response = chatCompletions.CreateChatCompletionResponse;

declare const answer: ChatCompletion;
declare const error: ChatError;
declare const events: AsyncIterable<ChatCompletionEvent>;
declare const teller: Teller<ChatCompletionEvent>;
declare const listModels: ChatCompletionsHandlers<Context>["listModels"];
declare const retrieveModel: ChatCompletionsHandlers<Context>["retrieveModel"];

const routed = { "cache-control": "no-store", "referrer-policy": "no-referrer" } as const;

export const whole: ChatCompletionsHandlers<Context> = {
  createChatCompletion: async (request, { requestId }) => {
    request.body.messages.length.toFixed();
    request.headers["idempotency-key"]?.toUpperCase();
    request.signal.throwIfAborted();
    request.raw.byteLength.toFixed();
    return requestId === "" ? { status: 200, body: answer } : { status: 200, events };
  },
  listModels,
  retrieveModel: (request, context) => retrieveModel({ ...request, path: { id: request.path.id } }, context),
};

export const told: Response = { status: 200, teller };
export const redirected: Response = { status: 307, headers: { ...routed, location: "/r/ticket" } };
export const refused: Response = { status: 402, body: error };
export const limited: Response = {
  status: 429,
  body: error,
  headers: {
    "retry-after": 1,
    "x-ratelimit-limit-requests": 2,
    "x-ratelimit-remaining-requests": 0,
    "x-ratelimit-reset-requests": "6s",
    "anthropic-ratelimit-requests-limit": 2,
    "anthropic-ratelimit-requests-remaining": 0,
    "anthropic-ratelimit-requests-reset": "2026-11-23T15:04:06Z",
  },
};

// @ts-expect-error: the handler of retrieveModel is missing
export const missing: ChatCompletionsHandlers<Context> = {
  createChatCompletion: whole.createChatCompletion,
  listModels,
};

// @ts-expect-error: there is no such operation
export const foreign: ChatCompletionsHandlers<Context> = { ...whole, createCompletion: listModels };

// @ts-expect-error: a completion has more than an id
export const wrongBody: Response = { status: 200, body: { id: "chatcmpl-1" } };

// @ts-expect-error: an error's body is an error
export const wrongError: Response = { status: 402, body: answer };

// @ts-expect-error: 418 is not documented
export const undocumented: Response = { status: 418, body: error };

// @ts-expect-error: a 307 says where to
export const nowhere: Response = { status: 307, headers: routed };

// @ts-expect-error: a 307 has no body
export const withBody: Response = { status: 307, headers: { ...routed, location: "/" }, body: error };

// @ts-expect-error: a 405 says what is allowed
export const unallowed: Response = { status: 405, body: error };

// @ts-expect-error: a 402 does not stream
export const streamedError: Response = { status: 402, events };

// @ts-expect-error: events are those of this document
export const wrongEvents: Response = { status: 200, events: events as AsyncIterable<{ type: "ping" }> };

// @ts-expect-error: either a body or events
export const both: Response = { status: 200, body: answer, events };

// @ts-expect-error: either events or a teller
export const twice: Response = { status: 200, events, teller };

// @ts-expect-error: a 402 does not stream, however it is told
export const toldError: Response = { status: 402, teller };

// @ts-expect-error: no such header is documented
export const strangeHeader: Response = { status: 402, body: error, headers: { "x-strange": "1" } };

export const unknownParameter: ChatCompletionsHandlers<Context> = {
  ...whole,
  // @ts-expect-error: the path has an id, nothing else
  retrieveModel: (request, context) => retrieveModel({ ...request, path: { id: request.path.name } }, context),
};

/** Headers may be left out only where none is required. */
export const optional: ResponseHeaders<{ a?: string }> = {};
// @ts-expect-error: a is required
export const required: ResponseHeaders<{ a: string; b?: string }> = {};
export const bare: JsonResponse<200, string, Record<string, never>> = { status: 200, body: "" };
// @ts-expect-error: nothing is documented
export const none: JsonResponse<200, string, Record<string, never>> = { status: 200, body: "", headers: { a: "" } };

/** The table knows each operation by its literal name, and no other. */
type OperationId = (typeof chatCompletionsRoutes)[number]["operationId"];
export const ids: Record<OperationId, true> = { createChatCompletion: true, listModels: true, retrieveModel: true };
export const handled: OperationId extends keyof ChatCompletionsHandlers<Context> ? true : never = true;

declare const key: CreatedKey;
declare const usage: platform.ListUsageRequest["query"];
declare const statement: platform.RetrieveStatementRequest["query"];

/** A query has the types of its parameters, and only those that are required are sure to be there. */
export const limit: number | undefined = usage.limit;
export const overrun: boolean | undefined = usage.overrun;
export const status: ReceiptStatus | undefined = usage.status;
export const from: string = statement.from;
// @ts-expect-error: a filter may be absent
export const filtered: string = usage.from;
// @ts-expect-error: a limit is a number
export const word: string | undefined = usage.limit;

export const created: platform.CreateKeyResponse = { status: 201, body: key };
export const deleted: platform.DeleteAutoBuyResponse = { status: 204 };
// @ts-expect-error: what is created is answered with 201
export const uncreated: platform.CreateKeyResponse = { status: 200, body: key };
// @ts-expect-error: a 204 has no body
export const kept: platform.DeleteAutoBuyResponse = { status: 204, body: key };
// @ts-expect-error: nothing streams here
export const streamed: platform.ListUsageResponse = { status: 200, events };

/** A refusal is said alike on the platform and on the surface whose envelope it has. */
export const alike: PlatformError = error;

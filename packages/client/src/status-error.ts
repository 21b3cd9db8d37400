/** What a document answers with instead of what was asked for: one class for each status that the documents know. */
import { ClientError } from "./client-error.ts";
import { readRetryAfterMs } from "./retry-after.ts";

/** An answer with an error status. Of a status that no document knows this class itself is thrown. */
export class StatusError extends ClientError {
  override readonly name: string = "StatusError";
  readonly status: number;
  /** What was answered, as the document types it; undefined where there was nothing. */
  readonly body: unknown;
  /** The kind of error in the document's words, e.g. `insufficient_quota`. */
  readonly type: string | undefined;
  /** A finer word for programs, where there is one, e.g. `model_not_found`. */
  readonly code: string | undefined;
  /** Name it to whoever runs the gateway. */
  readonly requestId: string | undefined;
  /** How long to wait before asking again, in milliseconds; undefined where nothing was said. */
  readonly retryAfterMs: number | undefined;
  readonly response: Response;

  constructor(response: Response, body: unknown) {
    const requestId = requestIdOf(response);
    const place = requestId === undefined ? "" : `, request ${requestId}`;
    super(`${sentenceOf(body) ?? wordless(response)} (status ${response.status}${place})`);
    this.status = response.status;
    this.body = body;
    this.type = textAt(causeOf(body), "type");
    this.code = textAt(causeOf(body), "code");
    this.requestId = requestId;
    this.retryAfterMs = readRetryAfterMs(response.headers, Date.now());
    this.response = response;
  }
}

/** 400: the request is not one that the document allows. */
export class BadRequestError extends StatusError {
  override readonly name: string = "BadRequestError";
}

/** 401: there is no key, or none that is known. */
export class UnauthorizedError extends StatusError {
  override readonly name: string = "UnauthorizedError";
}

/** 402: what is left of the balance does not pay for it. */
export class PaymentRequiredError extends StatusError {
  override readonly name: string = "PaymentRequiredError";
}

/** 403: the key may not do that. */
export class ForbiddenError extends StatusError {
  override readonly name: string = "ForbiddenError";
}

/** 404: there is no such thing, or none that this key may see. */
export class NotFoundError extends StatusError {
  override readonly name: string = "NotFoundError";
}

/** 405: the path knows other methods. */
export class MethodNotAllowedError extends StatusError {
  override readonly name: string = "MethodNotAllowedError";
}

/** 409: it stands against what was done before. */
export class ConflictError extends StatusError {
  override readonly name: string = "ConflictError";
}

/** 413: the body is too long. */
export class ContentTooLargeError extends StatusError {
  override readonly name: string = "ContentTooLargeError";
}

/** 415: the body is not JSON. */
export class UnsupportedMediaTypeError extends StatusError {
  override readonly name: string = "UnsupportedMediaTypeError";
}

/** 422: the body is well written, and its values do not go together. */
export class UnprocessableContentError extends StatusError {
  override readonly name: string = "UnprocessableContentError";
}

/** 429: a limit is reached. */
export class TooManyRequestsError extends StatusError {
  override readonly name: string = "TooManyRequestsError";
}

/** 500: the gateway failed. */
export class InternalServerError extends StatusError {
  override readonly name: string = "InternalServerError";
}

/** 502: the supplier failed. */
export class BadGatewayError extends StatusError {
  override readonly name: string = "BadGatewayError";
}

/** 503: nobody can answer now. */
export class ServiceUnavailableError extends StatusError {
  override readonly name: string = "ServiceUnavailableError";
}

/** 504: the answer took too long. */
export class GatewayTimeoutError extends StatusError {
  override readonly name: string = "GatewayTimeoutError";
}

const classes: Readonly<Record<number, typeof StatusError>> = {
  400: BadRequestError,
  401: UnauthorizedError,
  402: PaymentRequiredError,
  403: ForbiddenError,
  404: NotFoundError,
  405: MethodNotAllowedError,
  409: ConflictError,
  413: ContentTooLargeError,
  415: UnsupportedMediaTypeError,
  422: UnprocessableContentError,
  429: TooManyRequestsError,
  500: InternalServerError,
  502: BadGatewayError,
  503: ServiceUnavailableError,
  504: GatewayTimeoutError,
};

/** The error of the response's own class. */
export function statusErrorOf(response: Response, body: unknown): StatusError {
  const Class = classes[response.status] ?? StatusError;
  return new Class(response, body);
}

/** Both names of the id, since each surface has its vendor's. */
export const requestIdOf = ({ headers }: Response): string | undefined =>
  headers.get("x-request-id") ?? headers.get("request-id") ?? undefined;

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

/** What every envelope calls `error`. */
const causeOf = (body: unknown): Node | undefined => {
  const cause = isNode(body) ? body["error"] : undefined;
  return isNode(cause) ? cause : undefined;
};

const textAt = (node: Node | undefined, name: string): string | undefined => {
  const text = node?.[name];
  return typeof text === "string" && text !== "" ? text : undefined;
};

/** The server's own sentence, which says what would mend it. */
const sentenceOf = (body: unknown): string | undefined =>
  textAt(causeOf(body), "message") ?? (isNode(body) ? textAt(body, "message") : undefined);

const wordless = ({ status }: Response): string =>
  status < 500
    ? "the server said no and not why: look at baseUrl, and at what stands between here and the gateway"
    : "the gateway or a proxy before it failed without a word: ask again";

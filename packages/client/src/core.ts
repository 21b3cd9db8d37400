/** What every document's client has in common. */
export {
  ClientError,
  type Clock,
  ConnectionError,
  RedirectError,
  StreamError,
  TimeoutError,
  UnexpectedAnswerError,
} from "./client-error.ts";
export type { ClientOptions, ClientTimeouts } from "./client-options.ts";
export type { DocumentClient } from "./document-client.ts";
export type { EventStream } from "./event-stream.ts";
export type { Fetch } from "./fetch.ts";
export type { Framing, Operation, OperationTable, Paging } from "./operation.ts";
export {
  BadGatewayError,
  BadRequestError,
  ConflictError,
  ContentTooLargeError,
  ForbiddenError,
  GatewayTimeoutError,
  InternalServerError,
  MethodNotAllowedError,
  NotFoundError,
  PaymentRequiredError,
  ServiceUnavailableError,
  StatusError,
  TooManyRequestsError,
  UnauthorizedError,
  UnprocessableContentError,
  UnsupportedMediaTypeError,
} from "./status-error.ts";
export type { SurfaceClient } from "./surface-client.ts";
export { type DataOf, unwrap } from "./unwrap.ts";

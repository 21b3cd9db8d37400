/** The error object (Anthropic API reference, "Errors"), as a body and as the `error` event of a stream. */
import type { VendorError } from "../format.ts";

const types: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  405: "invalid_request_error",
  413: "request_too_large",
  422: "invalid_request_error",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

export function writeError(error: VendorError, requestId: string): object {
  const type = error.type ?? types[error.status] ?? "api_error";
  return { type: "error", error: { type, message: error.message }, request_id: requestId };
}

export function writeErrorEvent(error: VendorError, requestId: string): string {
  return `event: error\ndata: ${JSON.stringify(writeError(error, requestId))}\n\n`;
}

/** The error object (OpenAI API reference, "Error codes"), as a body and as an event of a stream. */
import type { VendorError } from "../format.ts";

const types: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "invalid_request_error",
  402: "insufficient_quota",
  403: "invalid_request_error",
  404: "invalid_request_error",
  405: "invalid_request_error",
  413: "invalid_request_error",
  422: "invalid_request_error",
  429: "requests",
};

const codes: Readonly<Record<number, string>> = {
  401: "invalid_api_key",
  402: "insufficient_quota",
  404: "not_found",
  429: "rate_limit_exceeded",
};

export function writeError(error: VendorError): object {
  const type = error.type ?? types[error.status] ?? "server_error";
  const code = error.code ?? codes[error.status] ?? null;
  return { error: { message: error.message, type, param: error.param ?? null, code } };
}

export function writeErrorEvent(error: VendorError): string {
  return `data: ${JSON.stringify(writeError(error))}\n\n`;
}

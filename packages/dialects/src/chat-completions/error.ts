/** Refusals in this format's envelope, and those of suppliers. https://platform.openai.com/docs/guides/error-codes */
import type { ErrorType, Error as Refused, StreamError } from "@interchange/contract/chat-completions";
import { explain, type Refusal, type RefusalKind, type SupplierFailure, statusOf } from "@interchange/inference";
import { type Complaint, failureOf, type Headers, isErrorType, readStrangeComplaint } from "../failure.ts";
import { given, isNumber, isSaid, isWire, readJson, type Wire } from "../wire.ts";
import { parameterOf } from "./parameter.ts";

interface Kind {
  readonly type: ErrorType;
  /** The vendor's word where it has one, since clients look for it. */
  readonly code: string;
}

const KINDS: Readonly<Record<RefusalKind, Kind>> = {
  "body-not-json": { type: "invalid_request_error", code: "invalid_json" },
  "request-invalid": { type: "invalid_request_error", code: "invalid_value" },
  "key-missing": { type: "authentication_error", code: "missing_api_key" },
  "key-refused": { type: "authentication_error", code: "invalid_api_key" },
  "key-forbidden": { type: "permission_error", code: "permission_denied" },
  "balance-too-low": { type: "insufficient_quota", code: "insufficient_quota" },
  "ticket-forged": { type: "permission_error", code: "ticket_forged" },
  "ticket-stale": { type: "overloaded_error", code: "ticket_stale" },
  "unknown-instrument": { type: "not_found_error", code: "model_not_found" },
  "unknown-path": { type: "not_found_error", code: "unknown_url" },
  "method-not-allowed": { type: "invalid_request_error", code: "method_not_allowed" },
  repeated: { type: "conflict", code: "idempotency_conflict" },
  "body-too-large": { type: "request_too_large", code: "request_too_large" },
  "media-type-unsupported": { type: "invalid_request_error", code: "unsupported_media_type" },
  "rate-limited": { type: "rate_limit_error", code: "rate_limit_exceeded" },
  "prompt-too-long": { type: "invalid_request_error", code: "context_length_exceeded" },
  "feature-unsupported": { type: "invalid_request_error", code: "unsupported_parameter" },
  "no-supplier-fits": { type: "invalid_request_error", code: "no_supplier_fits" },
  "nobody-eligible": { type: "overloaded_error", code: "no_supplier" },
  "supplier-failed": { type: "api_error", code: "supplier_failed" },
  "supplier-timeout": { type: "timeout_error", code: "supplier_timeout" },
  "supplier-overloaded": { type: "overloaded_error", code: "supplier_overloaded" },
  "supplier-refused": { type: "invalid_request_error", code: "supplier_refused" },
  stopping: { type: "overloaded_error", code: "stopping" },
  "ledger-unavailable": { type: "overloaded_error", code: "ledger_unavailable" },
  bug: { type: "api_error", code: "internal_error" },
};

export function writeRefusal(refusal: Refusal): Refused {
  const message = explain(refusal, parameterOf);
  const { type, code } = KINDS[refusal.kind];
  const param = refusal.kind === "request-invalid" && refusal.param !== "" ? refusal.param : null;
  const grown = statusOf(refusal) === 413 ? "request_too_large" : type;
  return { error: { message, type: grown, param, code }, errors: { detail: message } };
}

/** A failure within a stream: what a refusal would say, without the documented envelope. */
export function writeFailure(failure: SupplierFailure): StreamError {
  const kind = KINDS[failure.timeout === true ? "supplier-timeout" : "supplier-failed"];
  const type = failure.timeout !== true && isErrorType(WORDS, failure.type) ? failure.type : kind.type;
  return { error: { message: failure.message, type, param: null, code: kind.code } };
}

/** Every word that the contract has for a kind of error. */
const WORDS: Readonly<Record<ErrorType, true>> = {
  invalid_request_error: true,
  authentication_error: true,
  insufficient_quota: true,
  permission_error: true,
  not_found_error: true,
  conflict: true,
  request_too_large: true,
  rate_limit_error: true,
  api_error: true,
  timeout_error: true,
  overloaded_error: true,
};

/** Reads a supplier's refusal, of any kind. */
export function readRefusal(status: number, headers: Headers, text: string): SupplierFailure {
  const wire = readJson(text);
  const complaint = isWire(wire) ? readComplaint(wire) : {};
  return failureOf(status, headers, complaint.message ? complaint : readStrangeComplaint(text));
}

/** Some servers wrap nothing: the cause is then the body itself. */
function readComplaint(wire: Wire): Complaint {
  const cause = isWire(wire.error) ? wire.error : wire.object === "error" ? wire : {};
  const type = [cause.type, cause.code].find(isSaid);
  return given({ type, message: isSaid(cause.message) ? cause.message : undefined });
}

/** Reads a failure that came where an answer or a chunk was due. */
export function readFailure(wire: unknown): SupplierFailure {
  if (!isWire(wire)) return { message: NO_ANSWER, caller: false };
  const { type, message } = readComplaint(wire);
  const code = isWire(wire.error) ? wire.error.code : undefined;
  const status = isNumber(code) && code >= 400 && code < 600 ? code : undefined;
  return given({ status, type, message: message ?? (isSaid(wire.error) ? wire.error : NO_ANSWER), caller: false });
}

const NO_ANSWER = "The supplier sent something that is no answer";

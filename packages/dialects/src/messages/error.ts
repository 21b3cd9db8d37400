/** Refusals in this format's envelope, and those of suppliers. https://docs.anthropic.com/en/api/errors */
import type { ErrorType, Error as Refused } from "@interchange/contract/messages";
import {
  explain,
  type Overflow,
  type Refusal,
  type RefusalKind,
  type SupplierFailure,
  statusOf,
} from "@interchange/inference";
import {
  type Complaint,
  failureOf,
  type Headers,
  isErrorType,
  isOverloaded,
  overflowOf,
  readStrangeComplaint,
} from "../failure.ts";
import { overflowIn } from "../overflow.ts";
import { given, isSaid, isWire, readJson, type Wire } from "../wire.ts";
import { parameterOf } from "./parameter.ts";

const TYPES: Readonly<Record<RefusalKind, ErrorType>> = {
  "body-not-json": "invalid_request_error",
  "request-invalid": "invalid_request_error",
  "key-missing": "authentication_error",
  "key-refused": "authentication_error",
  "key-forbidden": "permission_error",
  "balance-too-low": "billing_error",
  "tokens-on-the-way": "overloaded_error",
  "ticket-forged": "permission_error",
  "ticket-stale": "overloaded_error",
  "unknown-instrument": "not_found_error",
  "unknown-path": "not_found_error",
  "not-found": "not_found_error",
  conflict: "conflict",
  "credits-too-low": "billing_error",
  "method-not-allowed": "invalid_request_error",
  repeated: "conflict",
  "body-too-large": "request_too_large",
  "media-type-unsupported": "invalid_request_error",
  "rate-limited": "rate_limit_error",
  "prompt-too-long": "invalid_request_error",
  "feature-unsupported": "invalid_request_error",
  "no-supplier-fits": "invalid_request_error",
  "nobody-eligible": "overloaded_error",
  "supplier-failed": "api_error",
  "supplier-timeout": "timeout_error",
  "supplier-overloaded": "overloaded_error",
  "supplier-refused": "invalid_request_error",
  stopping: "overloaded_error",
  "ledger-unavailable": "overloaded_error",
  bug: "api_error",
};

export function writeRefusal(refusal: Refusal, requestId: string): Refused {
  const overflow = overflowIn(refusal);
  const type = statusOf(refusal) === 413 && overflow === undefined ? "request_too_large" : TYPES[refusal.kind];
  const message = explain(refusal, parameterOf);
  return writeError(type, overflow === undefined ? message : tooLong(overflow, message), requestId);
}

/** In the vendor's own words, by which agents know that and by how much they have to shorten their history. */
function tooLong({ context, input, output }: Overflow, message: string): string {
  if (/^(prompt is too long|input length and `max_tokens` exceed context limit)/.test(message)) return message;
  if (input === undefined || context === undefined) return `prompt is too long: ${message}`;
  const isByOutput = output !== undefined && input <= context;
  return isByOutput
    ? `input length and \`max_tokens\` exceed context limit: ${input} + ${output} > ${context}`
    : `prompt is too long: ${input} tokens > ${context} maximum`;
}

/** A failure within a stream: the same body as an event. */
export function writeFailure(failure: SupplierFailure, requestId: string): Refused {
  const { message, overflow } = failure;
  return writeError(typeOf(failure), overflow === undefined ? message : tooLong(overflow, message), requestId);
}

function typeOf({ timeout, overloaded, overflow, type }: SupplierFailure): ErrorType {
  if (timeout === true) return "timeout_error";
  if (isErrorType(WORDS, type)) return type;
  if (overflow !== undefined) return "invalid_request_error";
  return overloaded === true ? "overloaded_error" : "api_error";
}

/** Every word that the contract has for a kind of error. */
const WORDS: Readonly<Record<ErrorType, true>> = {
  invalid_request_error: true,
  authentication_error: true,
  billing_error: true,
  permission_error: true,
  not_found_error: true,
  conflict: true,
  request_too_large: true,
  rate_limit_error: true,
  api_error: true,
  timeout_error: true,
  overloaded_error: true,
};

function writeError(type: ErrorType, message: string, requestId: string): Refused {
  return { type: "error", error: { type, message }, request_id: requestId, errors: { detail: message } };
}

/** Reads a supplier's refusal, of any kind. */
export function readRefusal(status: number, headers: Headers, text: string): SupplierFailure {
  const wire = readJson(text);
  const complaint = isWire(wire) ? readComplaint(wire) : {};
  return failureOf(status, headers, withoutOurAccount(complaint.message ? complaint : readStrangeComplaint(text)));
}

function readComplaint({ error }: Wire): Complaint {
  if (!isWire(error)) return {};
  return given({
    type: isSaid(error.type) ? error.type : undefined,
    message: isSaid(error.message) ? error.message : undefined,
  });
}

/** The vendor tells an empty account of ours as if the request were wrong. */
function withoutOurAccount(complaint: Complaint): Complaint {
  return /credit balance is too low/i.test(complaint.message ?? "")
    ? { ...complaint, type: "billing_error" }
    : complaint;
}

/** Reads a failure that came where an answer or an event was due. */
export function readFailure(wire: unknown): SupplierFailure {
  const complaint = isWire(wire) ? withoutOurAccount(readComplaint(wire)) : {};
  return given({
    type: complaint.type,
    message: complaint.message ?? "The supplier sent something that is no answer",
    caller: false,
    overloaded: isOverloaded(undefined, complaint),
    overflow: overflowOf(undefined, complaint),
  });
}

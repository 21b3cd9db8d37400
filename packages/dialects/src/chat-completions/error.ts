/** Refusals in this format's envelope, and those of suppliers. https://platform.openai.com/docs/guides/error-codes */
import type { ErrorType, Error as Refused, StreamError } from "@interchange/contract/chat-completions";
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
  "tokens-on-the-way": { type: "overloaded_error", code: "tokens_on_the_way" },
  "ticket-forged": { type: "permission_error", code: "ticket_forged" },
  "ticket-stale": { type: "overloaded_error", code: "ticket_stale" },
  "unknown-instrument": { type: "not_found_error", code: "model_not_found" },
  "unknown-path": { type: "not_found_error", code: "unknown_url" },
  "not-found": { type: "not_found_error", code: "not_found" },
  conflict: { type: "conflict", code: "conflict" },
  "credits-too-low": { type: "insufficient_quota", code: "insufficient_quota" },
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
  const overflow = overflowIn(refusal);
  const message = overflow === undefined ? explain(refusal, parameterOf) : tooLong(overflow, explain(refusal));
  const { type, code } = refusal.kind === "supplier-refused" && overflow !== undefined ? TOO_LONG : KINDS[refusal.kind];
  const grown = statusOf(refusal) === 413 && overflow === undefined ? "request_too_large" : type;
  return { error: { message, type: grown, param: paramOf(refusal, overflow), code }, errors: { detail: message } };
}

const TOO_LONG: Kind = KINDS["prompt-too-long"];

/** In the vendor's own words, by which agents know that and by how much they have to shorten their history. */
function tooLong({ context, input, output }: Overflow, message: string): string {
  if (input === undefined || context === undefined || /maximum context length is \d/.test(message)) return message;
  const asked =
    output === undefined
      ? `your messages resulted in ${input} tokens`
      : `you requested ${input + output} tokens (${input} in the messages, ${output} in the completion)`;
  return `This model's maximum context length is ${context} tokens. However, ${asked}. Please reduce the length of the messages${output === undefined ? "" : " or completion"}.`;
}

/** The property at fault: the first where there are several, since there is room for one. */
function paramOf(refusal: Refusal, overflow: Overflow | undefined): string | null {
  if (overflow !== undefined) return "messages";
  if (refusal.kind === "request-invalid") return refusal.param === "" ? null : refusal.param;
  if (refusal.kind === "not-found") return refusal.param;
  if (refusal.kind === "conflict") return refusal.param ?? null;
  if (refusal.kind !== "feature-unsupported") return null;
  return [...refusal.features.map(parameterOf), ...refusal.bonds][0] ?? null;
}

/** A failure within a stream: what a refusal would say, without the documented envelope. */
export function writeFailure(failure: SupplierFailure): StreamError {
  const { overflow } = failure;
  const kind = kindOf(failure);
  const type = failure.timeout !== true && isErrorType(WORDS, failure.type) ? failure.type : kind.type;
  const message = overflow === undefined ? failure.message : tooLong(overflow, failure.message);
  return { error: { message, type, param: overflow === undefined ? null : "messages", code: kind.code } };
}

function kindOf({ timeout, overflow, overloaded }: SupplierFailure): Kind {
  if (timeout === true) return KINDS["supplier-timeout"];
  if (overflow !== undefined) return TOO_LONG;
  return KINDS[overloaded === true ? "supplier-overloaded" : "supplier-failed"];
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
  const code = isSaid(cause.code) ? cause.code : undefined;
  return given({ type, code, message: isSaid(cause.message) ? cause.message : undefined });
}

/** Reads a failure that came where an answer or a chunk was due. */
export function readFailure(wire: unknown): SupplierFailure {
  if (!isWire(wire)) return { message: NO_ANSWER, caller: false };
  const complaint = readComplaint(wire);
  const cause = isWire(wire.error) ? wire.error : wire;
  const status = isNumber(cause.code) && cause.code >= 400 && cause.code < 600 ? cause.code : undefined;
  const message = complaint.message ?? (isSaid(wire.error) ? wire.error : NO_ANSWER);
  return given({
    status,
    type: complaint.type,
    message,
    caller: false,
    overloaded: isOverloaded(status, complaint),
    overflow: overflowOf(status, given({ ...complaint, message })),
  });
}

const NO_ANSWER = "The supplier sent something that is no answer";

/** Whether a choice has ended in an error, by a word that OpenRouter and Mistral have for it and the format has not. */
export function hasFailed({ finish_reason }: Wire): boolean {
  return finish_reason === "error";
}

/** Why it has, where the choice tells. */
export function readChoiceFailure({ error }: Wire): SupplierFailure {
  return readFailure({ error: isWire(error) ? error : GIVEN_UP });
}

const GIVEN_UP = "The supplier gave up on its answer";

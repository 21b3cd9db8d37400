/** What a supplier's refusal means, whatever its envelope: whose fault it is and how long to wait. RFC 9110 §15, §10.2.3 */
import type { Overflow, SupplierFailure } from "@interchange/inference";
import { readOverflow } from "./overflow.ts";
import { given, isSaid, isWire, readJson, type Wire } from "./wire.ts";

export type Headers = Readonly<Record<string, string | undefined>>;

/** What a dialect found in the body. */
export interface Complaint {
  readonly type?: string;
  /** The finer word, where the envelope has one beside the type. */
  readonly code?: string;
  readonly message?: string;
}

const CALLER_STATUSES: ReadonlySet<number> = new Set([400, 413, 422]);
const TIMEOUT_STATUSES: ReadonlySet<number> = new Set([408, 504, 524]);

/** Kinds that are about our account at the supplier, also under a status that blames the request. */
const OUR_FAULTS: ReadonlySet<string> = new Set([
  "authentication_error",
  "billing_error",
  "insufficient_quota",
  "not_found_error",
  "overloaded_error",
  "permission_error",
  "rate_limit_error",
]);

/** Finer words for the same: the model's name and the key are ours. */
const OUR_CODES: ReadonlySet<string> = new Set(["account_deactivated", "invalid_api_key", "model_not_found"]);

const BUSY_STATUSES: ReadonlySet<number> = new Set([429, 503, 529]);

/** Kinds that mean that it was only too busy, whatever the status. */
const BUSY_TYPES: ReadonlySet<string> = new Set([
  "engine_overloaded_error",
  "overloaded",
  "overloaded_error",
  "rate_limit_error",
  "rate_limit_exceeded",
  "service_unavailable",
  "service_unavailable_error",
]);

/** Kinds that waiting does not mend, also under a status that says so. */
const EMPTY_TYPES: ReadonlySet<string> = new Set(["billing_error", "insufficient_quota"]);

const MESSAGE_CHARS_MAX = 2_000;

/** The failure that a status and a complaint add up to. */
export function failureOf(status: number, headers: Headers, complaint: Complaint): SupplierFailure {
  const overflow = overflowOf(status, complaint);
  return given({
    status,
    type: complaint.type,
    message: messageOf(status, complaint),
    caller: (CALLER_STATUSES.has(status) && !isOurs(complaint)) || overflow !== undefined,
    timeout: TIMEOUT_STATUSES.has(status) ? true : undefined,
    retryAfterMs: readRetryAfterMs(headers),
    overloaded: isOverloaded(status, complaint),
    overflow,
  });
}

function isOurs({ type = "", code = "" }: Complaint): boolean {
  return OUR_FAULTS.has(type) || OUR_CODES.has(code);
}

/** What of the context was exceeded. What is about our credential or quota is not about the prompt. */
export function overflowOf(status: number | undefined, complaint: Complaint): Overflow | undefined {
  return status === 401 || status === 403 || status === 429 ? undefined : readOverflow(complaint);
}

/** True when it was only too busy; undefined when it was not. */
export function isOverloaded(status: number | undefined, { type, code }: Complaint): true | undefined {
  const words = [type, code].filter(isSaid);
  if (words.some((word) => EMPTY_TYPES.has(word))) return undefined;
  const busy = (status !== undefined && BUSY_STATUSES.has(status)) || words.some((word) => BUSY_TYPES.has(word));
  return busy ? true : undefined;
}

/** What a supplier says about our credential is ours alone to know: it often quotes a piece of it. */
function messageOf(status: number, complaint: Complaint): string {
  if (status === 401 || status === 403) return "The supplier refused the gateway's credential";
  if (complaint.message === undefined) return `The supplier answered with status ${status}`;
  return complaint.message.slice(0, MESSAGE_CHARS_MAX);
}

/** Whether it is one of the words that a contract has for a kind of error. */
export function isErrorType<Word extends string>(words: Readonly<Record<Word, true>>, type: unknown): type is Word {
  return typeof type === "string" && Object.hasOwn(words, type);
}

/** A complaint in nobody's envelope: the JSON forms of common servers, or a short plain text. Pages are not repeated. */
export function readStrangeComplaint(text: string): Complaint {
  const wire = [readJson(text)].flat()[0];
  if (isWire(wire)) return given({ message: strangeMessage(wire) });
  const line = text.trim();
  return line.length > 0 && line.length <= 200 && !/[<\n]/.test(line) ? { message: line } : {};
}

function strangeMessage(wire: Wire): string | undefined {
  const first = Array.isArray(wire.errors) ? wire.errors[0] : Array.isArray(wire.detail) ? wire.detail[0] : undefined;
  const cause = isWire(wire.error) ? wire.error.message : wire.error;
  return [cause, wire.message, wire.detail, isWire(first) ? (first.message ?? first.msg) : first].find(isSaid);
}

/** How long the supplier asks us to wait, in ms: its own header in ms wins over the standard one. */
export function readRetryAfterMs(headers: Headers): number | undefined {
  const ms = Number(headers["retry-after-ms"]?.trim() || Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const text = headers["retry-after"]?.trim();
  if (text === undefined || text === "") return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.round(seconds * 1_000) : undefined;
  return readDateMs(text, headers.date);
}

/** The wait until a date, by the supplier's own clock when it tells it. */
function readDateMs(text: string, now: string | undefined): number | undefined {
  const until = Date.parse(text);
  const from = now === undefined ? Number.NaN : Date.parse(now);
  if (Number.isNaN(until)) return undefined;
  return Math.max(0, until - (Number.isNaN(from) ? Date.now() : from));
}

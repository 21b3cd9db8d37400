/** What goes wrong at a supplier, in words that may leave the house. */
import type { SupplierFailure } from "@interchange/inference";

/**
 * Keeps a supplier's own words from the caller. About the request itself they are what the caller needs; about anything
 * else they name insides: its addresses, or our organisation and our model at its vendor. A prompt that is too long is the
 * caller's own, whatever its status.
 */
export function withhold(failure: SupplierFailure): SupplierFailure {
  if (failure.caller) return failure;
  if (failure.overflow !== undefined) return { ...failure, caller: true };
  const said = [failure.type, failure.message].filter((word) => word !== undefined).join(": ");
  return {
    ...failure,
    type: isBusy(failure) ? "overloaded_error" : "api_error",
    message: messageOf(failure),
    said,
  };
}

/** What passes when one waits. A limit of ours at a supplier is none of the caller's key. */
const BUSY: ReadonlySet<string | undefined> = new Set(["overloaded_error", "rate_limit_error"]);

function isBusy({ overloaded, type }: SupplierFailure): boolean {
  return overloaded === true || BUSY.has(type);
}

function messageOf(failure: SupplierFailure): string {
  if (failure.status !== undefined) return `it answered with status ${failure.status}`;
  return isBusy(failure) ? "it is overloaded" : "it did not finish its answer";
}

/** The same failure as a whole sentence, for a stream that has no refusal around it. */
export function sentenceOf(failure: SupplierFailure): SupplierFailure {
  return failure.caller ? failure : { ...failure, message: `The supplier failed: ${failure.message}.` };
}

/** Why a hold was given back. A supplier's words about a request may quote the prompt, which is kept nowhere. */
export function reasonOf(failure: SupplierFailure): string {
  return failure.caller ? "the supplier refused the request" : failure.message;
}

/** What a broken connection means, without the address it was to. */
export function readFault(error: unknown): SupplierFailure {
  const { code, name } = error as { code?: string; name?: string };
  const word = code ?? name ?? "";
  if (name === "TimeoutError")
    return { message: "it took longer than the whole request may", caller: false, timeout: true };
  const timeout = TIMEOUTS[word];
  if (timeout !== undefined) return { message: timeout, caller: false, timeout: true };
  return { message: FAULTS[word] ?? "the connection to it broke", caller: false };
}

/** Why a supplier that said nothing in time is let go. */
class Silence extends Error {
  readonly code: string;

  constructor(code: string) {
    super("Nothing came in time.");
    this.code = code;
  }
}

export const UNREACHED: Error = new Silence("INTERCHANGE_UNREACHED");
export const SILENT: Error = new Silence("INTERCHANGE_SILENT");

/** A stream that has begun and brings nothing but signs of life. */
export const NO_MORE_WORDS: SupplierFailure = {
  message: "it gave signs of life and said nothing more",
  caller: false,
  timeout: true,
};

const TIMEOUTS: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: "it could not be reached in time",
  UND_ERR_BODY_TIMEOUT: "it fell silent while answering",
  UND_ERR_HEADERS_TIMEOUT: "it did not begin to answer in time",
  INTERCHANGE_UNREACHED: "it could not be reached in time",
  INTERCHANGE_SILENT: "it did not begin to answer in time",
  ETIMEDOUT: "it could not be reached in time",
};

const FAULTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "it refused the connection",
  ENOTFOUND: "its host name is not known",
  ECONNRESET: "it broke the connection off",
  UND_ERR_SOCKET: "it broke the connection off",
};

/** A fault: what went wrong with one command, as it is told to its caller. */

import { LedgerError, type LedgerErrorCode, LedgerUnavailable } from "../ledger-error.ts";

/** Without a code it is a bug of ours; `unavailable` passes. In every case the command did not happen. */
export type Fault = { code?: LedgerErrorCode | "unavailable"; message: string };

export function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof LedgerError ? { code: error.code, message } : { message };
}

/** What a fault is to the caller. */
export function errorOf({ code, message }: Fault): Error {
  if (code === "unavailable") return new LedgerUnavailable(message);
  return code === undefined ? new Error(message) : new LedgerError(code, message);
}

/** An error as its caller is told it: what is a bug of ours bears its message and nothing else of what went wrong inside. */
export function told(error: unknown): Error {
  return error instanceof LedgerUnavailable ? error : errorOf(faultOf(error));
}
